import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Hex, toHex, zeroHash } from "viem";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
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
import { deployProvenRound, provenUpdateArgs } from "../support/contracts/provenRound.ts";

type Account = Consortium["stranger"]["account"];

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
	const { gamma, y, y2, shareDigest } = encryption;
	const encrypting = encryptUpdateSignals({
		gamma,
		y,
		y2,
		shareDigest,
		context,
		bundleDigest: BigInt(bundleDigest) % FIELD_ORDER,
		sampleCount: BigInt(batchCount * STUDY.batchSize),
		weightsCommitment: segments.at(-1)?.commitmentOut ?? 0n,
		committeeKeysDigest: round.committeeKeysDigest,
		baseCommitment: round.baseCommitment,
	});
	return [...training.flat(), ...encrypting];
};

describe("RoundManager.submitUpdate", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	it("verifies exactly the signals that the workers prove: all but the outputs from storage", async () => {
		const consortium = await loadFixture(deployOpenRound);
		const { roundManager, hospitals, updateVerifier } = consortium;
		await updateVerifier.write.setAnswer([ANSWER.AcceptExpected]);
		for (const index of [0, 1, 2]) {
			const { account } = walletAt(hospitals, index);
			const submit = () => roundManager.write.submitUpdate(updateArgs(index), { account });
			await errorWith(submit(), roundManager, "RoundManager__UpdateProofInvalid", []);
			await updateVerifier.write.expect([signalsHash(await expectedSignals(consortium, index))]);
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
			const { gamma, y, y2, shareDigest } = encryption;
			assert.deepEqual(await roundManager.read.updateOf([roundId, account.address]), {
				bundleDigest,
				evaluationHash: signalsHash([gamma, y, y2]),
				shareDigest,
			});
		}
		const { updateCount, acceptedCount, availableCount, sampleSum } = await roundManager.read.roundOf([1n]);
		assert.deepEqual(
			{ updateCount, acceptedCount, availableCount },
			{ updateCount: 3, acceptedCount: 3, availableCount: 0 },
		);
		assert.equal(sampleSum, sum(BATCH_COUNTS) * STUDY.batchSize);
		const live = await roundManager.read.hospitalsOf([1n]);
		const accepted = await roundManager.read.acceptedOf([1n]);
		for (const list of [live, accepted.map(({ hospital }) => hospital)]) {
			assert.deepEqual(
				list.map((hospital) => hospital.toLowerCase()),
				hospitals.map(({ account }) => account.address),
			);
		}
		assert.deepEqual(
			accepted.map(({ sampleCount, confirmations, removed }) => ({ sampleCount, confirmations, removed })),
			BATCH_COUNTS.map((count) => ({ sampleCount: count * STUDY.batchSize, confirmations: 0, removed: false })),
		);
	});

	it("closes the submissions with the update that completes the expected ones", async () => {
		const consortium = await loadFixture(deployOpenRound);
		const { roundManager, hospitals } = consortium;
		const { deadline } = await roundManager.read.roundOf([1n]);
		await submitUpdates(consortium, 2);
		assert.equal((await roundManager.read.roundOf([1n])).deadline, deadline);
		const { account } = walletAt(hospitals, 2);
		const hash = await roundManager.write.submitUpdate(updateArgs(2), { account });
		const closedAt = BigInt(await time.latest());
		assert.ok(closedAt < deadline);
		await assertions.emitWithArgs(hash, roundManager, "SubmissionsClosed", [1n, closedAt]);
		assert.equal((await roundManager.read.roundOf([1n])).deadline, closedAt);
		assert.equal((await roundManager.getEvents.SubmissionsClosed({}, { fromBlock: 0n })).length, 1);
		await time.setNextBlockTimestamp(closedAt + 5n);
		await errorWith(
			roundManager.write.submitUpdate(updateArgs(2), { account }),
			roundManager,
			"RoundManager__DeadlinePassed",
			[1n, closedAt, closedAt + 5n],
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
		// Back under another admission, in the block of its commitment: that one counts no more.
		await hospitalRegistry.write.admitHospital([lateRemoved.address]);
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

	it("refuses proofs that the study's verifier refuses", async () => {
		const { roundManager, hospitals, updateVerifier } = await loadFixture(deployOpenRound);
		const { account } = walletAt(hospitals, 0);
		await updateVerifier.write.setAnswer([ANSWER.Refuse]);
		const call = roundManager.write.submitUpdate(updateArgs(0), { account });
		await errorWith(call, roundManager, "RoundManager__UpdateProofInvalid", []);
	});

	it("refuses every proven update with one word changed, and takes the right one", async () => {
		const consortium = await deployProvenRound(connection, [2, 1, 3]);
		const { roundManager, hospitals } = consortium;
		for (const [index, { account }] of hospitals.entries()) {
			const [roundId, bundleDigest, segments, encryption] = await provenUpdateArgs(consortium, index);
			const refused = async (...args: readonly [Hex, typeof segments, typeof encryption]) =>
				errorWith(
					roundManager.write.submitUpdate([roundId, ...args], { account }),
					roundManager,
					"RoundManager__UpdateProofInvalid",
					[],
				);
			await refused(toHex(BigInt(bundleDigest) + 1n, { size: 32 }), segments, encryption);
			for (const output of ["gamma", "y", "y2", "shareDigest"] as const) {
				await refused(bundleDigest, segments, { ...encryption, [output]: encryption[output] ^ 1n });
			}
			for (const [at, segment] of segments.entries()) {
				const changed = { ...segment, commitmentOut: segment.commitmentOut ^ 1n };
				await refused(bundleDigest, segments.with(at, changed), encryption);
				const other = segments[(at + 1) % segments.length] as typeof segment;
				if (other !== segment) await refused(bundleDigest, segments.with(at, other), encryption);
			}
			await refused(
				bundleDigest,
				segments.with(0, { ...(segments[0] as (typeof segments)[0]), proof: encryption.proof }),
				encryption,
			);
			await roundManager.write.submitUpdate([roundId, bundleDigest, segments, encryption], { account });
		}
	});

	it("refuses a proven update of another hospital, round or committee", async () => {
		const consortium = await deployProvenRound(connection, [1, 1, 1]);
		const { roundManager, hospitals, committee } = consortium;
		const stolen = await provenUpdateArgs(consortium, 0);
		const refused = async (args: typeof stolen, hospital: number) =>
			errorWith(
				roundManager.write.submitUpdate(args, { account: walletAt(hospitals, hospital).account }),
				roundManager,
				"RoundManager__UpdateProofInvalid",
				[],
			);
		await refused(stolen, 1);
		const { deadline } = await roundManager.read.roundOf([1n]);
		await time.setNextBlockTimestamp(deadline + 1n);
		await roundManager.write.fail([1n]);
		await roundManager.write.openRound([1n, [...committee].reverse(), DURATIONS]);
		await refused([2n, ...stolen.slice(1)] as unknown as typeof stolen, 0);
		await roundManager.write.submitUpdate(await provenUpdateArgs(consortium, 0, 2n), {
			account: walletAt(hospitals, 0).account,
		});
	});
});
