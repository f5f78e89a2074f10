/** What an opened sum tells about one hospital's key: the figures of docs/THREATS.md, "The margin of the encryption". */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { sampleCentredBinomial } from "../../../worker/core/encryption/sampling.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";

const choose = (n: number, k: number): bigint => {
	if (k < 0 || k > n) return 0n;
	let value = 1n;
	for (let index = 1; index <= k; index++) value = (value * BigInt(n - index + 1)) / BigInt(index);
	return value;
};

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** log2 of a / 2^bits. */
const log2Of = (a: bigint, bits: number): number => {
	const shift = Math.max(0, a.toString(2).length - 60);
	return Math.log2(Number(a >> BigInt(shift))) + shift - bits;
};

const range = (from: number, to: number): readonly number[] =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index);

const SCALE = 10n ** 15n;

/** Standard deviation of one of h coefficients, given `ones` among all their bits. */
const deviationGiven = (bits: number, h: number, ones: number): number => {
	const weights = range(0, bits).map((own) => choose(bits, own) * choose(bits * (h - 1), ones - own));
	const total = sum(weights);
	// The numbers are far beyond doubles; their ratio is not.
	const moment = (power: bigint): number =>
		Number((sum(weights.map((weight, own) => weight * BigInt(own) ** power)) * SCALE) / total) / Number(SCALE);
	return Math.sqrt(moment(2n) - moment(1n) ** 2);
};

const THREATS = readFileSync("docs/THREATS.md", "utf8").replace(/\s+/g, " ");

describe("what a sum of keys tells about one of them", () => {
	const bits = 2 * profile.centredBinomialEta;

	it("is exactly a hypergeometric distribution, for all that the sampler can draw", () => {
		// Eight fair bits a value: every pair of bytes is as likely as any other.
		const drawn = range(0, 255).map((byte) => {
			const randomness = { bytes: () => Uint8Array.of(byte) };
			return sampleCentredBinomial(randomness, { eta: 4, bits: 7, count: 1 })[0] as number;
		});
		const pairs = new Map<string, number>();
		for (const one of drawn) {
			for (const other of drawn) {
				const key = `${one + other} ${one}`;
				pairs.set(key, (pairs.get(key) ?? 0) + 1);
			}
		}
		for (const total of range(-8, 8)) {
			for (const own of range(-4, 4)) {
				const likely = choose(8, own + 4) * choose(8, total - own + 4);
				assert.equal(BigInt(pairs.get(`${total} ${own}`) ?? 0), likely, `${own} of ${total}`);
			}
		}
	});

	it("leaves the deviations that THREATS states", () => {
		assert.equal(bits, 168);
		const likeliest = (h: number): string => deviationGiven(bits, h, (bits * h) / 2).toFixed(2);
		assert.ok(THREATS.includes(`standard deviation ${likeliest(2)} (of ${Math.sqrt(bits / 4).toFixed(2)} sampled`));
		assert.ok(THREATS.includes(`For h = 3 it is ${likeliest(3)}, for h = 64 it is ${likeliest(64)}.`));
	});

	it("leaves at least 4.1 in all sums of two hospitals, but for the probability that THREATS states", () => {
		const least = range(bits, 2 * bits).find((ones) => deviationGiven(bits, 2, ones) < 4.1);
		assert.ok(least !== undefined);
		const sums = BigInt(2 * profile.ringDegree);
		const beyond = 2n * sums * sum(range(least, 2 * bits).map((ones) => choose(2 * bits, ones)));
		assert.equal(sums, 4096n);
		const probability = Math.ceil(log2Of(beyond, 2 * bits));
		assert.ok(THREATS.includes(`at least 4.1, but for a probability of 2^${probability}`), `2^${probability}`);
	});

	it("changes little by the values that are drawn again", () => {
		const limit = 2 ** (profile.secretBits - 1);
		assert.equal(profile.secretBits, profile.errorBits);
		const again = range(0, bits).filter((ones) => Math.abs(ones - bits / 2 + 0.5) > limit);
		const probability = log2Of(sum(again.map((ones) => choose(bits, ones))), bits);
		assert.ok(THREATS.includes(`have probability 2^${probability.toFixed(1)} each`), `2^${probability}`);
	});

	it("comes with the errors' sum, which never reaches half a unit of the decrypted one", () => {
		assert.ok(profile.maxUpdates * 2 ** (profile.errorBits - 1) < 2 ** (profile.deltaBits - 1));
	});
});
