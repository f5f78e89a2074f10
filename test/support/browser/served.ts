/**
 * `npm run demo -- --serve --from-scratch --by-hand all`: contracts without a study, a worker for each participant that leaves its wallet's transactions
 * to a person, gateways, the dApp.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { getAddress } from "viem";
import { z } from "zod";
import { ROOT } from "../../../scripts/checks/steps.ts";
import { PASSPHRASE_VARIABLE } from "../../../worker/adapters/passphrase.ts";

const address = z.string().transform((text) => getAddress(text));

const placeSchema = z.object({
	name: z.string(),
	/** As people read it: "St. Anna (hospital 1)". */
	title: z.string(),
	role: z.enum(["hospital", "committee", "coordinator"]),
	address,
	accountIndex: z.int().min(0),
	byHand: z.boolean(),
	workerUrl: z.url(),
	tokenFile: z.string(),
	folder: z.string(),
	/** Of the worker that was started first; one that ended is started again, {@link Served.pid}. */
	pid: z.int().min(2),
});
const servedSchema = z.object({
	event: z.literal("served"),
	url: z.url(),
	rpcUrl: z.url(),
	roundManager: address,
	gateway: z.url(),
	studyPackage: z.string().optional(),
	places: z.array(placeSchema),
});

export type ServedPlace = z.infer<typeof placeSchema>;
export type Served = z.infer<typeof servedSchema> & {
	/** Everything that the command has printed. */
	readonly output: () => string;
	readonly place: (name: string) => ServedPlace;
	readonly token: (name: string) => Promise<string>;
	/** Of the worker's process as it runs now. */
	readonly pid: (name: string) => number;
};

const restartedSchema = z.object({ event: z.literal("restarted"), name: z.string(), pid: z.int().min(2) });

/** Not a figure to hold: only to end a command that hangs. Building the dApp and the circuits for the first time is in it. */
const TIMEOUT = 10 * 60_000;
/** Of each hospital: one training proof, and one of the encryption. */
export const SAMPLES = 32;
/** Of everybody's keystore. */
export const SERVED_PASSPHRASE = "a passphrase of the browser tests";

const eventOf = (line: string): { event?: unknown } | undefined => {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === "object" && value !== null ? value : undefined;
	} catch {
		return undefined;
	}
};

export const describeServed = (line: unknown, output: () => string): Served => {
	const served = servedSchema.parse(line);
	const place = (name: string): ServedPlace => {
		const found = served.places.find((candidate) => candidate.name === name);
		if (found === undefined) throw new RangeError(`nobody is called ${name}`);
		return found;
	};
	const token = async (name: string): Promise<string> => (await readFile(place(name).tokenFile, "utf8")).trim();
	const pid = (name: string): number => {
		const restarts = output()
			.split("\n")
			.map((line) => restartedSchema.safeParse(eventOf(line)).data)
			.filter((event) => event?.name === name);
		return restarts.at(-1)?.pid ?? place(name).pid;
	};
	return { ...served, output, place, token, pid };
};

/** @param options of the demo, besides --serve, --events and the folder */
export const startServed = async (
	options: readonly string[] = ["--from-scratch", "--by-hand", "all", "--samples", String(SAMPLES)],
): Promise<{ readonly served: Served; readonly stop: () => Promise<void> }> => {
	const base = mkdtempSync(join(tmpdir(), "decentrahealth-browser-"));
	const folder = join(base, "demo");
	const child: ChildProcess = spawn(
		process.execPath,
		[
			"--disable-warning=ExperimentalWarning",
			"scripts/demo/main.ts",
			"--serve",
			"--events",
			"--folder",
			folder,
			...options,
		],
		{
			cwd: ROOT,
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, [PASSPHRASE_VARIABLE]: SERVED_PASSPHRASE },
		},
	);
	const ended = once(child, "exit");
	const endWithUs = (): void => {
		child.kill("SIGTERM");
		rmSync(base, { recursive: true, force: true });
	};
	process.once("exit", endWithUs);
	const printed: string[] = [];
	const output = (): string => printed.join("\n");
	const line = await new Promise<unknown>((resolve, reject) => {
		const fail = (reason: string): void => reject(new Error(`the demo ${reason}:\n${output()}`));
		const timer = setTimeout(() => fail("did not serve in time"), TIMEOUT);
		void ended.then(([code, signal]) => fail(`ended with ${code ?? signal}`));
		for (const stream of [child.stdout, child.stderr]) {
			if (stream === null) continue;
			createInterface({ input: stream }).on("line", (text) => {
				printed.push(text);
				const event = eventOf(text);
				if (event?.event !== "served") return;
				clearTimeout(timer);
				resolve(event);
			});
		}
	});
	const stop = async (): Promise<void> => {
		process.removeListener("exit", endWithUs);
		child.kill("SIGINT");
		await ended;
		rmSync(base, { recursive: true, force: true });
	};
	return { served: describeServed(line, output), stop };
};
