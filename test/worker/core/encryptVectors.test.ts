import assert from "node:assert/strict";
import { it } from "node:test";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { encryptionCase, smallInstance } from "../../support/encryptionInstance.ts";
import vectors from "../../vectors/encryption.json" with { type: "json" };

const hex = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

// Circuit and reference share their constants; these values notice when both change together.
for (const [name, size] of [
	["small", smallInstance],
	["full", { ...smallInstance, profile: standardProfile, weightCount: 57 }],
] as const) {
	it(`encryption gives the known answers of the ${name} instance`, () => {
		const { seed, ...expected } = vectors[name];
		const { outputs, input, public: bundle } = encryptionCase(size, seed);
		assert.deepEqual(
			{
				weightsCommitment: hex(input.weightsCommitment),
				committeeKeysDigest: hex(input.committeeKeysDigest),
				ephemeralKeyX: hex(bundle.ephemeralKey.x),
				firstCoefficient: String(bundle.ciphertext[0]),
				lastShare: hex(bundle.encryptedShares.at(-1)?.at(-1) ?? 0n),
				lastShareCommitment: hex(bundle.shareCommitments.at(-1) ?? 0n),
				shareDigest: hex(outputs.shareDigest),
				gamma: hex(outputs.gamma),
				y: hex(outputs.y),
				y2: hex(outputs.y2),
			},
			expected,
		);
	});
}
