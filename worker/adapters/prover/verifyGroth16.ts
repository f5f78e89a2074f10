/** Groth16 verification by snarkjs, the same in Node and in a browser. Whoever calls it opens the curve, threaded or not, first. */
import { type Groth16Proof, groth16 } from "snarkjs";
import type { VerificationKey } from "../../core/codecs/verificationKey.ts";
import { isFieldElement } from "../../protocol/field.ts";
import { type Proof, parseProof } from "../../protocol/proof.ts";

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

/**
 * True when the proof is valid for exactly these public signals. False, too, when the numbers are no proof at all (see parseProof),
 * or a signal is not canonical or missing: snarkjs itself would take a missing signal for 0.
 */
export const verifyGroth16 = async (
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
	return groth16.verify(key, publicSignals.map(String), toSnarkjs(proof));
};
