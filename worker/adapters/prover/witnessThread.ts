/** Thread that computes witnesses, so that the next one is ready when a proof ends: snarkjs' main thread has work of its own. */
import { parentPort } from "node:worker_threads";
import type { CircuitInput } from "snarkjs";
import { isDecentraHealthError } from "../../protocol/errors.ts";
import { calculateWitness } from "./witness.ts";
import type { WitnessAnswer, WitnessRequest } from "./witnessWorker.ts";

const answer = async (wasm: string, input: CircuitInput): Promise<WitnessAnswer> => {
	try {
		return { bytes: await calculateWitness(wasm, input) };
	} catch (error) {
		// Classes do not survive the way between threads.
		if (!isDecentraHealthError(error)) return { failure: error instanceof Error ? error.message : String(error) };
		const { code, message, nextStep } = error;
		return { code, message, nextStep };
	}
};

parentPort?.on("message", ({ wasm, input }: WitnessRequest) => {
	answer(wasm, input).then((result) => {
		parentPort?.postMessage(result, "bytes" in result ? [result.bytes.buffer as ArrayBuffer] : []);
	});
});
