/** A round as a timeline: which step it is in, what is done of what is needed, since when and until when. */
import type { EventPlace } from "../../../worker/core/ledger/events.ts";
import {
	type AttestationRecord,
	isAvailable,
	type RoundRecord,
	type RoundThresholds,
} from "../../../worker/core/ledger/state.ts";
import { housekeeping, submissionsOver } from "../../../worker/core/nextAction.ts";
import { failureConsequence, failureWords } from "./failure.ts";
import type { RoundHistory } from "./history.ts";
import { counted } from "./numbers.ts";
import { STEP_WORDS, STEPS, type StepId } from "./phase.ts";

export type StepState = "done" | "active" | "waiting" | "failed" | "unreached";

/** A block whose time is not known yet, or a time that an event told. */
export type Moment =
	| { readonly kind: "place"; readonly place: EventPlace }
	| { readonly kind: "time"; readonly seconds: bigint };

export type Progress = {
	readonly done: number;
	readonly needed: number;
	/** "updates submitted" */
	readonly what: string;
};

export type TimelineStep = {
	readonly id: StepId;
	readonly title: string;
	readonly about: string;
	readonly state: StepState;
	/** What is waited for, or how it went. */
	readonly text: string;
	readonly progress?: Progress;
	readonly began?: Moment;
	readonly ended?: Moment;
	/** Last second, of the step that goes on. */
	readonly deadline?: bigint;
};

export type RoundTimeline = {
	readonly steps: readonly TimelineStep[];
	readonly current: StepId;
	/** What anyone may do now, because its time has come. */
	readonly due?: "freeze" | "fail";
};

const at = (place: EventPlace): Moment => ({ kind: "place", place });
const time = (seconds: bigint): Moment => ({ kind: "time", seconds });

/** How many members attested to the model that most attested to. */
export const mostAttestations = ({ attestations }: Pick<RoundRecord, "attestations">): number =>
	mostEqual(attestations);

const mostEqual = (attestations: readonly Pick<AttestationRecord, "modelCommitment" | "modelDigest">[]): number => {
	const counts = new Map<string, number>();
	for (const { modelCommitment, modelDigest } of attestations) {
		const model = `${modelCommitment}/${modelDigest}`;
		counts.set(model, (counts.get(model) ?? 0) + 1);
	}
	return Math.max(0, ...counts.values());
};

/** Updates that may still come: removed ones are not expected any more. */
export const expectedUpdates = ({ opening, removed }: Pick<RoundRecord, "opening" | "removed">): number =>
	Math.max(0, opening.expectedUpdates - removed.length);

const currentStep = (round: RoundRecord, threshold: number, now: bigint): StepId => {
	switch (round.phase) {
		case "Open":
			return submissionsOver(round, now) ? "checking" : "submissions";
		case "Frozen":
			return "opening";
		case "Opened":
			return "attestation";
		case "Finalized":
			return "result";
		case "Failed":
			if (round.failure === "Cancelled") return round.closed ? "checking" : "submissions";
			if (round.frozen === undefined) return round.failure === "NotEnoughUpdates" ? "submissions" : "checking";
			return round.keySums.length < threshold ? "opening" : "attestation";
	}
};

const progressOf = (id: StepId, round: RoundRecord, thresholds: RoundThresholds): Progress | undefined => {
	const { updates, keySums, frozen } = round;
	switch (id) {
		case "submissions": {
			const came = updates.length + round.excluded.length;
			return { done: came, needed: Math.max(expectedUpdates(round), came), what: "updates accepted" };
		}
		case "checking": {
			const available = frozen?.hospitals.length ?? updates.filter((update) => isAvailable(update, thresholds)).length;
			return {
				done: available,
				needed: updates.length + round.excluded.length,
				what: "bundles held by enough members",
			};
		}
		case "opening":
			return { done: keySums.length, needed: Math.max(thresholds.threshold, keySums.length), what: "key sums posted" };
		case "attestation": {
			const done = mostAttestations(round);
			return { done, needed: Math.max(thresholds.threshold, done), what: "equal attestations" };
		}
		case "result":
			return undefined;
	}
};

const OVERDUE: Readonly<Record<"freeze" | "fail", string>> = {
	freeze: "Its time has come: anyone may freeze the set now.",
	fail: "The deadline passed without enough of them: anyone may fail the round now.",
};

const activeText = (id: StepId, round: RoundRecord, { threshold, minUpdates }: RoundThresholds): string => {
	const members = round.opening.committee.length;
	switch (id) {
		case "submissions":
			return expectedUpdates(round) > minUpdates
				? `Waiting for updates. The step ends when all ${expectedUpdates(round)} expected ones are there, or at the deadline with at least ${minUpdates}.`
				: `Waiting for updates. The step ends when all ${expectedUpdates(round)} expected ones are there; with fewer than ${minUpdates} at the deadline, the round fails.`;
		case "checking":
			return `Waiting for members to confirm that they hold the bundles: ${threshold} of ${members} for each update. At the deadline the round goes on with what is held, at least ${minUpdates}.`;
		case "opening":
			return `Waiting for ${counted(threshold, "key sum")} of ${members} members, however long it takes: a frozen round is never repeated. Until then nobody can decrypt anything.`;
		case "attestation":
			return `Waiting for ${threshold} of ${members} members to attest to the same new model. When their own time is over, more than half of the ${counted(round.updates.length, "hospital")} may do it instead.`;
		case "result":
			return "";
	}
};

