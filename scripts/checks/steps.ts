/** Runs the steps of a check or a build one after another, with elapsed time, stopping at the first that fails. */
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

const run = ({ command: [program, ...args], quiet = false }: Step, out: NodeJS.WriteStream): Promise<boolean> =>
	new Promise((resolve) => {
		const child = spawn(program, args, {
			cwd: ROOT,
			stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", out, "inherit"],
		});
		const output: Buffer[] = [];
		child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
		child.stderr?.on("data", (chunk: Buffer) => output.push(chunk));
		child.on("error", (error) => {
			process.stderr.write(`${program}: ${error.message}\n`);
			resolve(false);
		});
		child.on("close", (code) => {
			if (code !== 0) process.stderr.write(Buffer.concat(output));
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
};

/** A step that took longer is named at the end of a run. */
const SLOW = 20_000;

const slowest = (durations: ReadonlyMap<string, number>): string =>
	[...durations]
		.filter(([, milliseconds]) => milliseconds >= SLOW)
		.sort(([, a], [, b]) => b - a)
		.map(([name, milliseconds]) => `${(milliseconds / 1000).toFixed(0)} s ${name}`)
		.join(", ");

/** True when every step succeeded; says on standard error which one did not, and what took long. */
export const runSteps = async (steps: readonly Step[], options: RunOptions = {}): Promise<boolean> => {
	const { terse = false, output = process.stdout } = options;
	const startedAt = performance.now();
	const say = (text: string) => {
		const elapsed = `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
		process.stderr.write(`[${elapsed}] ${text}\n`);
	};
	const durations = new Map<string, number>();
	for (const step of steps) {
		const began = performance.now();
		const announce = setTimeout(() => say(step.name), terse ? WORTH_A_LINE : 0);
		if (!terse) {
			clearTimeout(announce);
			say(step.name);
		}
		const succeeded = await run(terse ? { ...step, quiet: true } : step, output);
		clearTimeout(announce);
		durations.set(step.name, performance.now() - began);
		if (!succeeded) {
			say(`FAILED: ${step.name}`);
			return false;
		}
	}
	const long = slowest(durations);
	if (!terse) say(`done${long === "" ? "" : `; what took long: ${long}`}`);
	return true;
};

/** The Node that runs this program (the pinned one), for a TypeScript file of ours. */
export const nodeStep = (name: string, ...args: string[]): Step => ({
	name,
	command: [process.execPath, "--disable-warning=ExperimentalWarning", ...args],
});
