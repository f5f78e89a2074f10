/** Witnesses: circom's calculator (WebAssembly) through snarkjs, and the .wtns format. Witnesses are secret and stay in memory. */
import { readFile } from "node:fs/promises";
import { type CircuitInput, type MemoryFile, wtns } from "snarkjs";
import { DecentraHealthError } from "../../protocol/errors.ts";

/** Bytes before the first element: magic, version, section count, header section (element size, prime, count), body's header. */
const WTNS_HEADER = 76;
const ELEMENT_BYTES = 32;

/**
 * All signals of the circuit for `input`, in the .wtns format.
 * @param wasm path of the circuit's witness calculator
 * @param input every input signal by name: a bigint, number or decimal string, or nested arrays of them
 * @throws DecentraHealthError PROVING_KEY_MISSING when there is no calculator at `wasm`,
 *   PROOF_INVALID when the input does not satisfy the circuit (the message names the template and line, never a value)
 */
export const calculateWitness = async (wasm: string, input: CircuitInput): Promise<Uint8Array> => {
	const code = await readFile(wasm).catch((cause: unknown) => {
		throw new DecentraHealthError("PROVING_KEY_MISSING", {
			message: `no witness calculator at ${wasm}`,
			nextStep: "run `npm run circuits` to compile the circuits and make their proving keys",
			cause,
		});
	});
	const witness: MemoryFile = { type: "mem" };
	try {
		// circom 2 calculators bring their own memory; the default would reserve 2 GiB a call for nothing.
		await wtns.calculate(input, { type: "mem", data: code }, witness, { memorySize: 1 });
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new DecentraHealthError("PROOF_INVALID", {
			message: `the input does not satisfy the circuit: ${reason.trim()}`,
			nextStep: "check the statement against docs/PROTOCOL.md: an honest prover's input satisfies every constraint",
		});
	}
	return witness.data ?? new Uint8Array();
};

/** The elements of a .wtns witness, wire 0 (the constant 1) first. */
export const witnessElements = (bytes: Uint8Array): readonly bigint[] => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return Array.from({ length: (bytes.byteLength - WTNS_HEADER) / ELEMENT_BYTES }, (_, index) => {
		const at = WTNS_HEADER + index * ELEMENT_BYTES;
		return (
			view.getBigUint64(at, true) |
			(view.getBigUint64(at + 8, true) << 64n) |
			(view.getBigUint64(at + 16, true) << 128n) |
			(view.getBigUint64(at + 24, true) << 192n)
		);
	});
};
