/** Small powers of tau made by snarkjs itself, whose trapdoor a test can know: a beacon's randomness is public. */
import { createHash } from "node:crypto";
import { ChaCha } from "ffjavascript";
import { curves, type MemoryFile, powersOfTau } from "snarkjs";

/** Least that snarkjs takes: 2^10 hashes. */
const ITERATIONS_EXPONENT = 10;

export type KnownPowersOfTau = {
	/** A prepared .ptau file for circuits of up to 2^power constraints. */
	readonly file: MemoryFile;
	readonly tau: bigint;
	readonly alpha: bigint;
	readonly beta: bigint;
};

/** Powers of tau for domains of up to 2^power from one public beacon (about 0.3 s for 2^6, 1 s for 2^8). */
export const knownPowersOfTau = async (power: number, beacon = "c0ffee"): Promise<KnownPowersOfTau> => {
	const curve = await curves.getCurveFromName("bn128");
	const [fresh, contributed, file]: MemoryFile[] = [{ type: "mem" }, { type: "mem" }, { type: "mem" }];
	if (fresh === undefined || contributed === undefined || file === undefined) throw new Error("unreachable");
	await powersOfTau.newAccumulator(curve, power, fresh);
	await powersOfTau.beacon(fresh, contributed, "test", beacon, ITERATIONS_EXPONENT);
	await powersOfTau.preparePhase2(contributed, file);
	// The same derivation as snarkjs' misc.rngFromBeaconParams and keypair.createPTauKey.
	let hash: Buffer = Buffer.from(beacon, "hex");
	for (let index = 0; index < 2 ** ITERATIONS_EXPONENT; index++) hash = createHash("sha256").update(hash).digest();
	const rng = new ChaCha(Array.from({ length: 8 }, (_, word) => hash.readUInt32BE(4 * word)));
	const next = (): bigint => curve.Fr.toObject(curve.Fr.fromRng(rng));
	return { file, tau: next(), alpha: next(), beta: next() };
};
