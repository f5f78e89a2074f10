/** Witnesses from a thread of their own, one at a time. The thread starts when it is needed and keeps no process alive. */
import { Worker } from "node:worker_threads";
import type { CircuitInput } from "snarkjs";
import { DecentraHealthError, type ErrorCode } from "../../protocol/errors.ts";
import { oneAtATime } from "../oneAtATime.ts";

export type WitnessRequest = { readonly wasm: string; readonly input: CircuitInput };
export type WitnessAnswer =
	| { readonly bytes: Uint8Array }
	| { readonly code: ErrorCode; readonly message: string; readonly nextStep: string }
	/** A fault of the program. */
	| { readonly failure: string };

const THREAD = new URL("./witnessThread.ts", import.meta.url);
const computing = oneAtATime();
let thread: Worker | undefined;

const ask = (worker: Worker, request: WitnessRequest): Promise<WitnessAnswer> =>
	new Promise((resolve, reject) => {
		const finish = (settle: () => void) => {
			worker.off("message", onMessage).off("error", onError).off("exit", onExit).unref();
			settle();
		};
		const onMessage = (answer: WitnessAnswer) => finish(() => resolve(answer));
		const onError = (error: unknown) => finish(() => reject(error));
		const onExit = () => finish(() => reject(new Error("the thread that computes witnesses ended")));
		worker.on("message", onMessage).on("error", onError).on("exit", onExit).ref();
		worker.postMessage(request);
	});

/**
 * {@link calculateWitness} in the thread.
 * @throws DecentraHealthError PROVING_KEY_MISSING, PROOF_INVALID
 */
export const witnessFromThread = (wasm: string, input: CircuitInput): Promise<Uint8Array> =>
	computing(async () => {
		thread ??= new Worker(THREAD);
		const worker = thread;
		const answer = await ask(worker, { wasm, input }).catch((error: unknown) => {
			// Out of memory, for one: the next witness gets another thread.
			if (thread === worker) thread = undefined;
			throw error;
		});
		if ("bytes" in answer) return answer.bytes;
		if ("failure" in answer) throw new Error(answer.failure);
		throw new DecentraHealthError(answer.code, answer);
	});

/** Ends the thread, if there is one; nobody may be waiting for it. */
export const closeWitnessThread = async (): Promise<void> => {
	const worker = thread;
	thread = undefined;
	await worker?.terminate();
};
