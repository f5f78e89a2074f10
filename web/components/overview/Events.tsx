"use client";

import { Button, VisuallyHidden } from "@mantine/core";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { useReceipts } from "@/lib/receipts.ts";
import { counted } from "@/lib/words/numbers.ts";
import { type TransactionStory, transactionStories } from "@/lib/words/transaction.ts";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { Section } from "../layout/Section.tsx";
import { useNames } from "../rounds/useRound.ts";
import { EmptyState } from "../states/EmptyState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import classes from "./overview.module.css";
import { Story } from "./Story.tsx";

/** Shown at once, newest first; the others on demand. */
const RECENT = 10;

const AllStories = dynamic(() => import("./AllStories.tsx").then((module) => module.AllStories), {
	ssr: false,
	loading: () => <LoadingState what="the older events" />,
});

const RecentStories = ({ stories }: { readonly stories: readonly TransactionStory[] }) => {
	const receipts = useReceipts(stories.map(({ hash }) => hash));
	return (
		<ul className={classes.stories}>
			{stories.map((story) => (
				<li key={story.hash}>
					<Story story={story} receipt={receipts.get(story.hash)} />
				</li>
			))}
		</ul>
	);
};

type EventsProps = {
	readonly events: readonly LedgerEvent[];
	/** Whose events, with those of no study; undefined: all. */
	readonly studyId: bigint | undefined;
};

export const Events = ({ events, studyId }: EventsProps) => {
	const nameOf = useNames();
	const stories = useMemo(
		() =>
			transactionStories(events, nameOf).filter(
				(story) => studyId === undefined || story.studyId === undefined || story.studyId === studyId,
			),
		[events, nameOf, studyId],
	);
	const [all, setAll] = useState(false);
	// What was there when the page came is no news.
	const [first] = useState(stories[0]?.hash);
	const newest = stories[0];
	const older = stories.length - RECENT;
	return (
		<Section
			title="Events"
			actions={
				older > 0 ? (
					<Button size="compact-sm" variant="default" onClick={() => setAll(!all)} aria-expanded={all}>
						{all ? "Show the newest only" : `Show all ${counted(stories.length, "transaction")}`}
					</Button>
				) : undefined
			}
		>
			<VisuallyHidden role="status">{newest !== undefined && newest.hash !== first ? newest.title : ""}</VisuallyHidden>
			{newest === undefined ? <EmptyState title="Nothing has happened yet" /> : null}
			{all ? <AllStories stories={stories} /> : <RecentStories stories={stories.slice(0, RECENT)} />}
		</Section>
	);
};
