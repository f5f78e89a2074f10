import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { bytesToHex, type Hex, parseAbi, sha256 } from "viem";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../worker/protocol/profiles.ts";
import { arbitraryBundle, bundleParts, changeBytes as change, flipBit } from "../support/contracts/bundles.ts";
import {
	confirmAll,
	DURATIONS,
	deployOpenRound,
	fakeProof,
	keySumArgs,
	type Setting,
	STUDY,
	signalsHash,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";

const q = profile.modulus;

const readerAbi = parseAbi([
	"struct Claim { uint256 profileId; uint256 members; uint256 threshold; uint256 weightCount; uint256 context; uint256 gamma; uint256 y; uint256 y2; }",
	"function isConsistent(bytes bundle, Claim claim) view returns (bool)",
]);

const {
	context: CONTEXT_AT,
	commitments: COMMITMENTS_AT,
	coefficients: COEFFICIENTS_AT,
	shares: SHARES_AT,
} = bundleParts(STUDY);

/** Little endian, 8 bytes. */
const u64 = (value: bigint): number[] =>
	Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
const element = (value: bigint): number[] =>
	Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * (31 - index))) & 255n));
/** A field element of the bundle written as itself plus r, the same mod r. */
const plusOrder = (bytes: Uint8Array, place: number): Uint8Array =>
	change(bytes, place, element(BigInt(bytesToHex(bytes.slice(place, place + 32))) + FIELD_ORDER));

