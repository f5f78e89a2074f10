/** How long each phase of a round may last, as people type it. */
import { MAX_DURATION, minDuration } from "../../../worker/protocol/durations.ts";

export type Durations = {
	/** Seconds, all of them. */
	readonly submission: number;
	readonly checking: number;
	readonly attestation: number;
};

export const PHASES = ["submission", "checking", "attestation"] as const;
export type PhaseName = (typeof PHASES)[number];

export const UNITS = { s: 1, min: 60, h: 3_600, d: 86_400 } as const;
export type Unit = keyof typeof UNITS;

export const UNIT_WORDS: Readonly<Record<Unit, string>> = { s: "seconds", min: "minutes", h: "hours", d: "days" };

export type DurationInput = { readonly amount: number | string; readonly unit: Unit };

export const PHASE_WORDS: Readonly<Record<PhaseName, { readonly label: string; readonly help: string }>> = {
	submission: {
		label: "Submissions",
		help: "From opening: hospitals train, prove and submit. Ends earlier once every hospital with a data set has submitted.",
	},
	checking: {
		label: "Checking",
		help: "From the end of submissions: members fetch every update and confirm that they hold it.",
	},
	attestation: {
		label: "Attestations",
		help: "From the last key sum needed: members recompute the model and attest to it. Afterwards the round's hospitals may, too.",
	},
};

/** What a round of days is opened with in earnest; on a development chain minutes are enough. */
export const suggestedDurations = (development: boolean): Readonly<Record<PhaseName, DurationInput>> =>
	development
		? {
				submission: { amount: 30, unit: "min" },
				checking: { amount: 10, unit: "min" },
				attestation: { amount: 10, unit: "min" },
			}
		: {
				submission: { amount: 3, unit: "d" },
				checking: { amount: 1, unit: "d" },
				attestation: { amount: 1, unit: "d" },
			};

export type Seconds = { readonly seconds: number } | { readonly problem: string };

/** @param chainId some chains allow phases of seconds */
export const secondsOf = ({ amount, unit }: DurationInput, chainId: number): Seconds => {
	const number = typeof amount === "number" ? amount : amount.trim() === "" ? Number.NaN : Number(amount);
	if (!Number.isFinite(number)) return { problem: "Enter a number." };
	const seconds = number * UNITS[unit];
	if (seconds <= 0) return { problem: "Longer than nothing." };
	if (!Number.isInteger(seconds)) return { problem: "A whole number of seconds." };
	if (seconds < minDuration(chainId)) return { problem: "At least an hour." };
	if (seconds > MAX_DURATION) return { problem: "At most 365 days." };
	return { seconds };
};

/** The durations when all of them are in range. */
export const durationsOf = (
	inputs: Readonly<Record<PhaseName, DurationInput>>,
	chainId: number,
): Durations | undefined => {
	const all = PHASES.map((phase) => secondsOf(inputs[phase], chainId));
	const [submission, checking, attestation] = all.map((one) => ("seconds" in one ? one.seconds : undefined));
	if (submission === undefined || checking === undefined || attestation === undefined) return undefined;
	return { submission, checking, attestation };
};

/** Whether the slowest hospital can be in time; a sentence when not. @param provingSeconds of its update, undefined when not known */
export const submissionWarning = (seconds: number, provingSeconds: number | undefined): string | undefined =>
	provingSeconds !== undefined && seconds < provingSeconds
		? `The hospital with the most data proves for about ${Math.ceil(provingSeconds / 60)} min on two cores: it may be late.`
		: undefined;
