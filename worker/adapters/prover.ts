/** Groth16 proofs by snarkjs, on its worker threads. Witnesses never leave memory. */
import { readFile } from "node:fs/promises";
import { type CircuitInput, type Groth16Proof, groth16 } from "snarkjs";
import type { VerificationKey } from "../core/codecs/verificationKey.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { type Proof, parseProof } from "../protocol/proof.ts";
import { oneAtATime } from "./oneAtATime.ts";
import { closeCurve, openCurve } from "./prover/curve.ts";
import type { CircuitFiles } from "./prover/manifest.ts";
import { verifyGroth16 } from "./prover/verifyGroth16.ts";
import { closeWitnessThread, witnessFromThread } from "./prover/witnessWorker.ts";

export { type CircuitFiles, loadCircuit } from "./prover/manifest.ts";

export type ProvenStatement = {
	readonly proof: Proof;
	/** Public signals in proof order: outputs, then public inputs. */
	readonly publicSignals: readonly bigint[];
};

const fromSnarkjs = ({ pi_a: a, pi_b: b, pi_c: c }: Groth16Proof): Proof =>
	parseProof([a[0], a[1], b[0]?.[1], b[0]?.[0], b[1]?.[1], b[1]?.[0], c[0], c[1]].map((word) => BigInt(word ?? 0)));

/** One proof at a time, on all threads: two at once were no faster in wall time on two cores, and need the memory of two. */
const proving = oneAtATime();

const active = new Set<Promise<unknown>>();
let closing: Promise<void> | undefined;

/** Nobody begins while the threads are being ended, and they are not ended before everybody who has begun is done. */
const using = async <T>(run: () => Promise<T>): Promise<T> => {
	while (closing !== undefined) await closing;
	const result = run();
	active.add(result);
	try {
		return await result;
	} finally {
		active.delete(result);
	}
};

const throwIfAborted = (signal: AbortSignal | undefined): void => {
	if (signal?.aborted !== true) return;
	throw new DecentraHealthError("ABORTED", {
		message: "proving was stopped",
		nextStep: "start again; finished proofs are kept",
		cause: signal.reason,
	});
};

const mismatch = (circuit: CircuitFiles, what: string, cause?: unknown): DecentraHealthError =>
	new DecentraHealthError("PROVING_KEY_MISMATCH", {
		message: `the keys of ${circuit.name} do not belong to its circuit: ${what}`,
		nextStep: "delete the circuit's folder below .cache/circuits and run `npm run circuits`",
		cause,
	});

const readProvingKey = (path: string): Promise<Uint8Array> =>
	// From memory: snarkjs leaves files open when it fails.
	readFile(path).catch((cause: unknown) => {
		throw new DecentraHealthError("PROVING_KEY_MISSING", {
			message: `there is no proving key ${path}`,
			nextStep: "run `npm run circuits` to compile the circuits and make their keys",
			cause,
		});
	});

/**
 * Proves one statement and verifies the proof before handing it out. About 90 us of CPU a constraint. Called several times at once it works
 * as a pipeline: while one proof is made on all cores, the next witness is computed in a thread of its own.
 * snarkjs cannot be stopped in the middle: `signal` is obeyed before and after each of the two stages.
 * @param input every input signal by name; values bigint, number or decimal string, or nested arrays of them
 * @throws DecentraHealthError PROOF_INVALID when the input does not satisfy the circuit, PROVING_KEY_MISSING, PROVING_KEY_MISMATCH, ABORTED
 */
export const prove = (
	circuit: CircuitFiles,
	input: CircuitInput,
	{ signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ProvenStatement> =>
	using(async () => {
		throwIfAborted(signal);
		const witness = await witnessFromThread(circuit.wasm, input);
		throwIfAborted(signal);
		const made = await proving(async () => {
			throwIfAborted(signal);
			const provingKey = await readProvingKey(circuit.provingKey);
			await openCurve();
			return groth16.prove(provingKey, witness).catch((cause: unknown) => {
				throw mismatch(circuit, cause instanceof Error ? cause.message : String(cause), cause);
			});
		});
		throwIfAborted(signal);
		const publicSignals = made.publicSignals.map(BigInt);
		const proof = fromSnarkjs(made.proof);
		if (!(await verify(circuit.verificationKey, publicSignals, proof)))
			throw mismatch(circuit, "its proofs are invalid");
		return { proof, publicSignals };
	});

const verify = async (...statement: Parameters<typeof verifyGroth16>): Promise<boolean> => {
	await openCurve();
	return verifyGroth16(...statement);
};

/** As {@link verifyGroth16}, on the prover's threads. */
export const verifyProof = (
	key: VerificationKey,
	publicSignals: readonly bigint[],
	words: readonly bigint[],
): Promise<boolean> => using(() => verify(key, publicSignals, words));

/**
 * Ends all threads of the prover, which otherwise keep the process alive, once everything that was asked for before is done. Proving again
 * starts new ones.
 */
export const closeProver = (): Promise<void> => {
	closing ??= (async () => {
		await Promise.allSettled([...active]);
		await Promise.all([closeCurve(), closeWitnessThread()]);
	})().finally(() => {
		closing = undefined;
	});
	return closing;
};