describe("RoundManager.challengeUpdate", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	/** Round 1 with an honest update of hospital 0; `tamper` changes the bytes that it publishes, its proof staying as it was. */
	const withUpdate = async (
		tamper: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
		addedToY = 0n,
		setting?: Setting,
	) => {
		const consortium =
			setting === undefined ? await loadFixture(deployOpenRound) : await deployOpenRound(connection, setting);
		const { roundManager, hospitals, stranger } = consortium;
		const { account } = walletAt(hospitals, 0);
		const context = await roundManager.read.contextOf([1n, account.address]);
		const { bytes, evaluation: honest } = arbitraryBundle(context, STUDY);
		const evaluation = { ...honest, y: (honest.y + addedToY) % FIELD_ORDER };
		const published = tamper(bytes);
		const [roundId, , segments] = updateArgs(0);
		const encryption = { proof: fakeProof(1), ...evaluation, shareDigest: 5n };
		await roundManager.write.submitUpdate([roundId, sha256(published), segments, encryption], { account });
		const challenge = (bundle = published, claim = evaluation) =>
			roundManager.write.challengeUpdate([1n, account.address, bytesToHex(bundle), claim], {
				account: stranger.account,
			});
		return { ...consortium, hospital: account, evaluation, published, challenge };
	};

	const deployReader = async () => {
		const { address } = await connection.viem.deployContract("UpdateBundleReader");
		return { address };
	};

	it("refuses to act against an honest update", async () => {
		const { roundManager, hospital, challenge } = await withUpdate();
		await errorWith(challenge(), roundManager, "RoundManager__UpdateConsistent", [1n, hospital.address]);
	});

	const INCONSISTENT: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
		["one bit of the first coefficient", (b) => flipBit(b, COEFFICIENTS_AT)],
		["one bit of the second coefficient, the first of a whole word", (b) => flipBit(b, COEFFICIENTS_AT + 8)],
		["one bit of the last coefficient", (b) => flipBit(b, SHARES_AT - 8)],
		["a coefficient of q", (b) => change(b, COEFFICIENTS_AT + 8, u64(q))],
		["one bit of the first share", (b) => flipBit(b, SHARES_AT + 31)],
		["one bit of the last share", (b) => flipBit(b, b.length - 1)],
		["a share plus r, the same mod r", (b) => plusOrder(b, SHARES_AT)],
		["R.x", (b) => flipBit(b, CONTEXT_AT + 63)],
		["R.y", (b) => flipBit(b, CONTEXT_AT + 95)],
		["R.y plus r, the same mod r", (b) => plusOrder(b, CONTEXT_AT + 64)],
		["the first share commitment", (b) => flipBit(b, COMMITMENTS_AT + 31)],
		["the last share commitment", (b) => flipBit(b, COEFFICIENTS_AT - 1)],
		["a share commitment plus r, the same mod r", (b) => plusOrder(b, COMMITMENTS_AT)],
		[
			"two share commitments that changed places",
			(b) =>
				change(change(b, COMMITMENTS_AT, [...b.slice(COMMITMENTS_AT + 32, COMMITMENTS_AT + 64)]), COMMITMENTS_AT + 32, [
					...b.slice(COMMITMENTS_AT, COMMITMENTS_AT + 32),
				]),
		],
		["the context", (b) => flipBit(b, CONTEXT_AT + 31)],
		["the magic", (b) => change(b, 0, [0])],
		["the version", (b) => change(b, 4, [1])],
		["the profile", (b) => change(b, 5, [2])],
		["the committee's size", (b) => change(b, 6, [2])],
		["the threshold", (b) => change(b, 7, [3])],
		["one byte less", (b) => b.slice(0, -1)],
		["one byte more", (b) => change(new Uint8Array(b.length + 1), 0, [...b])],
		["one coefficient less", (b) => Uint8Array.from([...b.slice(0, SHARES_AT - 8), ...b.slice(SHARES_AT)])],
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

	it("reads ciphertexts of any length, at any committee's size", async () => {
		const { address } = await loadFixture(deployReader);
		const client = await connection.viem.getPublicClient();
		for (const [members, threshold] of [
			[2, 2],
			[7, 4],
		] as const) {
			for (const weightCount of [1, 2, 3, 4, 5, 8, 61, 2048]) {
				const shape = { members, threshold, weightCount };
				const { bytes, evaluation } = arbitraryBundle(17n, shape);
				const claim = { profileId: 1n, context: 17n, ...evaluation };
				const sizes = { members: BigInt(members), threshold: BigInt(threshold), weightCount: BigInt(weightCount) };
				const isConsistent = (bundle: Uint8Array) =>
					client.readContract({
						address,
						abi: readerAbi,
						functionName: "isConsistent",
						args: [bytesToHex(bundle), { ...claim, ...sizes }],
					});
				assert.equal(await isConsistent(bytes), true);
				const { coefficients, shares } = bundleParts(shape);
				for (const place of [coefficients, shares - 8, shares + 31, bytes.length - 1]) {
					assert.equal(await isConsistent(flipBit(bytes, place)), false);
				}
			}
		}
	});

	it("keeps the positions of the others and bars the hospital until the owner lifts it", async () => {
		const { roundManager, hospitalRegistry, hospitals, hospital, challenge } = await withUpdate((b) =>
			change(b, 0, [0]),
		);
		const submit = (index: number) =>
			roundManager.write.submitUpdate(updateArgs(index), { account: walletAt(hospitals, index).account });
		await submit(2);
		await challenge();
		await errorWith(submit(0), roundManager, "RoundManager__NotHospital", [hospital.address]);
		await submit(1);
		const accepted = await roundManager.read.hospitalsOf([1n]);
		assert.deepEqual(
			accepted.map((address) => address.toLowerCase()),
			[2, 1].map((index) => walletAt(hospitals, index).account.address),
		);
		const positions = await roundManager.read.acceptedOf([1n]);
		assert.deepEqual(
			positions.map(({ hospital, removed }) => [hospital.toLowerCase(), removed]),
			[0, 2, 1].map((index) => [walletAt(hospitals, index).account.address, index === 0]),
		);
		const { bundleDigest } = await roundManager.read.updateOf([1n, hospital.address]);
		assert.equal(bundleDigest, `0x${"00".repeat(32)}`);
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

	it("takes an available update's confirmations with it", async () => {
		const consortium = await withUpdate((b) => change(b, 0, [0]));
		const { roundManager, hospitals, challenge } = consortium;
		await roundManager.write.submitUpdate(updateArgs(1), { account: walletAt(hospitals, 1).account });
		await confirmAll(consortium);
		assert.equal((await roundManager.read.roundOf([1n])).availableCount, 2);
		await challenge();
		const { availableCount, updateCount, acceptedCount } = await roundManager.read.roundOf([1n]);
		assert.deepEqual([availableCount, updateCount, acceptedCount], [1, 1, 2]);
	});

	it("is refused once the set is frozen: it never changes, and the round can only finish", async () => {
		for (const [keySums, phase] of [
			[0, 2],
			[2, 3],
		] as const) {
			const consortium = await withUpdate((b) => change(b, 0, [0]));
			const { roundManager, hospitalRegistry, hospitals, members, hospital, challenge } = consortium;
			for (const index of [1, 2]) {
				await roundManager.write.submitUpdate(updateArgs(index), { account: walletAt(hospitals, index).account });
			}
			await confirmAll(consortium);
			await roundManager.write.freeze([1n]);
			for (const [index, { account }] of members.slice(0, keySums).entries()) {
				await roundManager.write.postKeySum(await keySumArgs(consortium, index), { account });
			}
			await errorWith(challenge(), roundManager, "RoundManager__WrongPhase", [1n, phase]);
			assert.equal(await roundManager.read.activeRound([1n]), 1n);
			assert.equal(await hospitalRegistry.read.isBarred([hospital.address]), false);
		}
	});

	it("does nothing against an update that freezing left out: the round does not depend on it", async () => {
		const consortium = await withUpdate((b) => change(b, 0, [0]), 0n, { study: { minUpdates: 2 } });
		const { roundManager, hospitalRegistry, hospitals, members, hospital, challenge } = consortium;
		for (const index of [1, 2]) {
			await roundManager.write.submitUpdate(updateArgs(index), { account: walletAt(hospitals, index).account });
			for (const { account } of members.slice(0, 2)) {
				const bundleDigest = updateArgs(index)[1];
				await roundManager.write.confirmAvailability([1n, [{ position: index, bundleDigest }]], { account });
			}
		}
		const { deadline } = await roundManager.read.roundOf([1n]);
		await time.setNextBlockTimestamp(deadline + BigInt(DURATIONS.checking) + 1n);
		await roundManager.write.freeze([1n]);
		await errorWith(challenge(), roundManager, "RoundManager__WrongPhase", [1n, 2]);
		assert.equal((await roundManager.read.roundOf([1n])).phase, 2);
		assert.equal(await hospitalRegistry.read.isBarred([hospital.address]), false);
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
