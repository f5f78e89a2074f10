/** Runs the steps of a check or a build, one after another or in lanes side by side, with elapsed time. */
import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export type Step = {
	readonly name: string;
	/** A program and its arguments, run from the repository's root. */
	readonly command: readonly [string, ...string[]];
	/** Output is shown only when the step fails. */
	readonly quiet?: boolean;
};

/** Steps one after another. */
export type Lane = readonly Step[];

const print = (out: NodeJS.WritableStream, chunks: readonly Buffer[]): void => {
	for (const chunk of chunks) out.write(chunk);
};

/** @param held output comes when the step is over, so that it is not mixed with that of another one */
const run = (
	{ command: [program, ...args], quiet = false }: Step,
	out: NodeJS.WriteStream,
	held: boolean,
): Promise<boolean> =>
	new Promise((resolve) => {
		const child = spawn(program, args, {
			cwd: ROOT,
			stdio: quiet || held ? ["ignore", "pipe", "pipe"] : ["ignore", out, "inherit"],
		});
		const said: Buffer[] = [];
		const errors: Buffer[] = [];
		child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
		child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
		child.on("error", (error) => {
			process.stderr.write(`${program}: ${error.message}\n`);
			resolve(false);
		});
		child.on("close", (code) => {
			if (!quiet || code !== 0) {
				print(quiet ? process.stderr : out, said);
				print(process.stderr, errors);
			}
			resolve(code === 0);
		});
	});

/** A step that is over sooner needs no line of its own in a terse run. */
const WORTH_A_LINE = 2_000;

export type RunOptions = {
	/** Say only what takes more than two seconds, and failures: for what precedes another program. */
	readonly terse?: boolean;
	/** Where the steps' own output goes; by default standard output. */
	readonly output?: NodeJS.WriteStream;
	/** Of the whole run, when this is a part of it; by default one of its own, which says what took long at the end. */
	readonly clock?: Clock;
};

type Clock = {
	/** With the time since the start. */
	readonly say: (text: string) => void;
	/** Milliseconds of each step. */
	readonly durations: Map<string, number>;
	/** Says what took long. */
	readonly end: () => void;
};

/** A step that took longer is named at the end of a run. */
const SLOW = 20_000;

const slowest = (durations: ReadonlyMap<string, number>): string =>
	[...durations]
		.filter(([, milliseconds]) => milliseconds >= SLOW)
		.sort(([, a], [, b]) => b - a)
		.map(([name, milliseconds]) => `${(milliseconds / 1000).toFixed(0)} s ${name}`)
		.join(", ");

export const startClock = (): Clock => {
	const startedAt = performance.now();
	const durations = new Map<string, number>();
	const say = (text: string): void => {
		const elapsed = `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
		process.stderr.write(`[${elapsed}] ${text}\n`);
	};
	const end = (): void => {
		const long = slowest(durations);
		say(`done${long === "" ? "" : `; what took long: ${long}`}`);
	};
	return { say, durations, end };
};

/**
 * Lanes run side by side; each ends at the first of its steps that fails, and the others go on to their ends.
 * @returns true when every step succeeded; what did not, and what took long, is said on standard error
 */
export const runLanes = async (lanes: readonly Lane[], options: RunOptions = {}): Promise<boolean> => {
	const { terse = false, output = process.stdout } = options;
	const clock = options.clock ?? startClock();
	const { say, durations } = clock;
	const runLane = async (lane: Lane): Promise<boolean> => {
		for (const step of lane) {
			const began = performance.now();
			const announce = setTimeout(() => say(step.name), terse ? WORTH_A_LINE : 0);
			if (!terse) {
				clearTimeout(announce);
				say(step.name);
			}
			const succeeded = await run(terse ? { ...step, quiet: true } : step, output, lanes.length > 1);
			clearTimeout(announce);
			durations.set(step.name, performance.now() - began);
			if (!succeeded) {
				say(`FAILED: ${step.name}`);
				return false;
			}
		}
		return true;
	};
	const succeeded = (await Promise.all(lanes.map(runLane))).every((lane) => lane);
	if (succeeded && !terse && options.clock === undefined) clock.end();
	return succeeded;
};

/** One after another, as {@link runLanes}. */
export const runSteps = (steps: Lane, options?: RunOptions): Promise<boolean> => runLanes([steps], options);

/** The Node that runs this program (the pinned one), for a TypeScript file of ours. */
export const nodeStep = (name: string, ...args: string[]): Step => ({
	name,
	command: [process.execPath, "--disable-warning=ExperimentalWarning", ...args],
});
