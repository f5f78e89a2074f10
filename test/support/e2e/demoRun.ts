/**
 * The demo command in a process of its own, left serving. The proofs take minutes, so the end-to-end tests of one process share one run and read it
 * from outside: its output, its report, its folder, its chain by RPC and its blocks by HTTP.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../../scripts/checks/steps.ts";
import { PASSPHRASE_VARIABLE } from "../../../worker/adapters/passphrase.ts";

export type DemoRun = {
	/** Participants' folders, one each, and the blocks in "ipfs". */
	readonly folder: string;
	/** The file that --json named. */
	readonly report: string;
	/** Everything the command has printed on standard output and standard error. */
	readonly output: string;
	readonly rpcUrl: string;
	readonly gatewayUrl: string;
	/** Address of the RoundManager. */
	readonly address: string;
	/** Opens the participants' keystores. */
	readonly passphrase: string;
};

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

const PASSPHRASE = "a passphrase of the end-to-end tests";
export const ROUNDS = 2;
/** Not a figure to hold, which the report is asked for: only to end a run that hangs. */
const TIMEOUT = 20 * 60_000;

/**
 * For developing tests: the folder of a demo that is being served already, with --folder FOLDER/demo, --json FOLDER/report.json and its output in
 * FOLDER/output.txt, under the passphrase above.
 */
const SERVED = process.env.DECENTRAHEALTH_E2E_SERVED;

const SERVES = /chain {2}(?<rpcUrl>\S+) +RoundManager (?<address>\S+)\n *IPFS +(?<gatewayUrl>\S+)/;

const describeRun = async (base: string): Promise<DemoRun> => {
	const output = await readFile(join(base, "output.txt"), "utf8");
	const { rpcUrl, address, gatewayUrl } = SERVES.exec(output)?.groups ?? {};
	if (rpcUrl === undefined || address === undefined || gatewayUrl === undefined) {
		throw new Error(`the demo does not say what it serves:\n${output}`);
	}
	const report = await readFile(join(base, "report.json"), "utf8");
	return { folder: join(base, "demo"), report, output, rpcUrl, gatewayUrl, address, passphrase: PASSPHRASE };
};

/** The command as `npm run demo -- ARGS` starts it once everything is installed. */
export const spawnDemo = (args: readonly string[]): ChildProcess =>
	spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/demo/main.ts", ...args], {
		cwd: ROOT,
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, [PASSPHRASE_VARIABLE]: PASSPHRASE },
	});

/** Collects what the process prints. */
export const outputOf = (child: ChildProcess): (() => string) => {
	const chunks: string[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
	}
	return () => chunks.join("");
};

const start = async () => {
	const base = mkdtempSync(join(tmpdir(), "decentrahealth-e2e-"));
	const options = ["--rounds", String(ROUNDS), "--folder", join(base, "demo"), "--json", join(base, "report.json")];
	const child = spawnDemo([...options, "--keep"]);
	const output = outputOf(child);
	const ended = once(child, "exit").then(([code, signal]): Ended => ({ code, signal }));
	const killWithUs = () => {
		child.kill("SIGTERM");
		rmSync(base, { recursive: true, force: true });
	};
	process.once("exit", killWithUs);
	const startedAt = Date.now();
	while (!SERVES.test(output())) {
		if (child.exitCode !== null || child.signalCode !== null || Date.now() - startedAt > TIMEOUT) {
			throw new Error(`the demo did not come to its end:\n${output()}`);
		}
		await sleep(200);
	}
	await writeFile(join(base, "output.txt"), output());
	const stop = async (): Promise<Ended> => {
		process.removeListener("exit", killWithUs);
		child.kill("SIGINT");
		const outcome = await ended;
		rmSync(base, { recursive: true, force: true });
		return outcome;
	};
	return { run: await describeRun(base), stop };
};

let started: ReturnType<typeof start> | undefined;

/** The run, started by whoever asks first. */
export const demoRun = async (): Promise<DemoRun> => {
	if (SERVED !== undefined) return describeRun(SERVED);
	started ??= start();
	return (await started).run;
};

/** Ends the run as Ctrl-C does; undefined when there is none of ours. */
export const stopDemoRun = async (): Promise<Ended | undefined> => {
	const ours = started;
	started = undefined;
	return ours === undefined ? undefined : (await ours).stop();
};

// When the last test of this process is over, and none of them has.
after(async () => {
	await stopDemoRun();
});
