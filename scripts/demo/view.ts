/** What the demo prints while it runs: one line for each finished step, with the elapsed time. */
import type { Progress } from "../../worker/node/participant.ts";

export type StepRecord = {
	readonly round: number;
	readonly who: string;
	readonly step: string;
	readonly seconds: number;
	readonly gas?: bigint;
};

export type View = {
	readonly say: (text: string) => void;
	/** Progress of one participant; finished steps are printed and recorded. */
	readonly progressOf: (who: string) => Progress;
	readonly enterRound: (round: number) => void;
	readonly steps: readonly StepRecord[];
};

export const createView = (write: (text: string) => void, startedAt = performance.now()): View => {
	const steps: StepRecord[] = [];
	let round = 0;
	const say = (text: string) => {
		const elapsed = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
		write(`[${elapsed} s] ${text}\n`);
	};
	return {
		say,
		steps,
		enterRound: (entered) => {
			round = entered;
		},
		progressOf: (who) => (event) => {
			if (event.state !== "done") return;
			const { step, seconds = 0, gas } = event;
			steps.push({ round, who, step, seconds, ...(gas === undefined ? {} : { gas }) });
			const cost = gas === undefined ? "" : `  ${gas.toLocaleString("en-US").padStart(10)} gas`;
			say(`${who.padEnd(12)} ${step.padEnd(48)} ${seconds.toFixed(1).padStart(5)} s${cost}`);
		},
	};
};
