import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Hex, zeroHash } from "viem";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { BASE_FIELD_ORDER, parseProof } from "../../worker/protocol/proof.ts";
import { encryptUpdateSignals, trainSegmentSignals } from "../../worker/protocol/publicSignals.ts";
import {
	ANSWER,
	BATCH_COUNTS,
	type Consortium,
	DURATIONS,
	datasetRoot,
	deployConsortium,
	deployOpenRound,
	INITIAL_MODEL,
	STUDY,
	signalsHash,
	submitUpdates,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";

type Account = Consortium["stranger"]["account"];
type SegmentProof = ReturnType<typeof updateArgs>[3]["proof"];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The public signals of hospital `index`'s update, as the workers compute them. */
const expectedSignals = async ({ roundManager, hospitals }: Consortium, index: number) => {
	const [roundId, bundleDigest, segments, encryption] = updateArgs(index);
	const round = await roundManager.read.roundOf([roundId]);
	const batchCount = BATCH_COUNTS[index] as number;
	const context = await roundManager.read.contextOf([roundId, walletAt(hospitals, index).account.address]);
	const training = segments.map(({ commitmentOut }, segment) =>
		trainSegmentSignals({
			context,
			datasetRoot: datasetRoot(index),
			batchCount: BigInt(batchCount),
			beacon: BigInt(round.beacon),
			firstStep: BigInt(segment * STUDY.stepsPerSegment),
			totalSteps: BigInt(STUDY.epochs * batchCount),
			learningRate: BigInt(STUDY.learningRate),
			commitmentIn: segments[segment - 1]?.commitmentOut ?? INITIAL_MODEL.commitment,
			commitmentOut,
		}),
	);
	const { gamma, y, y2 } = encryption;
	const encrypting = encryptUpdateSignals({
		gamma,
		y,
		y2,
		context,
		bundleDigest: BigInt(bundleDigest) % FIELD_ORDER,
		sampleCount: BigInt(batchCount * STUDY.batchSize),
		weightsCommitment: segments.at(-1)?.commitmentOut ?? 0n,
		committeeKeysDigest: round.committeeKeysDigest,
	});
	return { training, encrypting };
};

describe("RoundManager.submitUpdate", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	it("verifies exactly the signals that the workers prove: all but the outputs from storage", async () => {
		const consortium = await loadFixture(deployOpenRound);
		const { roundManager, hospitals, trainVerifier, encryptVerifier } = consortium;
		await trainVerifier.write.setAnswer([ANSWER.AcceptExpected]);
		await encryptVerifier.write.setAnswer([ANSWER.AcceptExpected]);
		for (const index of [0, 1, 2]) {
			const { account } = walletAt(hospitals, index);
			const submit = () => roundManager.write.submitUpdate(updateArgs(index), { account });
			const { training, encrypting } = await expectedSignals(consortium, index);
			for (const [segment, signals] of training.entries()) {
				await errorWith(submit(), roundManager, "RoundManager__SegmentProofInvalid", [BigInt(segment)]);
				await trainVerifier.write.expect([signalsHash(signals)]);
			}
			await assertions.revertWithCustomError(submit(), roundManager, "RoundManager__EncryptionProofInvalid");
			await encryptVerifier.write.expect([signalsHash(encrypting)]);
			await submit();
		}
	});

	it("stores the update and tells all of it in events", async () => {
		const consortium = await loadFixture(deployOpenRound);
		const { roundManager, hospitals } = consortium;
		await submitUpdates(consortium);
		const segmentEvents = await roundManager.getEvents.SegmentProven({}, { fromBlock: 0n });
		const updateEvents = await roundManager.getEvents.UpdateSubmitted({}, { fromBlock: 0n });
		for (const [index, { account }] of hospitals.entries()) {
			const [roundId, bundleDigest, segments, encryption] = updateArgs(index);
			const own = segmentEvents.filter(({ args }) => args.hospital?.toLowerCase() === account.address);
			assert.deepEqual(
				own.map(({ args: { segment, commitmentOut, proof } }) => ({ segment, commitmentOut, proof })),
				segments.map((segment, at) => ({ segment: BigInt(at), ...segment })),
			);
			const batchCount = BATCH_COUNTS[index] as number;
			assert.deepEqual(updateEvents[index]?.args.update, {
				bundleDigest,
				context: await roundManager.read.contextOf([roundId, account.address]),
				datasetRoot: datasetRoot(index),
				batchCount,
				sampleCount: batchCount * STUDY.batchSize,
				weightsCommitment: segments.at(-1)?.commitmentOut,
				encryption,
			});
			const { gamma, y, y2 } = encryption;
			assert.deepEqual(await roundManager.read.updateOf([roundId, account.address]), {
				bundleDigest,
				evaluationHash: signalsHash([gamma, y, y2]),
			});
		}
		const { updateCount, sampleSum } = await roundManager.read.roundOf([1n]);
		assert.equal(updateCount, 3);
		assert.equal(sampleSum, sum(BATCH_COUNTS) * STUDY.batchSize);
		const accepted = await roundManager.read.hospitalsOf([1n]);
		assert.deepEqual(
			accepted.map((hospital) => hospital.toLowerCase()),
			hospitals.map(({ account }) => account.address),
		);
	});

	it("refuses a round that is not open", async () => {
		const { roundManager, hospitals } = await loadFixture(deployOpenRound);
		const { account } = walletAt(hospitals, 0);
		const [, ...rest] = updateArgs(0);
		await errorWith(
			roundManager.write.submitUpdate([2n, ...rest], { account }),
			roundManager,
			"RoundManager__WrongPhase",
			[2n, 0],
		);
	});

	it("accepts in the deadline's own second and refuses one second later", async () => {
		const { roundManager, hospitals } = await loadFixture(deployOpenRound);
		const { deadline } = await roundManager.read.roundOf([1n]);
		await time.setNextBlockTimestamp(deadline);
		await roundManager.write.submitUpdate(updateArgs(0), { account: walletAt(hospitals, 0).account });
		await time.setNextBlockTimestamp(deadline + 1n);
		await errorWith(
			roundManager.write.submitUpdate(updateArgs(1), { account: walletAt(hospitals, 1).account }),
			roundManager,
			"RoundManager__DeadlinePassed",
			[1n, deadline, deadline + 1n],
		);
	});

	it("refuses strangers, removed hospitals, and a second update", async () => {
		const { roundManager, hospitalRegistry, hospitals, stranger } = await loadFixture(deployOpenRound);
		const submit = (account: (typeof stranger)["account"]) =>
			roundManager.write.submitUpdate(updateArgs(0), { account });
		await errorWith(submit(stranger.account), roundManager, "RoundManager__NotHospital", [stranger.account.address]);
		const first = walletAt(hospitals, 0).account;
		await submit(first);
		await errorWith(submit(first), roundManager, "RoundManager__AlreadySubmitted", [1n, first.address]);
		const second = walletAt(hospitals, 1).account;
		await hospitalRegistry.write.removeHospital([second.address]);
		await errorWith(submit(second), roundManager, "RoundManager__NotHospital", [second.address]);
	});

	it("refuses a data set that was committed, or committed again, after the round opened", async () => {
		const { roundManager, hospitalRegistry, hospitals, stranger, publicClient } = await loadFixture(deployOpenRound);
		const { openedAtBlock } = await roundManager.read.roundOf([1n]);
		await hospitalRegistry.write.admitHospital([stranger.account.address]);
		for (const { account } of [stranger, walletAt(hospitals, 0)]) {
			const { registeredAt } = await hospitalRegistry.read.datasetOf([1n, account.address]);
			if (account === stranger.account) {
				await errorWith(
					roundManager.write.submitUpdate(updateArgs(0), { account }),
					roundManager,
					"RoundManager__NoDataset",
					[account.address, 0n, openedAtBlock],
				);
			} else assert.ok(registeredAt < openedAtBlock);
			await hospitalRegistry.write.commitDataset([1n, datasetRoot(0), 32, 4], { account });
			const block = await publicClient.getBlockNumber();
			await errorWith(
				roundManager.write.submitUpdate(updateArgs(0), { account }),
				roundManager,
				"RoundManager__NoDataset",
				[account.address, block, openedAtBlock],
			);
		}
	});

	it("neither accepts nor expects a data set committed in the very block that opened the round", async () => {
		const { roundManager, hospitalRegistry, committee, others, publicClient } = await loadFixture(deployConsortium);
		const testClient = await connection.viem.getTestClient();
		const [again, removed, late, lateRemoved, ...early] = [0, 1, 7, 8, 9, 10].map(
			(index) => walletAt(others, index).account,
		) as [Account, Account, Account, Account, ...Account[]];
		const commit = (account: Account) => hospitalRegistry.write.commitDataset([1n, datasetRoot(0), 32, 4], { account });
		for (const { address } of [late, lateRemoved, ...early]) await hospitalRegistry.write.admitHospital([address]);
		for (const account of early) await commit(account);
		await testClient.setAutomine(false);
		for (const account of [again, again, removed, late, lateRemoved]) await commit(account);
		for (const { address } of [removed, lateRemoved]) await hospitalRegistry.write.removeHospital([address]);
		await roundManager.write.openRound([1n, committee, DURATIONS]);
		await testClient.mine({ blocks: 1 });
		await testClient.setAutomine(true);
		const block = await publicClient.getBlockNumber();
		for (const account of [again, late]) {
			await errorWith(
				roundManager.write.submitUpdate(updateArgs(0), { account }),
				roundManager,
				"RoundManager__NoDataset",
				[account.address, block, block],
			);
		}
		const { openedAtBlock, expectedUpdates } = await roundManager.read.roundOf([1n]);
		// The third of the consortium and the early ones.
		assert.deepEqual({ openedAtBlock, expectedUpdates }, { openedAtBlock: block, expectedUpdates: 3 });
		await testClient.mine({ blocks: 2 });
		assert.equal(await hospitalRegistry.read.eligibleHospitals([1n]), 5n);
		assert.equal(await hospitalRegistry.read.committedHospitals([1n]), 5n);
	});

	it("refuses a bundle without a digest and any other number of segments", async () => {
		const { roundManager, hospitals } = await loadFixture(deployOpenRound);
		const { account } = walletAt(hospitals, 2);
		const [roundId, bundleDigest, segments, encryption] = updateArgs(2);
		const submit = (bundle: Hex, some: typeof segments) =>
			roundManager.write.submitUpdate([roundId, bundle, some, encryption], { account });
		await errorWith(submit(zeroHash, segments), roundManager, "RoundManager__ZeroDigest", []);
		// 2 epochs of 6 batches are 12 steps, so 3 segments of 5.
		assert.equal(segments.length, 3);
		for (const some of [[], segments.slice(0, 2), [...segments, ...segments.slice(0, 1)]]) {
			await errorWith(submit(bundleDigest, some), roundManager, "RoundManager__SegmentCount", [
				BigInt(some.length),
				3n,
			]);
		}
	});

	it("refuses proofs that the study's verifiers refuse", async () => {
		const { roundManager, hospitals, trainVerifier, encryptVerifier } = await loadFixture(deployOpenRound);
		const { account } = walletAt(hospitals, 0);
		const submit = () => roundManager.write.submitUpdate(updateArgs(0), { account });
		await trainVerifier.write.setAnswer([ANSWER.Refuse]);
		await errorWith(submit(), roundManager, "RoundManager__SegmentProofInvalid", [0n]);
		await trainVerifier.write.setAnswer([ANSWER.Accept]);
		await encryptVerifier.write.setAnswer([ANSWER.Refuse]);
		await assertions.revertWithCustomError(submit(), roundManager, "RoundManager__EncryptionProofInvalid");
	});

	it("refuses proofs that are not canonical, as auditors do, though the verifiers accept them", async () => {
		const { roundManager, hospitals } = await loadFixture(deployOpenRound);
		const { account } = walletAt(hospitals, 2);
		const [roundId, bundleDigest, segments, encryption] = updateArgs(2);
		const submit = (some: typeof segments, proof: SegmentProof = encryption.proof) =>
			roundManager.write.submitUpdate([roundId, bundleDigest, some, { ...encryption, proof }], { account });
		const refused = async (change: (proof: SegmentProof) => SegmentProof) => {
			assert.throws(() => parseProof(change(encryption.proof)), { code: "PROOF_INVALID" });
			for (const [index, segment] of segments.entries()) {
				const changed = segments.with(index, { ...segment, proof: change(segment.proof) });
				await errorWith(submit(changed), roundManager, "RoundManager__SegmentProofInvalid", [BigInt(index)]);
			}
			const call = submit(segments, change(encryption.proof));
			await assertions.revertWithCustomError(call, roundManager, "RoundManager__EncryptionProofInvalid");
		};
		const withWord = (at: number, word: (old: bigint) => bigint) => (proof: SegmentProof) =>
			proof.map((old, index) => (index === at ? word(old) : old)) as unknown as SegmentProof;
		for (const at of encryption.proof.keys()) {
			// For A.y this is the word that snarkjs' verifiers take for the old one.
			await refused(withWord(at, (old) => ((2n ** 256n + old) % BASE_FIELD_ORDER) + BASE_FIELD_ORDER));
			await refused(withWord(at, () => BASE_FIELD_ORDER));
			await refused(withWord(at, () => 2n ** 256n - 1n));
		}
		for (const point of [
			[0, 1],
			[2, 3, 4, 5],
			[6, 7],
		]) {
			await refused((proof) => proof.map((old, at) => (point.includes(at) ? 0n : old)) as unknown as SegmentProof);
		}
		// The largest canonical words are the verifier's to judge.
		const largest = encryption.proof.map(() => BASE_FIELD_ORDER - 1n) as unknown as SegmentProof;
		await submit(
			segments.map((segment) => ({ ...segment, proof: largest })),
			largest,
		);
	});
});
