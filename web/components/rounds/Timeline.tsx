"use client";

import { Progress, Timeline as Steps, Text, ThemeIcon } from "@mantine/core";
import { Check, CircleDashed, Hourglass, Minus, X } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { type Receipt, useReceipts } from "@/lib/receipts.ts";
import type { RoundHistory } from "@/lib/words/history.ts";
import { type Moment, roundTimeline, type StepState, type TimelineStep } from "@/lib/words/timeline.ts";
import type { RoundRecord, RoundThresholds } from "../../../worker/core/ledger/state.ts";
import { Countdown } from "../values/Countdown.tsx";
import tones from "../values/tones.module.css";
import { When } from "../values/When.tsx";
import { useRoundTime } from "./RoundClock.tsx";
import classes from "./rounds.module.css";

const LOOK: Readonly<Record<StepState, { readonly icon: typeof Check; readonly word: string; readonly tone: string }>> =
	{
		done: { icon: Check, word: "done", tone: "ok" },
		active: { icon: Hourglass, word: "going on", tone: "info" },
		waiting: { icon: CircleDashed, word: "to come", tone: "idle" },
		failed: { icon: X, word: "failed", tone: "bad" },
		unreached: { icon: Minus, word: "not reached", tone: "idle" },
	};

type Receipts = ReadonlyMap<`0x${string}`, Receipt>;

const momentOf = (moment: Moment | undefined, receipts: Receipts): ReactNode => {
	if (moment === undefined) return null;
	if (moment.kind === "time") return <When seconds={moment.seconds} />;
	const seconds = receipts.get(moment.place.transactionHash)?.timestamp;
	return seconds === undefined ? `block ${moment.place.blockNumber}` : <When seconds={seconds} />;
};

const Step = ({ step, receipts }: { readonly step: TimelineStep; readonly receipts: Receipts }) => {
	const { state, text, progress, began, ended, deadline, about } = step;
	const isShort = state === "waiting" || state === "unreached";
	return (
		<>
			<Text size="sm">{isShort ? about : text}</Text>
			{progress === undefined || progress.needed === 0 ? null : (
				<div className={classes.progress}>
					<Progress
						value={(100 * progress.done) / progress.needed}
						aria-label={`${step.title}: ${progress.done} of ${progress.needed} ${progress.what}`}
						size="sm"
						className={classes.bar}
					/>
					<Text size="sm" component="span">
						{progress.done} of {progress.needed} {progress.what}
					</Text>
				</div>
			)}
			{began === undefined ? null : (
				<Text size="sm" c="dimmed">
					{step.id === "result" ? "At " : "Began "}
					{momentOf(began, receipts)}
					{ended === undefined ? null : <>, ended {momentOf(ended, receipts)}</>}
				</Text>
			)}
			{deadline === undefined ? null : (
				<Text size="sm">
					Deadline <When seconds={deadline} />:{" "}
					<strong>
						<Countdown until={deadline} />
					</strong>
				</Text>
			)}
		</>
	);
};

type TimelineProps = {
	readonly round: RoundRecord;
	readonly thresholds: RoundThresholds;
	readonly history: RoundHistory | undefined;
};

/** The steps of a round, with what is done of what is needed, since when and until when. Below a RoundClock. */
export const Timeline = ({ round, thresholds, history }: TimelineProps) => {
	const now = useRoundTime();
	const { steps, current } = useMemo(
		() => roundTimeline(round, thresholds, { now, history }),
		[round, thresholds, now, history],
	);
	const hashes = steps.flatMap(({ began, ended }) =>
		[began, ended].flatMap((moment) => (moment?.kind === "place" ? [moment.place.transactionHash] : [])),
	);
	const receipts = useReceipts(hashes);
	return (
		<Steps
			bulletSize={28}
			lineWidth={2}
			active={steps.findIndex(({ id }) => id === current)}
			role="list"
			aria-label="Steps of the round"
		>
			{steps.map((step) => {
				const { icon: Icon, word, tone } = LOOK[step.state];
				return (
					<Steps.Item
						key={step.id}
						role="listitem"
						{...(step.state === "active" ? { "aria-current": "step" as const } : {})}
						bullet={
							<ThemeIcon size={28} radius="xl" variant="default" className={tones[tone]}>
								<Icon aria-hidden size={16} />
							</ThemeIcon>
						}
						title={
							<>
								{step.title} <span className={`${classes.word} ${tones[tone]}`}>{word}</span>
							</>
						}
					>
						<Step step={step} receipts={receipts} />
					</Steps.Item>
				);
			})}
		</Steps>
	);
};
