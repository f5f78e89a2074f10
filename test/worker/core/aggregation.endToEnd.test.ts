import assert from "node:assert/strict";
import { test } from "node:test";
import { createCkks } from "../../../worker/adapters/ckks.ts";
import { aggregateRound } from "../../../worker/core/aggregation/aggregateRound.ts";
import { plainSumAndDecrypt } from "../../../worker/core/aggregation/sumAndDecrypt.ts";
import { decodeBundle, encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { decodeKeySum, encodeKeySum } from "../../../worker/core/codecs/keySum.ts";
import { decodeModel, encodeModel } from "../../../worker/core/codecs/model.ts";
import { decryptShares } from "../../../worker/core/encryption/decryptShares.ts";
import { encryptUpdate } from "../../../worker/core/encryption/encryptUpdate.ts";
import { publicKeyOf } from "../../../worker/protocol/babyJubJub.ts";
import { Fr } from "../../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { randomRing } from "../../support/randomRing.ts";

const MEMBERS = 3;
const THRESHOLD = 2;
const WEIGHTS = 57;

test("three hospitals, a committee of three with threshold two: encrypted, shared, opened, decrypted to the exact weighted mean", async () => {
	const random = randomRing("end to end");
	const randomness = { bytes: (length: number) => Uint8Array.from({ length }, () => random.below(256)) };
	const memberSecrets = Array.from({ length: MEMBERS }, () => 1n + random.belowBig(1n << 250n));
	const committeeKeys = memberSecrets.map(publicKeyOf);
	const sampleCounts = [96, 136, 152];
	const hospitals = sampleCounts.map((sampleCount) => ({
		sampleCount,
		context: random.element(),
		weights: Array.from({ length: WEIGHTS }, () => random.within(-(2 ** 19), 2 ** 19 - 1)),
	}));

	const published = hospitals.map(({ weights, sampleCount, context }) => {
		const encrypted = encryptUpdate({
			profile,
			weights,
			sampleCount,
			committeeKeys,
			threshold: THRESHOLD,
			context,
			randomness,
		});
		return encodeBundle({ members: MEMBERS, threshold: THRESHOLD, context, ...encrypted.public }, profile);
	});

	// From here on only published objects, what the chain says and each member's own key.
	const bundles = published.map((bytes, index) =>
		decodeBundle(bytes, profile, {
			members: MEMBERS,
			threshold: THRESHOLD,
			context: hospitals[index]?.context as bigint,
		}),
	);
	const posting = { roundId: 7, frozenSetDigest: `0x${"5e".repeat(32)}` } as const;
	const keySums = memberSecrets.map((memberSecret, index) => {
		const memberIndex = index + 1;
		const values = bundles
			.map(({ encryptedShares, ephemeralKey, context }) =>
				decryptShares(memberSecret, memberIndex, ephemeralKey, encryptedShares[index] as readonly bigint[], context),
			)
			.reduce((sum, shares) => sum.map((value, element) => Fr.add(value, shares[element] as bigint)));
		const bytes = encodeKeySum({ ...posting, memberIndex, values }, profile);
		return decodeKeySum(bytes, profile, { ...posting, memberIndex });
	});

	const updates = bundles.map(({ ciphertext }, index) => ({ ciphertext, sampleCount: sampleCounts[index] as number }));
	const ckks = await createCkks(profile);
	const input = { profile, weightCount: WEIGHTS, updates, threshold: THRESHOLD, memberCount: MEMBERS };
	const bySeal = aggregateRound({ ...input, keySums, decrypt: ckks.sumAndDecrypt });
	ckks.close();

	const sums = Array.from({ length: WEIGHTS }, (_, index) =>
		hospitals.reduce((sum, { weights, sampleCount }) => sum + sampleCount * (weights[index] as number), 0),
	);
	assert.deepEqual(bySeal.sums, sums.map(BigInt));
	assert.deepEqual(
		bySeal.weights,
		sums.map((sum) => Math.floor(sum / 384 + 0.5)),
	);
	assert.deepEqual(bySeal.liars, []);
	// Three errors of standard deviation 6.48: far from the bound of 192 that is checked.
	assert.ok(bySeal.residuals.greatest < 80 && Math.abs(bySeal.residuals.rootMeanSquare - 11.2) < 1);
	assert.deepEqual(decodeModel(encodeModel(bySeal.weights), WEIGHTS), bySeal.weights);

	// A member that never answers, whichever it is, changes nothing; nor does the library that decrypts.
	for (const silent of [1, 2, 3]) {
		const answered = keySums.filter(({ memberIndex }) => memberIndex !== silent);
		assert.deepEqual(aggregateRound({ ...input, keySums: answered, decrypt: plainSumAndDecrypt(profile) }), bySeal);
	}
});
