import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createCkks } from "../../../worker/adapters/ckks.ts";
import { aggregateRound } from "../../../worker/core/aggregation/aggregateRound.ts";
import { plainSumAndDecrypt } from "../../../worker/core/aggregation/sumAndDecrypt.ts";
import { decodeBundle, encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { decodeModel, encodeModel } from "../../../worker/core/codecs/model.ts";
import { encryptUpdate } from "../../../worker/core/encryption/encryptUpdate.ts";
import { openShares } from "../../../worker/core/encryption/openShares.ts";
import { shareDigest } from "../../../worker/core/encryption/shareCommitments.ts";
import { keySumCircuitInputs } from "../../../worker/core/keySum/circuitInputs.ts";
import { keySumValues } from "../../../worker/core/keySum/keySumValues.ts";
import { verifyKeySumStatement } from "../../../worker/core/keySum/verifyKeySumStatement.ts";
import { publicKeyOf } from "../../../worker/protocol/babyJubJub.ts";
import { keySumGamma } from "../../../worker/protocol/keySumGamma.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { keySumPlace } from "../../support/keySumInstance.ts";
import { randomRing } from "../../support/randomRing.ts";
import { seededRandomness } from "../../support/seededRandomness.ts";

const WEIGHTS = 57;
const SLOTS = 2;

const ckks = await createCkks(profile);
after(() => ckks.close());

for (const { members, threshold } of [
	{ members: 3, threshold: 2 },
	{ members: 7, threshold: 4 },
]) {
	test(`three hospitals, a committee of ${members} with threshold ${threshold}: encrypted, shared, opened with provable key sums, decrypted to the exact weighted mean`, () => {
		const random = randomRing(`end to end ${members}`);
		const randomness = seededRandomness(`end to end ${members}`);
		const memberSecrets = Array.from({ length: members }, () => 1n + random.belowBig(1n << 250n));
		const committeeKeys = memberSecrets.map(publicKeyOf);
		const sampleCounts = [96, 136, 152];
		const hospitals = sampleCounts.map((sampleCount) => ({
			sampleCount,
			context: random.element(),
			weights: Array.from({ length: WEIGHTS }, () => random.within(-(2 ** 19), 2 ** 19 - 1)),
		}));
		const published = hospitals.map((hospital) => {
			const encrypted = encryptUpdate({ profile, committeeKeys, threshold, randomness, ...hospital });
			const bundle = { members, threshold, context: hospital.context, ...encrypted.public };
			return encodeBundle(bundle, profile);
		});

		// From here on only published objects, what the chain says and each member's own key.
		const bundles = published.map((bytes, index) => {
			const context = hospitals[index]?.context as bigint;
			return decodeBundle(bytes, profile, { members, threshold, context, weightCount: WEIGHTS });
		});
		const shareDigests = bundles.map(({ context, shareCommitments }) => shareDigest(context, shareCommitments));
		const keySums = memberSecrets.map((memberSecret, index) => {
			const memberIndex = index + 1;
			const dealings = bundles.map(({ encryptedShares, ephemeralKey, context, shareCommitments }) => ({
				context,
				shareCommitments,
				...openShares(memberSecret, memberIndex, ephemeralKey, encryptedShares[index] ?? [], context),
			}));
			const values = keySumValues(dealings.map(({ shares }) => shares));
			const place = { ...keySumPlace, memberIndex };
			const gamma = keySumGamma({ ...place, values });
			const proofs = keySumCircuitInputs({ gamma, memberIndex, slots: SLOTS, dealings, randomness });
			const statement = { ...place, shareDigests, slots: SLOTS, keyElements: profile.keyElements };
			assert.deepEqual(
				verifyKeySumStatement(values, proofs, statement),
				proofs.map(({ publicSignals }) => publicSignals),
			);
			return { memberIndex, values };
		});

		const updates = bundles.map(({ ciphertext }, index) => ({
			ciphertext,
			sampleCount: sampleCounts[index] as number,
		}));
		const input = { profile, weightCount: WEIGHTS, updates, threshold, memberCount: members };
		const bySeal = aggregateRound({ ...input, keySums, decrypt: ckks.sumAndDecrypt });
		const sums = Array.from({ length: WEIGHTS }, (_, index) =>
			hospitals.reduce((sum, { weights, sampleCount }) => sum + sampleCount * (weights[index] as number), 0),
		);
		assert.deepEqual(bySeal.sums, sums.map(BigInt));
		assert.deepEqual(
			bySeal.weights,
			sums.map((sum) => Math.floor(sum / 384 + 0.5)),
		);
		// Three errors of standard deviation 6.48: far from the bound of 192 that is checked.
		assert.ok(bySeal.residuals.greatest < 60 && Math.abs(bySeal.residuals.rootMeanSquare - 11.2) < 4);
		assert.deepEqual(decodeModel(encodeModel(bySeal.weights), WEIGHTS), bySeal.weights);

		// Members that never answer change nothing, as long as t others do; nor does the library that decrypts.
		for (let run = 0; run < 3; run++) {
			const answered = random.shuffle(keySums).slice(0, threshold);
			assert.deepEqual(aggregateRound({ ...input, keySums: answered, decrypt: plainSumAndDecrypt(profile) }), bySeal);
		}
	});
}
