/**
 * Builds the dApp (`next build`, offline) unless its build is the one of the present sources.
 *
 *     node scripts/web/build.ts
 */
import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { printError } from "../../worker/service/exit.ts";
import { ROOT } from "../checks/steps.ts";
import { exclusively } from "../circuits/exclusively.ts";
import { distName, nextCommand, nextEnvironment, WEB, webFailed } from "./next.ts";
import { sourcesDigest } from "./sources.ts";

/** In a build's folder; written when all else is. */
const STAMP = "SOURCES";
/** One line of a compiler's message says little; a whole log hides it. */
const MOST_OUTPUT = 16_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const runBuild = (): Promise<void> =>
	new Promise((resolve, reject) => {
		const child = spawn(process.execPath, nextCommand("build", WEB, "--turbopack"), {
			cwd: ROOT,
			env: nextEnvironment("production"),
			stdio: ["ignore", "pipe", "pipe"],
		});
		const output: Buffer[] = [];
		for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
		// Whatever ends this process, a build that nobody waits for does not go on.
		const kill = () => child.kill("SIGKILL");
		const endOnSignal = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal]);
		process.once("exit", kill);
		for (const signal of SIGNALS) process.on(signal, endOnSignal);
		child.once("error", reject);
		child.once("close", (code, signal) => {
			process.removeListener("exit", kill);
			for (const name of SIGNALS) process.removeListener(name, endOnSignal);
			if (code === 0) return resolve();
			const text = Buffer.concat(output).toString("utf8").trim().slice(-MOST_OUTPUT);
			reject(
				webFailed(
					`next build ended with ${code ?? signal}:\n${text}`,
					"Correct what it names; `npm run build` repeats the step.",
				),
			);
		});
	});

/**
 * A build of the current sources; builds and copies of a build take turns.
 * @throws DecentraHealthError WEB_FAILED with the compiler's message
 */
export const withBuiltWeb = <T>(use: (dist: string) => Promise<T>): Promise<T> =>
	exclusively(join(ROOT, ".cache", "web.lock"), async () => {
		const dist = join(WEB, distName());
		const stamp = join(dist, STAMP);
		const wanted = await sourcesDigest(ROOT);
		const built = await readFile(stamp, "utf8").catch(() => undefined);
		if (built !== wanted) {
			// A build that fails half-way is not the old one any more.
			await rm(stamp, { force: true });
			await runBuild();
			await writeFile(stamp, wanted);
		}
		return use(dist);
	});

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	await withBuiltWeb(async () => undefined).catch((error: unknown) => {
		printError(error);
		process.exitCode = 1;
	});
}
