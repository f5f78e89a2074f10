"use client";

import { Text, Title } from "@mantine/core";
import { EyeOff, Globe } from "lucide-react";
import { isAddress, isHash } from "viem";
import { Caution } from "@/components/states/Caution.tsx";
import { Facts } from "@/components/values/Facts.tsx";
import { Hash } from "@/components/values/Hash.tsx";
import type { Explanation, Fact } from "@/lib/explain/call.ts";
import classes from "./wallet.module.css";

const shown = (value: string) => {
	if (isAddress(value)) return <Hash value={value} kind="address" />;
	if (isHash(value)) return <Hash value={value} kind="digest" />;
	return value;
};

const List = ({ title, items, icon: Icon }: { title: string; items: readonly string[]; icon: typeof Globe }) =>
	items.length === 0 ? null : (
		<div>
			<Text fw={600} component="div">
				<Icon aria-hidden size={16} /> {title}
			</Text>
			<ul className={classes.list}>
				{items.map((item) => (
					<li key={item}>{item}</li>
				))}
			</ul>
		</div>
	);

/** Labels may repeat; rows are told apart by their place. */
const numbered = (facts: readonly Fact[]): readonly Fact[] =>
	facts.map((fact, index) =>
		facts.findIndex(({ label }) => label === fact.label) === index
			? fact
			: { ...fact, label: `${fact.label} (${index + 1})` },
	);

/** What a transaction does, what becomes public by it, what stays private, and its values. */
export const ExplanationView = ({ explanation }: { readonly explanation: Explanation }) => {
	const { title, sentences, facts, becomesPublic, staysPrivate, warnings } = explanation;
	return (
		<>
			<Title order={3} size="h4">
				{title}
			</Title>
			<div>
				{sentences.map((sentence) => (
					<Text key={sentence} maw="75ch" mb={4}>
						{sentence}
					</Text>
				))}
			</div>
			{warnings.map((warning) => (
				<Caution key={warning} role="note">
					{warning}
				</Caution>
			))}
			{becomesPublic.length + staysPrivate.length === 0 ? null : (
				<div className={classes.columns}>
					<List title="What becomes public" items={becomesPublic} icon={Globe} />
					<List title="What stays private" items={staysPrivate} icon={EyeOff} />
				</div>
			)}
			<div>
				<Text fw={600} mb={4}>
					Values in the transaction
				</Text>
				<Facts rows={numbered(facts).map(({ label, value }) => ({ label, value: shown(value) }))} />
			</div>
		</>
	);
};
