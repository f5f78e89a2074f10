import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { bytesToHex, type Hex, sha256 } from "viem";
import { type Bundle, encodeBundle } from "../../worker/core/codecs/bundle.ts";
import { evaluatePolynomial, FIELD_ORDER } from "../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../worker/protocol/profiles.ts";
import {
	deployOpenRound,
	digest,
	fakeProof,
	STUDY,
	signalsHash,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";
import { testShareKey } from "../support/contracts/shareKeys.ts";

const GAMMA = 0x1234567890abcdefn ** 4n % FIELD_ORDER;
const CONTEXT_AT = 8;
const COEFFICIENTS_AT = 104;
const SHARES_AT = COEFFICIENTS_AT + 8 * profile.ringDegree;
const q = profile.modulus;

/** A bundle with arbitrary values over the whole ranges, and the values its polynomials take at GAMMA. */
const honestBundle = (context: bigint) => {
	const mix = (index: number, modulus: bigint) =>
		(BigInt(index + 1) ** 9n * 0x9e37_79b9_7f4a_7c15_f39cn ** 6n) % modulus;
	const ciphertext = Array.from({ length: profile.ringDegree }, (_, index) => mix(index, q));
	ciphertext[0] = 0n;
	ciphertext[1] = q - 1n;
	const encryptedShares = Array.from({ length: STUDY.members }, (_, member) =>
		Array.from({ length: profile.keyElements }, (_, index) => mix(1000 * (member + 7) + index, FIELD_ORDER)),
	);
	const { x, y: yOfKey } = testShareKey(123n);
	const bundle: Bundle = {
		members: STUDY.members,
		threshold: STUDY.threshold,
		context,
		ephemeralKey: { x, y: yOfKey },
		ciphertext,
		encryptedShares,
	};
	return {
		bytes: encodeBundle(bundle, profile),
		evaluation: {
			gamma: GAMMA,
			y: evaluatePolynomial(ciphertext, GAMMA),
			y2: evaluatePolynomial([...encryptedShares.flat(), x, yOfKey], GAMMA),
		},
	};
};

const change = (bytes: Uint8Array, at: number, value: readonly number[]): Uint8Array => {
	const changed = bytes.slice();
	changed.set(value, at);
	return changed;
};

/** Little endian, 8 bytes. */
const u64 = (value: bigint): number[] =>
	Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
const element = (value: bigint): number[] =>
	Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * (31 - index))) & 255n));

