/** `npm run demo -- --serve --events` in a process of its own, and what it says. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../../scripts/checks/steps.ts";
import type { ServedEvent } from "../../../scripts/demo/serve/announce.ts";
import { PASSPHRASE_VARIABLE } from "../../../worker/adapters/passphrase.ts";

export type Serving = {
	readonly pid: number;
	/** Lines of standard output so far. */
	readonly lines: readonly string[];
	/** For people. */
	readonly text: () => string;
	readonly ended: () => boolean;
	/** @returns its exit code */
	readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
};

export type ServedDemo = Serving & { readonly served: ServedEvent };

/** A build of the dApp and keys may come first. */
const TIMEOUT = 10 * 60_000;

const isServed = (line: string): boolean => line.startsWith('{"event":"served"');

export const PASSPHRASE = "a passphrase of the end-to-end tests";

/** A program of ours that serves something until a signal. */
export const startProgram = (context: TestContext, program: string, args: readonly string[]): Serving => {
	const child: ChildProcess = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, ...args], {
		cwd: ROOT,
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, [PASSPHRASE_VARIABLE]: PASSPHRASE },
	});
	const closed = once(child, "close");
	const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
	const end = async (signal: NodeJS.Signals): Promise<number | null> => {
		child.kill(signal);
		await closed;
		return child.exitCode;
	};
	context.after(() => (ended() ? undefined : end("SIGTERM")));
	const lines: string[] = [];
	const text: string[] = [];
	if (child.stdout === null || child.stderr === null) throw new RangeError("its output is piped");
	createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => text.push(chunk));
	return { pid: child.pid ?? 0, lines, text: () => text.join(""), ended, end };
};

/** @param args besides --serve and --events */
export const startServing = (context: TestContext, args: readonly string[]): Serving =>
	startProgram(context, "scripts/demo/main.ts", ["--serve", "--events", ...args]);

/** Returns when it is served. */
export const serveDemo = async (context: TestContext, args: readonly string[]): Promise<ServedDemo> => {
	const demo = startServing(context, args);
	const until = Date.now() + TIMEOUT;
	while (!demo.lines.some(isServed)) {
		if (demo.ended() || Date.now() > until) throw new Error(`the demo is not served:\n${demo.text()}`);
		await sleep(100);
	}
	return { ...demo, served: JSON.parse(demo.lines.find(isServed) ?? "") };
};
