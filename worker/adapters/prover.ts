/** Groth16 proofs by snarkjs, on its worker threads, one at a time in a process. Witnesses never leave memory. */
import { readFile } from "node:fs/promises";
import { type CircuitInput, type Groth16Proof, groth16 } from "snarkjs";
import type { VerificationKey } from "../core/codecs/verificationKey.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { isFieldElement } from "../protocol/field.ts";
import { type Proof, parseProof } from "../protocol/proof.ts";
import type { CircuitFiles } from "./prover/manifest.ts";
import { calculateWitness } from "./prover/witness.ts";

export { type CircuitFiles, loadCircuit } from "./prover/manifest.ts";

export type ProvenStatement = {
	readonly proof: Proof;
	/** Public signals in proof order: outputs, then public inputs. */
	readonly publicSignals: readonly bigint[];
};

const fromSnarkjs = ({ pi_a: a, pi_b: b, pi_c: c }: Groth16Proof): Proof =>
	parseProof([a[0], a[1], b[0]?.[1], b[0]?.[0], b[1]?.[1], b[1]?.[0], c[0], c[1]].map((word) => BigInt(word ?? 0)));

const toSnarkjs = ([ax, ay, bx1, bx0, by1, by0, cx, cy]: Proof): Groth16Proof => ({
	pi_a: [`${ax}`, `${ay}`, "1"],
	pi_b: [
		[`${bx0}`, `${bx1}`],
		[`${by0}`, `${by1}`],
		["1", "0"],
	],
	pi_c: [`${cx}`, `${cy}`, "1"],
	protocol: "groth16",
	curve: "bn128",
});

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs alone: a proof uses all of snarkjs' threads and hundreds of megabytes, so two at once are no faster. And snarkjs starts its threads at
 * the first use that finds none: two first uses at once would start two sets, of which it forgets one, and the process would never end.
 */
const exclusively = <T>(run: () => Promise<T>): Promise<T> => {
	const result = last.then(run);
	last = result.catch(() => undefined);
	return result;
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

/**
 * Proves one statement and verifies the proof before handing it out. About 90 us of CPU a constraint.
 * snarkjs cannot be stopped in the middle: `signal` is obeyed before and after each of the two stages.
 * @param input every input signal by name; values bigint, number or decimal string, or nested arrays of them
 * @throws DecentraHealthError PROOF_INVALID when the input does not satisfy the circuit, PROVING_KEY_MISSING, PROVING_KEY_MISMATCH, ABORTED
 */
export const prove = async (
	circuit: CircuitFiles,
	input: CircuitInput,
	{ signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ProvenStatement> => {
	throwIfAborted(signal);
	const witness = await calculateWitness(circuit.wasm, input);
	throwIfAborted(signal);
	// From memory: snarkjs leaves files open when it fails.
	const provingKey = await readFile(circuit.provingKey).catch((cause: unknown) => {
		throw new DecentraHealthError("PROVING_KEY_MISSING", {
			message: `there is no proving key ${circuit.provingKey}`,
			nextStep: "run `npm run circuits` to compile the circuits and make their keys",
			cause,
		});
	});
	const made = await exclusively(async () => {
		throwIfAborted(signal);
		return groth16.prove(provingKey, witness).catch((cause: unknown) => {
			throw mismatch(circuit, cause instanceof Error ? cause.message : String(cause), cause);
		});
	});
	throwIfAborted(signal);
	const publicSignals = made.publicSignals.map(BigInt);
	const proof = fromSnarkjs(made.proof);
	if (!(await verifyProof(circuit.verificationKey, publicSignals, proof)))
		throw mismatch(circuit, "its proofs are invalid");
	return { proof, publicSignals };
};

/**
 * True when the proof is valid for exactly these public signals. False, too, when the numbers are no proof at all (see parseProof),
 * or a signal is not canonical or missing: snarkjs itself would take a missing signal for 0.
 */
export const verifyProof = async (
	key: VerificationKey,
	publicSignals: readonly bigint[],
	words: readonly bigint[],
): Promise<boolean> => {
	if (publicSignals.length !== key.nPublic || !publicSignals.every(isFieldElement)) return false;
	let proof: Proof;
	try {
		proof = parseProof(words);
	} catch {
		return false;
	}
	return exclusively(() => groth16.verify(key, publicSignals.map(String), toSnarkjs(proof)));
};

/**
 * Ends snarkjs' worker threads, which otherwise keep the process alive, once everything that was asked for before is done. Proving again starts
 * new ones.
 */
export const closeProver = (): Promise<void> =>
	exclusively(async () => {
		const { curve_bn128: curve } = globalThis as { curve_bn128?: { terminate(): Promise<void> } | null };
		await curve?.terminate();
	});
