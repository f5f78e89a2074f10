/** `npm run worker` as a process, without the build before it. */
import { type ChildProcess, spawn } from "node:child_process";
import type { TestContext } from "node:test";
import { ROOT } from "../../../scripts/checks/steps.ts";

export type CliProcess = {
	readonly child: ChildProcess;
	readonly output: () => string;
	readonly errors: () => string;
	/** Resolves when the output holds the text; rejects when the process ends before. */
	readonly says: (text: string) => Promise<void>;
	/** Exit code; null when a signal ended it. */
	readonly exit: Promise<number | null>;
};

export const startCli = (
	context: TestContext,
	args: readonly string[],
	{
		environment = {},
		input,
	}: { readonly environment?: Readonly<Record<string, string>>; readonly input?: string } = {},
): CliProcess => {
	const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "worker/cli/main.ts", ...args], {
		cwd: ROOT,
		env: { PATH: process.env.PATH, ...environment },
		stdio: ["pipe", "pipe", "pipe"],
	});
	context.after(() => child.kill("SIGKILL"));
	child.stdin.end(input);
	const texts = { output: "", errors: "" };
	child.stdout.on("data", (chunk: Buffer) => {
		texts.output += chunk.toString("utf8");
	});
	child.stderr.on("data", (chunk: Buffer) => {
		texts.errors += chunk.toString("utf8");
	});
	const exit = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
	return {
		child,
		output: () => texts.output,
		errors: () => texts.errors,
		says: async (text) => {
			let over = false;
			void exit.then(() => {
				over = true;
			});
			while (!texts.output.includes(text)) {
				if (over) throw new Error(`the process ended: ${texts.output}${texts.errors}`);
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
		},
		exit,
	};
};

export const runCli = async (...args: Parameters<typeof startCli>) => {
	const { exit, output, errors } = startCli(...args);
	return { code: await exit, output: output(), errors: errors() };
};