const doneText = (id: StepId, round: RoundRecord): string => {
	const { updates, excluded, removed, keySums, hospitalAttestations, finalized } = round;
	switch (id) {
		case "submissions": {
			const came = counted(updates.length + excluded.length, "update");
			return removed.length === 0
				? `${came} accepted.`
				: `${came} accepted; ${removed.length} more removed by a challenge.`;
		}
		case "checking": {
			const frozen = `${counted(updates.length, "update")} frozen.`;
			return excluded.length === 0 ? frozen : `${frozen} ${excluded.length} left out: too few members hold the bundle.`;
		}
		case "opening":
			return `${counted(keySums.length, "key sum")} posted and proven.`;
		case "attestation":
			return hospitalAttestations.length === 0
				? `${counted(mostAttestations(round), "member")} attested to the same model.`
				: `${counted(mostAttestations(round), "member")} and ${counted(mostEqual(hospitalAttestations), "hospital")} attested to the same model.`;
		case "result":
			return finalized === undefined ? "" : `Model ${finalized.modelId} is the result.`;
	}
};

/** When each step began and ended, as far as the events tell. */
const momentsOf = (id: StepId, round: RoundRecord, history: RoundHistory | undefined, over: boolean) => {
	const { opening, frozen, checkingDeadline, phase } = round;
	const submissionsEnd = checkingDeadline - BigInt(opening.checkingDuration);
	const ended = history?.endedAt === undefined ? undefined : at(history.endedAt);
	const closed = history?.closedAt === undefined ? time(submissionsEnd) : at(history.closedAt);
	const opened = history?.openedAt === undefined ? undefined : at(history.openedAt);
	const began = {
		submissions: at(round.place),
		checking: over ? closed : undefined,
		opening: frozen && at(frozen.place),
		attestation: opened,
		result: ended,
	} satisfies Record<StepId, Moment | undefined>;
	const next = STEPS[STEPS.indexOf(id) + 1];
	const end = phase === "Failed" && next !== undefined ? (began[next] ?? ended) : next && began[next];
	return { began: began[id], ended: id === "result" ? undefined : end };
};

/** Key sums have none; of attestations, the end of the members' own time. */
const deadlineOf = (id: StepId, round: RoundRecord): bigint | undefined => {
	switch (id) {
		case "submissions":
			return round.deadline;
		case "checking":
			return round.checkingDeadline;
		case "attestation":
			return round.membersOnlyUntil;
		case "opening":
		case "result":
			return undefined;
	}
};

const without = <Value extends object>(
	value: { readonly [Key in keyof Value]: Value[Key] | undefined },
): Partial<Value> =>
	Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<Value>;

/** @param now Unix seconds by the chain's clock */
export const roundTimeline = (
	round: RoundRecord,
	thresholds: RoundThresholds,
	{ now, history }: { readonly now: bigint; readonly history?: RoundHistory | undefined },
): RoundTimeline => {
	const current = currentStep(round, thresholds.threshold, now);
	const due = housekeeping(round, thresholds, now)?.kind;
	const failed = round.phase === "Failed";
	const currentAt = STEPS.indexOf(current);
	const steps = STEPS.map((id, index): TimelineStep => {
		const { title, about } = STEP_WORDS[id];
		const state = stateOf(index - currentAt, { failed, isResult: id === "result" });
		const reached = state !== "waiting" && state !== "unreached";
		const moments = reached ? momentsOf(id, round, history, currentAt > 0 || round.frozen !== undefined) : {};
		return {
			...{ id, title, about, state },
			text: textOf(id, state, { round, thresholds, due: id === current ? due : undefined }),
			...without<Pick<TimelineStep, "progress" | "began" | "ended" | "deadline">>({
				progress: reached ? progressOf(id, round, thresholds) : undefined,
				began: undefined,
				ended: undefined,
				...moments,
				deadline: state === "active" ? deadlineOf(id, round) : undefined,
			}),
		};
	});
	return { steps, current, ...(due === undefined ? {} : { due }) };
};

const stateOf = (
	offset: number,
	{ failed, isResult }: { readonly failed: boolean; readonly isResult: boolean },
): StepState => {
	if (failed && isResult) return "failed";
	if (offset < 0 || (offset === 0 && isResult)) return "done";
	if (offset === 0) return failed ? "failed" : "active";
	return failed ? "unreached" : "waiting";
};

const textOf = (
	id: StepId,
	state: StepState,
	{
		round,
		thresholds,
		due,
	}: { readonly round: RoundRecord; readonly thresholds: RoundThresholds; readonly due: "freeze" | "fail" | undefined },
): string => {
	switch (state) {
		case "done":
			return doneText(id, round);
		case "active":
			return due === undefined ? activeText(id, round, thresholds) : OVERDUE[due];
		case "failed": {
			const { title, explanation } = failureWords(round.failure ?? "None", round, thresholds);
			return id === "result"
				? `Failed: ${title.toLowerCase()}. ${failureConsequence(round.failure ?? "None")}`
				: explanation;
		}
		case "waiting":
		case "unreached":
			return "";
	}
};
