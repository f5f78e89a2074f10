"use client";

import { Text } from "@mantine/core";
import { CircleCheck, CircleX, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import type { Receipt } from "@/lib/receipts.ts";
import type { Tone } from "@/lib/words/event.ts";
import { gasText } from "@/lib/words/numbers.ts";
import type { TransactionStory } from "@/lib/words/transaction.ts";
import { Hash } from "../values/Hash.tsx";
import tones from "../values/tones.module.css";
import { When } from "../values/When.tsx";
import classes from "./overview.module.css";

const ICONS: Readonly<Record<Tone, { readonly icon: LucideIcon; readonly word: string }>> = {
	ok: { icon: CircleCheck, word: "Accepted" },
	warn: { icon: TriangleAlert, word: "Attention" },
	bad: { icon: CircleX, word: "Failure" },
	info: { icon: Info, word: "" },
	idle: { icon: Info, word: "" },
};

type StoryProps = { readonly story: TransactionStory; readonly receipt: Receipt | undefined };

/** One transaction in words, with its time, gas and where it leads to. */
export const Story = memo(({ story, receipt }: StoryProps) => {
	const { icon: Icon, word } = ICONS[story.tone];
	return (
		<div className={classes.story}>
			<Icon
				size={18}
				className={tones[story.tone === "idle" ? "info" : story.tone]}
				{...(word === "" ? { "aria-hidden": true } : { "aria-label": word, role: "img" })}
			/>
			<div className={classes.words}>
				<Text>
					{story.title}
					{receipt === undefined ? null : `, ${gasText(receipt.gasUsed)}`}
				</Text>
				{story.more.map((sentence) => (
					<Text key={sentence} size="sm">
						{sentence}
					</Text>
				))}
				<Text size="sm" c="dimmed" component="div" className={classes.meta}>
					{receipt === undefined ? (
						<span>block {String(story.blockNumber)}</span>
					) : (
						<When seconds={receipt.timestamp} />
					)}
					<Hash value={story.hash} kind="transaction" />
					{story.links.map(({ href, label }) => (
						<Link key={href} href={href} prefetch={false}>
							{label}
						</Link>
					))}
				</Text>
			</div>
		</div>
	);
});
Story.displayName = "Story";
