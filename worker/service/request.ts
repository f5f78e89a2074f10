/** How a worker is started in a process: by the CLI, and by tests that bring a prover of their own. */
import type { StudyCircuits } from "../adapters/prover/studyCircuits.ts";
import type { prove } from "../adapters/prover.ts";
import type { Environment } from "./config/environment.ts";
import type { ConfigOf } from "./config/loadConfig.ts";
import type { Role } from "./config/schema.ts";
import type { Clock } from "./loop/clock.ts";

/** What a caller in the same process may put in the place of the real thing. No configuration and no switch of the CLI reaches these. */
export type WorkerOverrides = {
	/** Makes the proofs; by default snarkjs in this process. */
	readonly prove?: typeof prove | undefined;
	/** The study's circuits; by default those of the configured folder. Their vkHash have to be the study's all the same. */
	readonly circuits?: StudyCircuits | undefined;
	/** Time that the loop waits by; by default the system's. */
	readonly clock?: Clock | undefined;
};

export type WorkerRequest<R extends Role = Role> = {
	readonly role: R;
	/** From `loadConfig(role, {file, environment})`, or `parseConfig(role, fields)` with absolute paths. */
	readonly config: ConfigOf<R>;
	/** Its DECENTRAHEALTH_PASSPHRASE opens the keystore. */
	readonly environment: Environment;
	/** Ends the worker: what it is doing is finished or abandoned, which a restart makes good. */
	readonly signal: AbortSignal;
	/** Do everything that is due now, then end. */
	readonly once?: boolean | undefined;
	/** Takes a line of the log, a JSON object and a line feed; by default standard output. */
	readonly writeLog?: ((line: string) => void) | undefined;
	/** Takes the API's bearer token, once; by default the terminal, or without one FOLDER/http-token (0600). */
	readonly showToken?: ((token: string) => void) | undefined;
	/** Told when the worker follows the chain, also when its study does not exist yet: where it listens (ports that were 0 are the real ones). */
	readonly onReady?: ((places: WorkerPlaces) => void) | undefined;
	readonly overrides?: WorkerOverrides | undefined;
};

export type WorkerPlaces = {
	/** Of the API, health and metrics: http://127.0.0.1:PORT. */
	readonly http: string;
	/** Of the own block store's gateway, when it is served. */
	readonly gateway?: string | undefined;
};

/**
 * `runWorker(request)` in worker/service/runWorker.ts runs one participant's worker in this process until `signal` aborts (it then resolves),
 * or, with `once`, until nothing is due. It takes the folder's lock, opens the keystore, connects, listens, and then looks at the chain and
 * acts by hospitalStep, memberStep or coordinatorStep until it is told to stop. It installs no signal handlers and never ends the process.
 *
 *     const stop = new AbortController();
 *     process.once("SIGTERM", () => stop.abort());
 *     const config = await loadConfig("hospital", { file: "hospital-1/worker.json", environment: process.env });
 *     await runWorker({ role: "hospital", config, environment: process.env, signal: stop.signal, overrides: { prove, circuits } });
 *
 * `runWorkerProcess({ role, configFile, environment, once, json, overrides })` in worker/service/workerProcess.ts is the same as a process:
 * it handles SIGTERM and SIGINT, prints errors with their next step, and resolves with the exit code. The CLI is this and nothing more, so
 * `process.exit(await runWorkerProcess({ ..., overrides }))` is the CLI with another prover.
 *
 * What a worker does again by itself and what ends it is in worker/service/loop/errorPolicy.ts.
 * @throws DecentraHealthError whatever ends a worker: CONFIG_INVALID, FOLDER_LOCKED, PORT_IN_USE, KEYSTORE_*, DATASET_*, RPC_WRONG_CHAIN,
 *   CONTRACT_MISSING, STUDY_MISSING (with `once`), STUDY_INVALID, PROVING_KEY_*, DEVELOPMENT_KEYS, JOURNAL_UNUSABLE
 */
export type RunWorker = <R extends Role>(request: WorkerRequest<R>) => Promise<void>;
