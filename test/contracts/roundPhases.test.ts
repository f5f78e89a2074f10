import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { encodeAbiParameters, keccak256, zeroHash } from "viem";
import {
	DURATIONS,
	deployFrozenRound,
	deployOpenedRound,
	deployOpenRound,
	digest,
	submitUpdates,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";
import { PHASE, roundActions } from "../support/contracts/roundActions.ts";

describe("RoundManager: phases", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	const { phaseOf, deadlineOf, passDeadline, postKeySum, attest } = roundActions(time);

	describe("freeze", () => {
		it("stores and announces the digest of the set in the order of acceptance, at once when all have submitted", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager, hospitals, stranger } = consortium;
			for (const index of [2, 0, 1]) {
				await roundManager.write.submitUpdate(updateArgs(index), { account: walletAt(hospitals, index).account });
			}
			await roundManager.write.freeze([1n], { account: stranger.account });
			const types = [{ type: "uint256" }, { type: "address[]" }, { type: "bytes32[]" }] as const;
			const addresses = [2, 0, 1].map((index) => walletAt(hospitals, index).account.address);
			const digests = [2, 0, 1].map((index) => updateArgs(index)[1]);
			const round = await roundManager.read.roundOf([1n]);
			assert.equal(round.frozenSetDigest, keccak256(encodeAbiParameters(types, [1n, addresses, digests])));
			assert.equal(round.phase, PHASE.Frozen);
			const now = BigInt(await time.latest());
			assert.equal(round.deadline, now + BigInt(DURATIONS.opening));
			const [event] = await roundManager.getEvents.RoundFrozen({}, { fromBlock: 0n });
			assert.equal(event?.args.frozenSetDigest, round.frozenSetDigest);
			assert.equal(event?.args.deadline, round.deadline);
			assert.deepEqual(event?.args.bundleDigests, digests);
			assert.deepEqual(
				event?.args.hospitals?.map((hospital) => hospital.toLowerCase()),
				addresses,
			);
		});

		it("happens once for ever, and closes submissions", async () => {
			const { roundManager, hospitals } = await loadFixture(deployFrozenRound);
			await errorWith(roundManager.write.freeze([1n]), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Frozen]);
			const { account } = walletAt(hospitals, 0);
			await errorWith(
				roundManager.write.submitUpdate(updateArgs(0), { account }),
				roundManager,
				"RoundManager__WrongPhase",
				[1n, PHASE.Frozen],
			);
		});

		it("waits for the deadline while an expected update is missing", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager, hospitalRegistry, modelRegistry, hospitals, stranger, study, committee } = consortium;
			// Study 2 may freeze two of three.
			const two = { ...study, nameHash: digest("two"), minUpdates: 2 };
			await modelRegistry.write.createStudy([two, 4711n, digest("two")]);
			for (const { account } of hospitals) {
				await hospitalRegistry.write.commitDataset([2n, 1n, 8, 1], { account });
			}
			await roundManager.write.openRound([2n, committee, DURATIONS]);
			for (const index of [0, 1]) {
				const [, bundle, segments, encryption] = updateArgs(index);
				await roundManager.write.submitUpdate([2n, bundle, segments.slice(0, 1), encryption], {
					account: walletAt(hospitals, index).account,
				});
			}
			const { deadline } = await roundManager.read.roundOf([2n]);
			await time.setNextBlockTimestamp(deadline);
			await errorWith(roundManager.write.freeze([2n]), roundManager, "RoundManager__DeadlineNotPassed", [
				2n,
				deadline,
				deadline,
			]);
			await time.setNextBlockTimestamp(deadline + 1n);
			await roundManager.write.freeze([2n], { account: stranger.account });
			assert.equal(await phaseOf(consortium, 2n), PHASE.Frozen);
		});

		it("is refused with too few updates", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager } = consortium;
			await submitUpdates(consortium, 2);
			await passDeadline(consortium);
			await errorWith(roundManager.write.freeze([1n]), roundManager, "RoundManager__TooFewUpdates", [2n, 3n]);
		});

		it("is refused for a round that does not exist", async () => {
			const { roundManager } = await loadFixture(deployOpenRound);
			await errorWith(roundManager.write.freeze([9n]), roundManager, "RoundManager__WrongPhase", [9n, PHASE.None]);
		});
	});

	describe("postKeySum", () => {
		it("opens the round at the t-th key sum and lets the others still post", async () => {
			const consortium = await loadFixture(deployFrozenRound);
			const { roundManager, members } = consortium;
			const { account } = walletAt(members, 2);
			await assertions.emitWithArgs(postKeySum(consortium, 2), roundManager, "KeySumPosted", [
				1n,
				(member: string) => member.toLowerCase() === account.address,
				3,
				digest("key sum 2"),
			]);
			assert.equal(await phaseOf(consortium), PHASE.Frozen);
			// Not so late that the attestation duration would go beyond the key sums' deadline: the others keep their time.
			const deadline = await deadlineOf(consortium);
			await time.setNextBlockTimestamp(deadline - BigInt(DURATIONS.attestation));
			const hash = await postKeySum(consortium, 0);
			assert.equal(await phaseOf(consortium), PHASE.Opened);
			await assertions.emitWithArgs(hash, roundManager, "KeySumsCompleted", [1n, deadline]);
			assert.equal(await deadlineOf(consortium), deadline);
			await postKeySum(consortium, 1);
			const round = await roundManager.read.roundOf([1n]);
			assert.equal(round.keySumCount, 3);
			assert.equal(round.phase, PHASE.Opened);
			assert.equal(round.deadline, deadline);
			const completed = await roundManager.getEvents.KeySumsCompleted({}, { fromBlock: 0n });
			assert.equal(completed.length, 1);
		});

		it("leaves the attestation duration after a late t-th key sum, at the earliest the key sums' own deadline", async () => {
			for (const [seconds, extended] of [
				[0n, BigInt(DURATIONS.attestation)],
				[BigInt(DURATIONS.attestation) - 1n, 1n],
				[BigInt(DURATIONS.attestation) + 1n, 0n],
				[BigInt(DURATIONS.opening) - 3n, 0n],
			] as const) {
				const consortium = await loadFixture(deployFrozenRound);
				const deadline = await deadlineOf(consortium);
				await postKeySum(consortium, 2);
				await time.setNextBlockTimestamp(deadline - seconds);
				await postKeySum(consortium, 0);
				assert.equal(await deadlineOf(consortium), deadline + extended);
				await time.setNextBlockTimestamp(deadline + extended);
				await postKeySum(consortium, 1);
			}
		});

		it("is refused before freezing, after finalizing, twice, without a digest, and from others than the committee", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager, stranger, members } = consortium;
			const wrongPhase = (phase: number) => [1n, phase] as const;
			await errorWith(postKeySum(consortium, 0), roundManager, "RoundManager__WrongPhase", [...wrongPhase(PHASE.Open)]);
			await submitUpdates(consortium);
			await roundManager.write.freeze([1n]);
			const { account } = walletAt(members, 0);
			await errorWith(
				roundManager.write.postKeySum([1n, zeroHash], { account }),
				roundManager,
				"RoundManager__ZeroDigest",
				[],
			);
			await errorWith(
				roundManager.write.postKeySum([1n, digest("x")], { account: stranger.account }),
				roundManager,
				"RoundManager__NotOnCommittee",
				[1n, stranger.account.address],
			);
			await postKeySum(consortium, 0);
			await errorWith(postKeySum(consortium, 0), roundManager, "RoundManager__AlreadyPosted", [1n, account.address]);
			await postKeySum(consortium, 1);
			await errorWith(postKeySum(consortium, 1), roundManager, "RoundManager__AlreadyPosted", [
				1n,
				walletAt(members, 1).account.address,
			]);
			await attest(consortium, 0);
			await attest(consortium, 1);
			await errorWith(postKeySum(consortium, 2), roundManager, "RoundManager__WrongPhase", [
				...wrongPhase(PHASE.Finalized),
			]);
		});

		it("is refused after the deadline, of the opening and of the attestation", async () => {
			for (const fixture of [deployFrozenRound, deployOpenedRound]) {
				const consortium = await loadFixture(fixture);
				const [deadline, late] = await passDeadline(consortium);
				await errorWith(postKeySum(consortium, 2), consortium.roundManager, "RoundManager__DeadlinePassed", [
					1n,
					deadline,
					late,
				]);
			}
		});
	});
});
