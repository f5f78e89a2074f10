/** A server's process that does not outlive this one. */
import { type ChildProcess, spawn } from "node:child_process";
import { ROOT } from "./checks/steps.ts";

export type ServerProcess = {
	/** Ended, whether it was asked to or not. */
	readonly ended: () => boolean;
	/** Standard output and error so far; at most the last part of them. */
	readonly output: () => string;
	/** Resolves when the process is gone. */
	readonly gone: Promise<void>;
	/** SIGTERM, and SIGKILL for one that does not listen to it. */
	readonly stop: () => Promise<void>;
};

const STOP_TIMEOUT = 4_000;
const MOST_OUTPUT = 16_000;

type ServerProcessOptions = {
	readonly env: NodeJS.ProcessEnv;
	/** All that it says is passed on, or kept for {@link ServerProcess.output}: all of it, or standard error alone. */
	readonly says: "shown" | "kept" | "errors kept";
	/** Called once it has been stopped. */
	readonly whenGone?: () => void;
};

const STDIO = {
	shown: ["ignore", "inherit", "inherit"],
	kept: ["ignore", "pipe", "pipe"],
	"errors kept": ["ignore", "ignore", "pipe"],
} as const;

/** @param args of this Node, from the repository's root */
export const startServerProcess = (
	args: readonly string[],
	{ env, says, whenGone }: ServerProcessOptions,
): ServerProcess => {
	const child: ChildProcess = spawn(process.execPath, args, { cwd: ROOT, env, stdio: [...STDIO[says]] });
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding("utf8").on("data", (text: string) => {
			output = (output + text).slice(-MOST_OUTPUT);
		});
	}
	const killWithUs = () => child.kill("SIGKILL");
	process.once("exit", killWithUs);
	const gone = new Promise<void>((resolve) => {
		child.once("close", () => resolve());
		child.once("error", (error) => {
			output += error.message;
			resolve();
		});
	});
	const ended = (): boolean => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
	return {
		ended,
		output: () => output.trim(),
		gone,
		stop: async () => {
			if (!ended()) child.kill("SIGTERM");
			const force = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
			await gone;
			clearTimeout(force);
			process.removeListener("exit", killWithUs);
			whenGone?.();
		},
	};
};
