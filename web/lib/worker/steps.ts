/** Steps of a participant's way through a study, as pages list them. */

/** done: its trace is on chain. current: what the user or the worker is at. later: comes after it. */
export type StepState = "done" | "current" | "later";

export const stepState = (index: number, current: number): StepState =>
	index < current ? "done" : index === current ? "current" : "later";

/** Whose turn it is in the current step. */
export type Turn =
	/** The user signs. */
	| "you"
	/** The worker computes. */
	| "worker"
	/** Somebody else, or time. */
	| "others"
	/** Nobody's: the last step is reached. */
	| "nobody";
