/** What the demo prints while it runs: one line for each finished step, with the elapsed time; on a terminal also what is going on. */
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

export type ViewOptions = {
	readonly write: (text: string) => void;
	/** performance.now() at the start. */
	readonly startedAt: number;
	/** Whether a line can be overwritten. */
	readonly terminal: boolean;
};

const CLEAR_LINE = "\r\u001b[2K";

export const createView = ({ write, startedAt, terminal }: ViewOptions): View => {
	const steps: StepRecord[] = [];
	let round = 0;
	const elapsed = () => `[${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s]`;
	const say = (text: string) => write(`${terminal ? CLEAR_LINE : ""}${elapsed()} ${text}\n`);
	return {
		say,
		steps,
		enterRound: (entered) => {
			round = entered;
		},
		progressOf: (who) => (event) => {
			if (event.state !== "done") {
				if (terminal) write(`${CLEAR_LINE}${elapsed()} ${who.padEnd(12)} ${event.step} ...`);
				return;
			}
			const { step, seconds = 0, gas } = event;
			steps.push({ round, who, step, seconds, ...(gas === undefined ? {} : { gas }) });
			const cost = gas === undefined ? "" : `  ${gas.toLocaleString("en-US").padStart(10)} gas`;
			say(`${who.padEnd(12)} ${step.padEnd(48)} ${seconds.toFixed(1).padStart(5)} s${cost}`);
		},
	};
};
