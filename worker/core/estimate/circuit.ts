/** What a circuit of so many constraints costs to set up and to prove with. */
import type { CircuitKind } from "../../protocol/circuitNames.ts";

export type CircuitEstimate = {
	readonly kind: CircuitKind;
	readonly constraints: number;
	/** log2 of the evaluation domain. */
	readonly domainPower: number;
	/** Of the proving key. */
	readonly keyBytes: number;
	/** Of the proving process with one proof. */
	readonly memoryBytes: number;
	/** One proof after another, on all cores. */
	readonly provingSeconds: number;
};

/** Measured on this machine; see worker/adapters/prover/speed.ts. */
export type ProvingSpeed = {
	/** A proof's wall seconds a constraint. */
	readonly secondsPerConstraint: number;
	/** How that was found, for people. */
	readonly source: string;
};

/** Terms of the matrices A and B a constraint, as compiled with --O2: hashes make dense rows. */
const TERMS: Readonly<Record<CircuitKind, number>> = { TrainSegment: 10.5, EncryptUpdate: 21.5, KeySum: 34 };
const TERM_BYTES = 44;
/** Points of a wire in A, B (twice) and C; a row's in H. */
const WIRE_BYTES = 64 + 64 + 128 + 64;
const ROW_BYTES = 64;
/** Node with its libraries, and of the proof itself its key's size times this. */
const BASE_MEMORY = 300 * 2 ** 20;
const MEMORY_PER_KEY_BYTE = 6;

/** log2 of the domain for so many constraints with so many public signals: a row each, and one to spare. */
export const domainPowerOf = (constraints: number, publicSignals: number): number =>
	Math.floor(Math.log2(constraints + publicSignals)) + 1;

export const estimateCircuit = (
	kind: CircuitKind,
	{ constraints, publicSignals }: { readonly constraints: number; readonly publicSignals: number },
	speed: ProvingSpeed,
): CircuitEstimate => {
	const domainPower = domainPowerOf(constraints, publicSignals);
	const keyBytes = Math.round(constraints * (TERMS[kind] * TERM_BYTES + WIRE_BYTES) + 2 ** domainPower * ROW_BYTES);
	return {
		kind,
		constraints,
		domainPower,
		keyBytes,
		memoryBytes: BASE_MEMORY + MEMORY_PER_KEY_BYTE * keyBytes,
		provingSeconds: constraints * speed.secondsPerConstraint,
	};
};
