/** Seeded random ring and field elements for tests; never for keys. */
import { createRandom, type Random } from "../../worker/core/dataset/random.ts";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";

export type RandomRing = Random & {
	/** Nearly uniform in [0, bound), bound below 2^256. */
	readonly belowBig: (bound: bigint) => bigint;
	/** Uniform integer in [least, most]. */
	readonly within: (least: number, most: number) => number;
	readonly element: () => bigint;
	readonly polynomial: (degree: number, modulus: bigint) => bigint[];
};

export const randomRing = (seed: string): RandomRing => {
	const random = createRandom(seed);
	const belowBig = (bound: bigint): bigint => {
		let value = 0n;
		for (let word = 0; word < 10; word++) value = (value << 32n) | BigInt(random.below(2 ** 32));
		return value % bound;
	};
	return {
		...random,
		belowBig,
		within: (least, most) => least + random.below(most - least + 1),
		element: () => belowBig(FIELD_ORDER),
		polynomial: (degree, modulus) => Array.from({ length: degree }, () => belowBig(modulus)),
	};
};
