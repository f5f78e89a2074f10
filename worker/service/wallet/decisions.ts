/**
 * Steps with a wallet that takes its time: a step that waits for the user's signature is given up when the chain has moved on meanwhile, and
 * decided anew. What it had offered stays offered until then, so that the same decision asks for nothing twice.
 */
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { Jobs } from "../jobs.ts";
import type { Offers } from "./offers.ts";

export type Decisions = {
	/** @throws DecentraHealthError DECISION_OUTDATED when the chain is not as it was when the step began; carryOut then begins anew */
	readonly requireCurrent: (summary: string) => void;
	/** Has the step decided anew, whatever the chain says. */
	readonly again: (summary: string) => never;
	/** Runs a step until it ends in what was decided on the chain as it is. Nothing stays offered then. */
	readonly carryOut: <T>(step: () => Promise<T>) => Promise<T>;
};

const outdated = (summary: string): DecentraHealthError =>
	new DecentraHealthError("DECISION_OUTDATED", {
		message: `${summary}: the chain has moved on since this was decided`,
		nextStep: "Nothing to do: the worker decides anew.",
	});

/** @param standpoint what the chain says now */
export const createDecisions = (
	standpoint: () => string,
	{ offers, jobs }: { readonly offers: Pick<Offers, "clear">; readonly jobs: Pick<Jobs, "stopRunning"> },
): Decisions => {
	let taken = standpoint();
	return {
		requireCurrent: (summary) => {
			if (standpoint() !== taken) throw outdated(summary);
		},
		again: (summary) => {
			throw outdated(summary);
		},
		carryOut: async (step) => {
			try {
				for (;;) {
					taken = standpoint();
					try {
						return await step();
					} catch (error) {
						if (!isDecentraHealthError(error) || error.code !== "DECISION_OUTDATED") throw error;
					}
				}
			} finally {
				offers.clear();
				// Of a decision that was given up and not taken again.
				jobs.stopRunning();
			}
		},
	};
};