describe("RoundManager.challengeUpdate", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	/** Round 1 with an honest update of hospital 0; `tamper` changes the bytes that it publishes, its proof staying as it was. */
	const withUpdate = async (tamper: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes, addedToY = 0n) => {
		const consortium = await loadFixture(deployOpenRound);
		const { roundManager, hospitals, stranger } = consortium;
		const { account } = walletAt(hospitals, 0);
		const context = await roundManager.read.contextOf([1n, account.address]);
		const { bytes, evaluation: honest } = honestBundle(context);
		const evaluation = { ...honest, y: (honest.y + addedToY) % FIELD_ORDER };
		const published = tamper(bytes);
		const [roundId, , segments] = updateArgs(0);
		const encryption = { proof: fakeProof(1), ...evaluation };
		await roundManager.write.submitUpdate([roundId, sha256(published), segments, encryption], { account });
		const challenge = (bundle = published, claim = evaluation) =>
			roundManager.write.challengeUpdate([1n, account.address, bytesToHex(bundle), claim], {
				account: stranger.account,
			});
		return { ...consortium, hospital: account, evaluation, published, challenge };
	};

	it("refuses to act against an honest update", async () => {
		const { roundManager, hospital, challenge } = await withUpdate();
		await errorWith(challenge(), roundManager, "RoundManager__UpdateConsistent", [1n, hospital.address]);
	});

	const INCONSISTENT: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
		["one bit of the first coefficient", (b) => change(b, COEFFICIENTS_AT, [(b[COEFFICIENTS_AT] as number) ^ 1])],
		["one bit of the last coefficient", (b) => change(b, SHARES_AT - 8, [(b[SHARES_AT - 8] as number) ^ 1])],
		["a coefficient of q", (b) => change(b, COEFFICIENTS_AT + 8, u64(q))],
		["one bit of the first share", (b) => change(b, SHARES_AT + 31, [(b[SHARES_AT + 31] as number) ^ 1])],
		["one bit of the last share", (b) => change(b, b.length - 1, [(b[b.length - 1] as number) ^ 1])],
		[
			"a share plus r, the same mod r",
			(b) => {
				const first = BigInt(bytesToHex(b.slice(SHARES_AT, SHARES_AT + 32)));
				return change(b, SHARES_AT, element(first + FIELD_ORDER));
			},
		],
		["R.x", (b) => change(b, CONTEXT_AT + 63, [(b[CONTEXT_AT + 63] as number) ^ 1])],
		["R.y", (b) => change(b, CONTEXT_AT + 95, [(b[CONTEXT_AT + 95] as number) ^ 1])],
		[
			"R.y plus r, the same mod r",
			(b) => {
				const ry = BigInt(bytesToHex(b.slice(CONTEXT_AT + 64, CONTEXT_AT + 96)));
				return change(b, CONTEXT_AT + 64, element(ry + FIELD_ORDER));
			},
		],
		["the context", (b) => change(b, CONTEXT_AT + 31, [(b[CONTEXT_AT + 31] as number) ^ 1])],
		["the magic", (b) => change(b, 0, [0])],
		["the version", (b) => change(b, 4, [2])],
		["the profile", (b) => change(b, 5, [2])],
		["the committee's size", (b) => change(b, 6, [2])],
		["the threshold", (b) => change(b, 7, [3])],
		["one byte less", (b) => b.slice(0, -1)],
		["one byte more", (b) => change(new Uint8Array(b.length + 1), 0, [...b])],
		["nothing at all", () => new Uint8Array()],
	];
	for (const [what, tamper] of INCONSISTENT) {
		it(`removes an update whose bundle differs in ${what}`, async () => {
			const { roundManager, hospitalRegistry, hospital, challenge } = await withUpdate(tamper);
			const hash = await challenge();
			await assertions.emitWithArgs(hash, roundManager, "UpdateRemoved", [
				1n,
				(actual: string) => actual.toLowerCase() === hospital.address,
				32,
			]);
			const { updateCount, expectedUpdates, sampleSum, phase } = await roundManager.read.roundOf([1n]);
			assert.deepEqual(
				{ updateCount, expectedUpdates, sampleSum, phase },
				{ updateCount: 0, expectedUpdates: 2, sampleSum: 0, phase: 1 },
			);
			assert.equal(await hospitalRegistry.read.isBarred([hospital.address]), true);
			assert.equal(await hospitalRegistry.read.isHospital([hospital.address]), false);
		});
	}

	it("removes an update whose ciphertext was proven with a coefficient that is not reduced", async () => {
		// The circuit knows c only up to multiples of q, so such a proof exists; the first coefficient is 0 otherwise.
		const { roundManager, challenge } = await withUpdate((b) => change(b, COEFFICIENTS_AT, u64(q)), q);
		await assertions.emit(challenge(), roundManager, "UpdateRemoved");
	});

	it("costs less than a transaction may", async () => {
		const { publicClient, challenge } = await withUpdate((b) =>
			change(b, b.length - 1, [(b[b.length - 1] as number) ^ 1]),
		);
		const { gasUsed } = await publicClient.getTransactionReceipt({ hash: await challenge() });

		assert.ok(gasUsed < 1_500_000n, `${gasUsed} gas`);
	});

	it("keeps the order of the others and bars the hospital until the owner lifts it", async () => {
		const { roundManager, hospitalRegistry, hospitals, hospital, challenge } = await withUpdate((b) =>
			change(b, 0, [0]),
		);
		for (const index of [2, 1]) {
			await roundManager.write.submitUpdate(updateArgs(index), { account: walletAt(hospitals, index).account });
		}
		await challenge();
		const accepted = await roundManager.read.hospitalsOf([1n]);
		assert.deepEqual(
			accepted.map((address) => address.toLowerCase()),
			[2, 1].map((index) => walletAt(hospitals, index).account.address),
		);
		const { bundleDigest } = await roundManager.read.updateOf([1n, hospital.address]);
		assert.equal(bundleDigest, `0x${"00".repeat(32)}`);
		const again = roundManager.write.submitUpdate(updateArgs(0), { account: hospital });
		await errorWith(again, roundManager, "RoundManager__NotHospital", [hospital.address]);
		const { admitHospital, readmitHospital } = hospitalRegistry.write;
		await errorWith(admitHospital([hospital.address]), hospitalRegistry, "HospitalRegistry__Barred", [
			hospital.address,
		]);
		await readmitHospital([hospital.address]);
		assert.equal(await hospitalRegistry.read.isHospital([hospital.address]), true);
		assert.equal(await hospitalRegistry.read.isBarred([hospital.address]), false);
		await errorWith(challenge(), roundManager, "RoundManager__NoUpdate", [1n, hospital.address]);
	});

	it("bars a hospital that has been removed already", async () => {
		const { hospitalRegistry, hospital, challenge } = await withUpdate((b) => change(b, 0, [0]));
		await hospitalRegistry.write.removeHospital([hospital.address]);
		await challenge();
		assert.equal(await hospitalRegistry.read.isBarred([hospital.address]), true);
	});

	it("fails a round whose set is frozen or opened, because the set may not change", async () => {
		for (const keySums of [0, 2]) {
			const { roundManager, hospitalRegistry, hospitals, members, hospital, challenge } = await withUpdate((b) =>
				change(b, 0, [0]),
			);
			for (const index of [1, 2]) {
				await roundManager.write.submitUpdate(updateArgs(index), { account: walletAt(hospitals, index).account });
			}
			await roundManager.write.freeze([1n]);
			for (const { account } of members.slice(0, keySums)) {
				await roundManager.write.postKeySum([1n, digest("sum")], { account });
			}
			await assertions.emitWithArgs(challenge(), roundManager, "RoundFailed", [1n, 1n, 4]);
			const { phase, failureReason } = await roundManager.read.roundOf([1n]);
			assert.deepEqual([phase, failureReason], [5, 4]);
			assert.equal(await roundManager.read.activeRound([1n]), 0n);
			assert.equal(await hospitalRegistry.read.isBarred([hospital.address]), true);
			await errorWith(challenge(), roundManager, "RoundManager__WrongPhase", [1n, 5]);
		}
	});

	it("refuses another hospital's or round's update, other bytes and other values", async () => {
		const { roundManager, hospitals, published, evaluation, challenge } = await withUpdate((b) => change(b, 0, [0]));
		const other = walletAt(hospitals, 1).account.address;
		const bundle = bytesToHex(published);
		const { challengeUpdate } = roundManager.write;
		await errorWith(challengeUpdate([1n, other, bundle, evaluation]), roundManager, "RoundManager__NoUpdate", [
			1n,
			other,
		]);
		await errorWith(challengeUpdate([2n, other, bundle, evaluation]), roundManager, "RoundManager__WrongPhase", [
			2n,
			0,
		]);
		const changed = change(published, 9, [1]);
		await errorWith(challenge(changed), roundManager, "RoundManager__BundleMismatch", [
			sha256(changed),
			sha256(published),
		]);
		const { gamma, y, y2 } = evaluation;
		const hashOf = (values: typeof evaluation): Hex => signalsHash([values.gamma, values.y, values.y2]);
		for (const claim of [
			{ gamma: gamma + 1n, y, y2 },
			{ gamma, y: y + 1n, y2 },
			{ gamma, y, y2: y2 + 1n },
		]) {
			await errorWith(challenge(published, claim), roundManager, "RoundManager__EvaluationMismatch", [
				hashOf(claim),
				hashOf(evaluation),
			]);
		}
	});
});
