import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generateConstants } from "../../../scripts/circuits/generateConstants.ts";
import { ephemeralScalar, sharePads } from "../../../worker/core/encryption/pads.ts";
import { shareCommitment, shareDigest } from "../../../worker/core/encryption/shareCommitments.ts";
import { memberShares, packKey } from "../../../worker/core/encryption/shares.ts";
import { multiplyPoint, publicKeyOf } from "../../../worker/protocol/babyJubJub.ts";
import { committeeKeysDigest } from "../../../worker/protocol/committeeKeysDigest.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { assertAccepted } from "../../support/circuits/forge.ts";
import { assertDetermined } from "../../support/circuits/localUniqueness.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { randomRing } from "../../support/randomRing.ts";

describe("sharing gadgets", async () => {
	await generateConstants();

	it("PackKey equals the reference, with a partly filled last element", async () => {
		const random = randomRing("pack key");
		const circuit = await testCircuit({
			include: ["circuits/lib/poly/SmallCoefficients.circom", "circuits/lib/shamir/PackKey.circom"],
			template: "CheckedKey",
			source: `template CheckedKey() {
				signal input s[9];
				signal {signedBits} checked[9] <== SmallCoefficients(9, 7)(s);
				signal output out[3] <== PackKey(9, 4, 13)(checked);
			}`,
		});
		for (const s of [Array.from({ length: 9 }, () => -64), Array.from({ length: 9 }, () => random.within(-64, 63))]) {
			const witness = await assertAccepted(circuit, { s: s.map(BigInt) });
			assert.deepEqual(circuit.values(witness, "out"), packKey(s, { ...standardProfile, sharePackCount: 4 }));
		}
	});

	it("MemberShares equals the reference for thresholds 2, 3 and 4 and every member", async () => {
		const random = randomRing("member shares");
		for (const [threshold, member] of [
			[2, 1],
			[2, 3],
			[3, 7],
			[4, 5],
		] as const) {
			const circuit = await testCircuit({
				include: "circuits/lib/shamir/MemberShares.circom",
				template: "MemberShares",
				params: [3, threshold, member],
			});
			const secret = Array.from({ length: 3 }, () => random.element());
			const coefficients = secret.map(() => Array.from({ length: threshold - 1 }, () => random.element()));
			const witness = await assertAccepted(circuit, { secret, coefficients });
			assert.deepEqual(circuit.values(witness, "share"), memberShares(secret, coefficients, member));
			assertEveryMutationCaught(circuit, witness);
		}
	});

	it("SharePads gives the pads that the member derives from its secret and R", async () => {
		const random = randomRing("share pads");
		const circuit = await testCircuit({
			include: ["circuits/lib/curve/EphemeralScalar.circom", "circuits/lib/shamir/SharePads.circom"],
			template: "MemberPads",
			source: `template MemberPads() {
				signal input rho;
				signal input key[2];
				signal input context;
				signal {binary} bit[249] <== EphemeralScalar()(rho);
				signal output pad[16];
				signal output blind;
				(pad, blind) <== SharePads(249, 16, 2)(bit, key, context);
			}`,
		});
		const rho = random.belowBig(1n << 249n);
		const secret = random.belowBig(1n << 250n);
		const context = random.element();
		const key = publicKeyOf(secret);
		const witness = await assertAccepted(circuit, { rho, key: [key.x, key.y], context });
		const pads = { pads: circuit.values(witness, "pad"), blind: circuit.value(witness, "blind") };
		const shared = { member: 2, context, count: 16 };
		assert.deepEqual(pads, sharePads({ ...shared, scalar: ephemeralScalar(rho), point: key }));
		assert.deepEqual(pads, sharePads({ ...shared, scalar: secret, point: publicKeyOf(ephemeralScalar(rho)) }));
		assert.notDeepEqual(
			pads,
			sharePads({ ...shared, member: 1, scalar: secret, point: publicKeyOf(ephemeralScalar(rho)) }),
		);
		assert.deepEqual(
			multiplyPoint(key, ephemeralScalar(rho)),
			multiplyPoint(publicKeyOf(ephemeralScalar(rho)), secret),
		);
		assertEveryMutationCaught(circuit, witness);
	});

	it("ShareCommitment and ShareDigest equal the reference and leave nothing free", async () => {
		const random = randomRing("share commitments");
		const [commitment, digest] = await Promise.all([
			testCircuit({ include: "circuits/lib/shamir/ShareCommitment.circom", template: "ShareCommitment", params: [16] }),
			testCircuit({ include: "circuits/lib/shamir/ShareDigest.circom", template: "ShareDigest", params: [7] }),
		]);
		const shares = Array.from({ length: 16 }, () => random.element());
		const blind = random.element();
		const opened = await assertAccepted(commitment, { shares, blind });
		assert.equal(commitment.value(opened, "digest"), shareCommitment(shares, blind));
		const commitments = Array.from({ length: 7 }, () => random.element());
		const context = random.element();
		const listed = await assertAccepted(digest, { context, commitments });
		assert.equal(digest.value(listed, "digest"), shareDigest(context, commitments));
		for (const [circuit, witness] of [
			[commitment, opened],
			[digest, listed],
		] as const) {
			assertEveryMutationCaught(circuit, witness);
			assertDetermined(circuit, witness);
		}
	});

	it("CommitteeKeys equals the reference and depends on the order", async () => {
		const circuit = await testCircuit({
			include: "circuits/lib/curve/CommitteeKeys.circom",
			template: "CommitteeKeys",
			params: [3],
			optimization: "O2",
		});
		const keys = [5n, 6n, 7n].map(publicKeyOf);
		const witness = await assertAccepted(circuit, { keys: keys.map(({ x, y }) => [x, y]) });
		assert.equal(circuit.value(witness, "digest"), committeeKeysDigest(keys));
		assert.notEqual(committeeKeysDigest(keys.toReversed()), committeeKeysDigest(keys));
		assertEveryMutationCaught(circuit, witness);
	});
});
