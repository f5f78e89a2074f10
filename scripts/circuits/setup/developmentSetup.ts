/**
 * A Groth16 proving key without a ceremony: one process knows its trapdoor. INSECURE by construction (that process could forge proofs),
 * hence for development chains only; contracts that verify such proofs refuse to be deployed elsewhere.
 */
import { readR1cs } from "../r1cs.ts";
import { type FixedBasePool, fixedBasePool } from "./fixedBase.ts";
import { evaluateQap } from "./qap.ts";
import { type Phase1, phase1Of, randomDelta, randomSeed } from "./trapdoor.ts";
import { DEVELOPMENT_MARKER, writeZkey } from "./zkey.ts";

export type DevelopmentSetupOptions = {
	/** Path of the circuit. */
	readonly r1cs: string;
	/** Path of the new key; must not exist. */
	readonly zkey: string;
	/** Threads shared by several setups; without it the setup starts and ends its own. */
	readonly pool?: FixedBasePool;
	/** Shared by keys whose proofs are verified together; a fresh one by default. */
	readonly phase1?: Phase1;
	/** Only for tests that compare with snarkjs' own setup; random by default. */
	readonly delta?: bigint;
	readonly log?: (line: string) => void;
};

/** As in every key of snarkjs. */
const GAMMA = 1n;

/**
 * Makes a proving key that snarkjs takes for its own.
 * @throws DecentraHealthError CIRCUIT_COMPILE when the circuit's file is malformed
 */
export const developmentSetup = async (options: DevelopmentSetupOptions): Promise<void> => {
	const { log = () => undefined, phase1 = phase1Of(randomSeed()), delta = randomDelta() } = options;
	const pool = options.pool ?? (await fixedBasePool());
	try {
		const r1cs = readR1cs(options.r1cs);
		const scalars = evaluateQap(r1cs, { ...phase1, delta });
		log(`evaluated ${r1cs.constraints} constraints over a domain of ${scalars.domainSize}`);
		const { alpha, beta } = phase1;
		const publicWires = scalars.ic.length;
		const g1 = await pool.multiply("G1", [
			...[alpha, beta, delta],
			...scalars.ic,
			...scalars.a,
			...scalars.b,
			...scalars.c,
			...scalars.h,
		]);
		log("computed the points of G1");
		const g2 = await pool.multiply("G2", [beta, GAMMA, delta, ...scalars.b]);
		log("computed the points of G2");
		let at = 0;
		const take = (bytes: Uint8Array, points: number, size: number): Uint8Array => {
			const part = bytes.subarray(at, at + points * size);
			at += points * size;
			return part;
		};
		const g1Points = {
			alpha1: take(g1, 1, 64),
			beta1: take(g1, 1, 64),
			delta1: take(g1, 1, 64),
			ic: take(g1, publicWires, 64),
			a: take(g1, r1cs.wires, 64),
			b1: take(g1, r1cs.wires, 64),
			c: take(g1, r1cs.wires - publicWires, 64),
			h: take(g1, scalars.domainSize, 64),
		};
		at = 0;
		const g2Points = {
			beta2: take(g2, 1, 128),
			gamma2: take(g2, 1, 128),
			delta2: take(g2, 1, 128),
			b2: take(g2, r1cs.wires, 128),
		};
		await writeZkey(options.zkey, {
			r1cs,
			domainSize: scalars.domainSize,
			points: { ...g1Points, ...g2Points },
			contributions: DEVELOPMENT_MARKER,
		});
	} finally {
		if (options.pool === undefined) await pool.close();
	}
};
