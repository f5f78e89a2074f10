/** a(X), the one public constant that takes the place of a common reference string; docs/PROTOCOL.md section 3. */
import { shake128 } from "@noble/hashes/sha3.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Profile } from "../../protocol/profiles.ts";

type Ring = Pick<Profile, "ringDegree" | "modulus" | "publicPolynomialSeed">;

const BLOCK_BYTES = 168;
const memory = new Map<string, readonly bigint[]>();

/**
 * N coefficients, uniform in [0, q): SHAKE128 (FIPS 202) over "{seed}|{N}|{q}" as u64 little endian, masked to q's bits, values >= q rejected.
 * Memoised: nobody may choose a, and everybody gets the same.
 */
export const publicPolynomial = ({ ringDegree, modulus, publicPolynomialSeed }: Ring): readonly bigint[] => {
	const seed = `${publicPolynomialSeed}|${ringDegree}|${modulus}`;
	const known = memory.get(seed);
	if (known !== undefined) return known;
	const mask = (1n << BigInt(modulus.toString(2).length)) - 1n;
	const stream = shake128.create().update(utf8ToBytes(seed));
	const coefficients: bigint[] = [];
	while (coefficients.length < ringDegree) {
		const block = stream.xof(BLOCK_BYTES);
		const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
		for (let at = 0; at < BLOCK_BYTES && coefficients.length < ringDegree; at += 8) {
			const candidate = view.getBigUint64(at, true) & mask;
			if (candidate < modulus) coefficients.push(candidate);
		}
	}
	memory.set(seed, coefficients);
	return coefficients;
};

/** The same polynomial with each coefficient in (-q/2, q/2): these integers are multiplied in the proof, which keeps the quotients r small. */
export const centredPublicPolynomial = (ring: Ring): readonly bigint[] =>
	publicPolynomial(ring).map((coefficient) =>
		coefficient > ring.modulus / 2n ? coefficient - ring.modulus : coefficient,
	);
