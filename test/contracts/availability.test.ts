import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { encodeAbiParameters, keccak256, zeroAddress } from "viem";
import {
	BATCH_COUNTS,
	type Consortium,
	confirmAll,
	DURATIONS,
	deployFrozenRound,
	deployOpenRound,
	STUDY,
	submitUpdates,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";
import { PHASE, roundActions } from "../support/contracts/roundActions.ts";

describe("RoundManager: availability and freezing", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	const { phaseOf, deadlineOf } = roundActions(time);
	const lastSecond = async (consortium: Consortium) => (await deadlineOf(consortium)) + BigInt(DURATIONS.checking);

	/** The update of hospital `index` in round 1, at a position. */
	const named = (position: number, index = position) => ({ position, bundleDigest: updateArgs(index)[1] });
	const confirm = (
		{ roundManager, members }: Consortium,
		member: number,
		updates: readonly ReturnType<typeof named>[],
	) => roundManager.write.confirmAvailability([1n, updates], { account: walletAt(members, member).account });
	const addressesOf = ({ hospitals }: Consortium, indices: readonly number[]) =>
		indices.map((index) => walletAt(hospitals, index).account.address);
	const lower = (addresses: readonly string[] = []) => addresses.map((address) => address.toLowerCase());
	const deploySubmitted = async () => {
		const consortium = await deployOpenRound(connection, { study: { minUpdates: 2 } });
		await submitUpdates(consortium);
		return consortium;
	};
	const submitted = () => loadFixture(deploySubmitted);

	describe("confirmAvailability", () => {
		it("counts each member once for each update, and makes it available at the t-th", async () => {
			const consortium = await submitted();
			const { roundManager, members } = consortium;
			const { account } = walletAt(members, 2);
			const hash = await confirm(consortium, 2, [named(1), named(0)]);
			await assertions.emitWithArgs(hash, roundManager, "AvailabilityConfirmed", [
				1n,
				(member: string) => member.toLowerCase() === account.address,
				(hospitals: readonly string[]) => `${lower(hospitals)}` === `${addressesOf(consortium, [1, 0])}`,
			]);
			const confirmations = async () => (await roundManager.read.acceptedOf([1n])).map((one) => one.confirmations);
			const available = async () => (await roundManager.read.roundOf([1n])).availableCount;
			assert.deepEqual(await confirmations(), [4, 4, 0]);
			assert.equal(await available(), 0);
			await confirm(consortium, 0, [named(0)]);
			assert.deepEqual(await confirmations(), [5, 4, 0]);
			assert.equal(await available(), 1);
			// The third confirmation of two that are needed changes nothing.
			await confirm(consortium, 1, [named(0), named(1), named(2)]);
			assert.deepEqual(await confirmations(), [7, 6, 2]);
			assert.equal(await available(), 2);
		});

		it("is taken while submissions still come in, and until the last second of checking", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager } = consortium;
			await submitUpdates(consortium, 1);
			await confirm(consortium, 0, [named(0)]);
			const last = await lastSecond(consortium);
			await time.setNextBlockTimestamp(last);
			await confirm(consortium, 1, [named(0)]);
			await time.setNextBlockTimestamp(last + 1n);
			await errorWith(confirm(consortium, 2, [named(0)]), roundManager, "RoundManager__DeadlinePassed", [
				1n,
				last,
				last + 1n,
			]);
		});

		it("is refused twice, also within one call, and leaves nothing behind then", async () => {
			const consortium = await submitted();
			const { roundManager, members } = consortium;
			const { address } = walletAt(members, 0).account;
			await confirm(consortium, 0, [named(0)]);
			for (const updates of [[named(0)], [named(1), named(0)]]) {
				await errorWith(confirm(consortium, 0, updates), roundManager, "RoundManager__AlreadyConfirmed", [
					1n,
					address,
					0n,
				]);
			}
			await errorWith(confirm(consortium, 0, [named(2), named(2)]), roundManager, "RoundManager__AlreadyConfirmed", [
				1n,
				address,
				2n,
			]);
			const accepted = await roundManager.read.acceptedOf([1n]);
			assert.deepEqual(
				accepted.map((one) => one.confirmations),
				[1, 0, 0],
			);
		});

		it("is refused for another bundle than the position's, and for positions without an update", async () => {
			const consortium = await submitted();
			const { roundManager } = consortium;
			await errorWith(confirm(consortium, 0, [named(0, 1)]), roundManager, "RoundManager__BundleMismatch", [
				updateArgs(1)[1],
				updateArgs(0)[1],
			]);
			for (const position of [3, 255]) {
				await errorWith(confirm(consortium, 0, [named(position, 0)]), roundManager, "RoundManager__NoUpdate", [
					1n,
					zeroAddress,
				]);
			}
		});

		it("is refused for nothing, from strangers, in other phases and in rounds that do not exist", async () => {
			const consortium = await submitted();
			const { roundManager, stranger, hospitals } = consortium;
			await errorWith(confirm(consortium, 0, []), roundManager, "RoundManager__NothingConfirmed", [1n]);
			for (const { account } of [stranger, walletAt(hospitals, 0)]) {
				await errorWith(
					roundManager.write.confirmAvailability([1n, [named(0)]], { account }),
					roundManager,
					"RoundManager__NotOnCommittee",
					[1n, account.address],
				);
			}
			await errorWith(
				roundManager.write.confirmAvailability([2n, [named(0)]]),
				roundManager,
				"RoundManager__WrongPhase",
				[2n, PHASE.None],
			);
			const frozen = await loadFixture(deployFrozenRound);
			await errorWith(confirm(frozen, 2, [named(0)]), frozen.roundManager, "RoundManager__WrongPhase", [
				1n,
				PHASE.Frozen,
			]);
		});
	});

	describe("freeze", () => {
		const frozenSet = async (consortium: Consortium, indices: readonly number[]) => {
			const { roundManager } = consortium;
			const types = [{ type: "uint256" }, { type: "address[]" }, { type: "bytes32[]" }, { type: "uint256[]" }] as const;
			const addresses = addressesOf(consortium, indices);
			const digests = indices.map((index) => updateArgs(index)[1]);
			const shareDigests = indices.map((index) => updateArgs(index)[3].shareDigest);
			const round = await roundManager.read.roundOf([1n]);
			assert.equal(round.phase, PHASE.Frozen);
			assert.equal(
				round.frozenSetDigest,
				keccak256(encodeAbiParameters(types, [1n, addresses, digests, shareDigests])),
			);
			assert.equal(round.enteredAt, await time.latest());
			const samples = indices.map((index) => (BATCH_COUNTS[index] ?? 0) * STUDY.batchSize);
			assert.deepEqual(
				{ updateCount: round.updateCount, sampleSum: round.sampleSum },
				{ updateCount: indices.length, sampleSum: samples.reduce((sum, count) => sum + count, 0) },
			);
			const [event] = await roundManager.getEvents.RoundFrozen({}, { fromBlock: 0n });
			assert.equal(event?.args.frozenSetDigest, round.frozenSetDigest);
			assert.deepEqual(event?.args.bundleDigests, digests);
			assert.deepEqual(lower(event?.args.hospitals), addresses);
			assert.deepEqual(lower(await roundManager.read.hospitalsOf([1n])), addresses);
		};

		it("takes the available updates in the order of acceptance, at once when all are available", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager, hospitals, stranger } = consortium;
			const order = [2, 0, 1];
			for (const index of order) {
				await roundManager.write.submitUpdate(updateArgs(index), { account: walletAt(hospitals, index).account });
			}
			// Confirmed in another order.
			for (const member of [1, 0]) {
				for (const position of [1, 2, 0]) await confirm(consortium, member, [named(position, order[position])]);
			}
			await roundManager.write.freeze([1n], { account: stranger.account });
			await frozenSet(consortium, order);
			assert.deepEqual(await roundManager.getEvents.UpdateExcluded({}, { fromBlock: 0n }), []);
		});

		it("waits for the submission deadline while an expected update is missing", async () => {
			const consortium = await loadFixture(async function twoOfThree() {
				return deployOpenRound(connection, { study: { minUpdates: 2 } });
			});
			const { roundManager } = consortium;
			await submitUpdates(consortium, 2);
			await confirmAll(consortium);
			const deadline = await deadlineOf(consortium);
			await time.setNextBlockTimestamp(deadline);
			await errorWith(roundManager.write.freeze([1n]), roundManager, "RoundManager__DeadlineNotPassed", [
				1n,
				deadline,
				deadline,
			]);
			await time.setNextBlockTimestamp(deadline + 1n);
			await roundManager.write.freeze([1n]);
			await frozenSet(consortium, [0, 1]);
		});

		it("waits for the end of checking while a live update is not available, then leaves it out and says so", async () => {
			const consortium = await submitted();
			const { roundManager, hospitals } = consortium;
			await confirm(consortium, 0, [named(0), named(1), named(2)]);
			await confirm(consortium, 1, [named(0), named(2)]);
			const last = await lastSecond(consortium);
			await time.setNextBlockTimestamp(last);
			await errorWith(roundManager.write.freeze([1n]), roundManager, "RoundManager__DeadlineNotPassed", [
				1n,
				last,
				last,
			]);
			await time.setNextBlockTimestamp(last + 1n);
			await roundManager.write.freeze([1n]);
			await frozenSet(consortium, [0, 2]);
			const excluded = await roundManager.getEvents.UpdateExcluded({}, { fromBlock: 0n });
			assert.deepEqual(
				excluded.map(({ args }) => args.hospital?.toLowerCase()),
				[walletAt(hospitals, 1).account.address],
			);
			const [frozen] = await roundManager.getEvents.RoundFrozen({}, { fromBlock: 0n });
			assert.ok((excluded[0]?.logIndex ?? 9) < (frozen?.logIndex ?? 0));
			const { bundleDigest, shareDigest } = await roundManager.read.updateOf([
				1n,
				addressesOf(consortium, [1])[0] ?? zeroAddress,
			]);
			assert.deepEqual([bundleDigest, shareDigest], [`0x${"00".repeat(32)}`, 0n]);
		});

		it("is refused with too few updates, and with too few available ones", async () => {
			const few = await loadFixture(deployOpenRound);
			await submitUpdates(few, 2);
			await confirmAll(few);
			await time.setNextBlockTimestamp((await deadlineOf(few)) + 1n);
			await errorWith(few.roundManager.write.freeze([1n]), few.roundManager, "RoundManager__TooFewUpdates", [2n, 3n]);
			const unavailable = await submitted();
			await confirm(unavailable, 0, [named(0), named(1), named(2)]);
			await confirm(unavailable, 1, [named(2)]);
			await time.setNextBlockTimestamp((await lastSecond(unavailable)) + 1n);
			await errorWith(
				unavailable.roundManager.write.freeze([1n]),
				unavailable.roundManager,
				"RoundManager__TooFewUpdates",
				[1n, 2n],
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

		it("is refused for a round that does not exist", async () => {
			const { roundManager } = await loadFixture(deployOpenRound);
			await errorWith(roundManager.write.freeze([9n]), roundManager, "RoundManager__WrongPhase", [9n, PHASE.None]);
		});

		it("takes an update for available though its hospital was removed from the consortium since", async () => {
			const consortium = await submitted();
			const { roundManager, hospitalRegistry } = consortium;
			await hospitalRegistry.write.removeHospital([addressesOf(consortium, [1])[0] ?? zeroAddress]);
			await confirmAll(consortium);
			await roundManager.write.freeze([1n]);
			assert.equal(await phaseOf(consortium), PHASE.Frozen);
			await frozenSet(consortium, [0, 1, 2]);
		});
	});
});
