/**
 * A process that runs one worker after the other, each as `npm run worker` would, but for the prover: its proofs are simulated with a known
 * trapdoor, and take as long as the scenario's seed says, so that a kill hits the middle of one. Only tests start this.
 */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { loadConfig } from "../../../worker/service/config/loadConfig.ts";
import type { Role } from "../../../worker/service/config/schema.ts";
import type { WorkerPlaces } from "../../../worker/service/request.ts";
import { runWorker } from "../../../worker/service/runWorker.ts";
import { CIRCUIT_DOUBLES, proverDouble } from "../proverDouble.ts";
import { randomRing } from "../randomRing.ts";

export type HostRequest =
	| {
			readonly kind: "run";
			readonly role: Role;
			readonly configFile: string;
			readonly passphrase: string;
			/** Log lines are appended to it at once: a killed process leaves all of them. */
			readonly logFile: string;
			readonly seed: string;
			/** Least and most milliseconds of a proof. */
			readonly proving: readonly [number, number];
	  }
	| { readonly kind: "stop" };

export type HostNews =
	| { readonly kind: "idle" }
	| { readonly kind: "ready"; readonly places: WorkerPlaces }
	| { readonly kind: "proving"; readonly circuit: string }
	/** By itself, or told to. A fault of the program has no code. */
	| { readonly kind: "ended"; readonly problem?: { readonly code: string; readonly message: string } };

const tell = (news: HostNews): void => void process.send?.(news);

const problemOf = (error: unknown): { readonly code: string; readonly message: string } =>
	isDecentraHealthError(error)
		? { code: error.code, message: error.message }
		: { code: "UNEXPECTED", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };

const run = async (request: Extract<HostRequest, { kind: "run" }>, signal: AbortSignal): Promise<void> => {
	const { role, configFile, passphrase, logFile, seed, proving } = request;
	const random = randomRing(seed);
	const { prove: proveAtOnce } = proverDouble();
	const config = await loadConfig(role, { file: configFile, environment: {} });
	await runWorker({
		role,
		config,
		environment: { DECENTRAHEALTH_PASSPHRASE: passphrase },
		signal,
		writeLog: (line) => appendFileSync(logFile, line),
		onReady: (places) => tell({ kind: "ready", places }),
		overrides: {
			circuits: CIRCUIT_DOUBLES,
			prove: async (circuit, input, options) => {
				tell({ kind: "proving", circuit: circuit.name });
				await sleep(random.within(...proving), undefined, { signal: options?.signal });
				return proveAtOnce(circuit, input, options);
			},
		},
	});
};

let stop: AbortController | undefined;

process.on("message", (request: HostRequest) => {
	if (request.kind === "stop") {
		stop?.abort();
		return;
	}
	stop = new AbortController();
	void run(request, stop.signal).then(
		() => tell({ kind: "ended" }),
		(error: unknown) => tell({ kind: "ended", problem: problemOf(error) }),
	);
});
process.on("disconnect", () => process.exit(0));
tell({ kind: "idle" });
