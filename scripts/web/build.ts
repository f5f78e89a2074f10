/**
 * Builds the dApp (`next build`, offline) unless its build is the one of the present sources.
 *
 *     node scripts/web/build.ts
 */
import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
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
		process.once("exit", kill);
		child.once("error", reject);
		child.once("close", (code, signal) => {
			process.removeListener("exit", kill);
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

/** Of the current sources; builds and copies of a build take turns. */
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

/** @throws DecentraHealthError WEB_FAILED with the compiler's message */
export const buildWeb = (): Promise<void> => withBuiltWeb(async () => undefined);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	await buildWeb().catch((error: unknown) => {
		printError(error);
		process.exitCode = 1;
	});
}
