/** A thread of a simulation: its seeds, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { DecentraHealthError, isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { runSeed, type SeedOptions, type SeedReport } from "./runSeed.ts";

export type ThreadInput = { readonly options: SeedOptions; readonly seeds: readonly string[] };

export type ThreadMessage =
	| { readonly kind: "progress"; readonly seed: string; readonly what: string }
	| { readonly kind: "done"; readonly report: SeedReport }
	/** A coded error, which would arrive as a plain one. */
	| {
			readonly kind: "failed";
			readonly code: DecentraHealthError["code"];
			readonly message: string;
			readonly nextStep: string;
	  };

const post = (message: ThreadMessage): void => parentPort?.postMessage(message);

const { options, seeds } = workerData as ThreadInput;
try {
	for (const seed of seeds) {
		post({ kind: "done", report: await runSeed(options, seed, (what) => post({ kind: "progress", seed, what })) });
	}
} catch (error) {
	const coded = isDecentraHealthError(error)
		? error
		: error instanceof RangeError
			? new DecentraHealthError("CONFIG_INVALID", {
					message: error.message,
					nextStep: "Use other options or more rows.",
				})
			: undefined;
	if (coded === undefined) throw error;
	post({ kind: "failed", code: coded.code, message: coded.message, nextStep: coded.nextStep });
}
