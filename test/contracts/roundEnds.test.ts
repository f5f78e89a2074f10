import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Address, sha256, zeroHash } from "viem";
import { CLOSING_DELAY } from "../../worker/protocol/durations.ts";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import {
	type Consortium,
	confirmAll,
	DURATIONS,
	deployFrozenRound,
	deployOpenedRound,
	deployOpenRound,
	digest,
	submitUpdates,
	updateArgs,
	walletAt,
} from "../support/contracts/deploy.ts";
import { MODEL, PHASE, roundActions } from "../support/contracts/roundActions.ts";

const REASON = { NotEnoughUpdates: 1, NotEnoughAvailable: 2, Cancelled: 3, StudyClosed: 4 } as const;

describe("RoundManager: how rounds end", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	const { phaseOf, deadlineOf, postKeySum, attest, attestAsHospital } = roundActions(time);

	describe("attest", () => {
		it("finalizes at the t-th equal attestation and appends the model", async () => {
			const consortium = await loadFixture(deployOpenedRound);
			const { roundManager, modelRegistry, members } = consortium;
			// One liar does not stop the others, nor does a model of the same weights under another digest count as equal.
			await attest(consortium, 0, [MODEL[0], digest("another object")]);
			assert.deepEqual(await roundManager.read.attestationsOf([1n, MODEL[0], digest("another object")]), [1n, 0n]);
			// A member that posted no key sum may attest.
			await assertions.emitWithArgs(attest(consortium, 2), roundManager, "ModelAttested", [
				1n,
				(member: string) => member.toLowerCase() === walletAt(members, 2).account.address,
				...MODEL,
			]);
			assert.equal(await phaseOf(consortium), PHASE.Opened);
			const hash = await attest(consortium, 1);
			await assertions.emitWithArgs(hash, roundManager, "RoundFinalized", [1n, 1n, 2n, ...MODEL]);
			await assertions.emitWithArgs(hash, modelRegistry, "ModelAppended", [1n, 2n, 1n, 1n, ...MODEL]);
			assert.equal(await phaseOf(consortium), PHASE.Finalized);
			assert.deepEqual(await roundManager.read.attestationsOf([1n, ...MODEL]), [2n, 0n]);
			assert.equal(await roundManager.read.activeRound([1n]), 0n);
			assert.equal(await modelRegistry.read.currentModel([1n]), 2n);
			assert.deepEqual(await modelRegistry.read.modelOf([2n]), {
				commitment: MODEL[0],
				digest: MODEL[1],
				parent: 1n,
				roundId: 1n,
				studyId: 1n,
			});
		});

		it("is refused before the key sums, twice, from strangers, and for impossible models", async () => {
			const consortium = await loadFixture(deployFrozenRound);
			const { roundManager, members, stranger } = consortium;
			await errorWith(attest(consortium, 0), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Frozen]);
			await postKeySum(consortium, 0);
			await postKeySum(consortium, 1);
			const { account } = walletAt(members, 0);
			await errorWith(
				roundManager.write.attest([1n, ...MODEL], { account: stranger.account }),
				roundManager,
				"RoundManager__NotOnCommittee",
				[1n, stranger.account.address],
			);
			await errorWith(attest(consortium, 0, [FIELD_ORDER, MODEL[1]]), roundManager, "RoundManager__NotFieldElement", [
				FIELD_ORDER,
			]);
			await errorWith(attest(consortium, 0, [1n, zeroHash]), roundManager, "RoundManager__ZeroDigest", []);
			await attest(consortium, 0);
			await errorWith(
				attest(consortium, 0, [1n, digest("second thought")]),
				roundManager,
				"RoundManager__AlreadyAttested",
				[1n, account.address],
			);
		});

		it("has no deadline, and is refused after finalizing", async () => {
			const consortium = await loadFixture(deployOpenedRound);
			const { roundManager } = consortium;
			await time.increase(1_000 * 24 * 3600);
			await attest(consortium, 0);
			await time.increase(1_000 * 24 * 3600);
			await attest(consortium, 1);
			await errorWith(attest(consortium, 2), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Finalized]);
		});
	});

	describe("attestAsHospital", () => {
		/** The next block is the first one after the members' own time. */
		const passMembersTime = async ({ roundManager }: Consortium) => {
			const { enteredAt, attestationDuration } = await roundManager.read.roundOf([1n]);
			const until = BigInt(enteredAt) + BigInt(attestationDuration);
			await time.setNextBlockTimestamp(until + 1n);
			return until;
		};

		it("finalizes by more than half of the frozen set, once the members had their time", async () => {
			const consortium = await loadFixture(deployOpenedRound);
			const { roundManager, modelRegistry, hospitals } = consortium;
			const { enteredAt, attestationDuration } = await roundManager.read.roundOf([1n]);
			const until = BigInt(enteredAt) + BigInt(attestationDuration);
			await time.setNextBlockTimestamp(until);
			await errorWith(attestAsHospital(consortium, 0), roundManager, "RoundManager__DeadlineNotPassed", [
				1n,
				until,
				until,
			]);
			await passMembersTime(consortium);
			await assertions.emitWithArgs(attestAsHospital(consortium, 0), roundManager, "ModelAttestedByHospital", [
				1n,
				(hospital: string) => hospital.toLowerCase() === walletAt(hospitals, 0).account.address,
				...MODEL,
			]);
			assert.equal(await phaseOf(consortium), PHASE.Opened);
			assert.equal(await roundManager.read.hasAttested([1n, walletAt(hospitals, 0).account.address]), true);
			// Another model does not count, nor do members' attestations.
			await attestAsHospital(consortium, 1, [5n, digest("other")]);
			await attest(consortium, 0);
			assert.deepEqual(await roundManager.read.attestationsOf([1n, ...MODEL]), [1n, 1n]);
			assert.equal(await phaseOf(consortium), PHASE.Opened);
			const hash = await attestAsHospital(consortium, 2);
			await assertions.emitWithArgs(hash, roundManager, "RoundFinalized", [1n, 1n, 2n, ...MODEL]);
			assert.equal(await modelRegistry.read.currentModel([1n]), 2n);
			assert.equal(await roundManager.read.activeRound([1n]), 0n);
		});

		it("is refused in a round that is not opened, twice, for impossible models, and to whoever is not in the set", async () => {
			const consortium = await loadFixture(deployFrozenRound);
			const { roundManager, hospitals, members, stranger } = consortium;
			await time.increase(DURATIONS.attestation + 1);
			await errorWith(attestAsHospital(consortium, 0), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Frozen]);
			await postKeySum(consortium, 0);
			await postKeySum(consortium, 1);
			await passMembersTime(consortium);
			for (const { account } of [stranger, walletAt(members, 0)]) {
				await errorWith(
					roundManager.write.attestAsHospital([1n, ...MODEL], { account }),
					roundManager,
					"RoundManager__NotInFrozenSet",
					[1n, account.address],
				);
			}
			await errorWith(
				attestAsHospital(consortium, 0, [FIELD_ORDER, MODEL[1]]),
				roundManager,
				"RoundManager__NotFieldElement",
				[FIELD_ORDER],
			);
			await errorWith(attestAsHospital(consortium, 0, [1n, zeroHash]), roundManager, "RoundManager__ZeroDigest", []);
			await attestAsHospital(consortium, 0);
			await errorWith(
				attestAsHospital(consortium, 0, [1n, digest("second thought")]),
				roundManager,
				"RoundManager__AlreadyAttested",
				[1n, walletAt(hospitals, 0).account.address],
			);
			await errorWith(roundManager.write.attestAsHospital([7n, ...MODEL]), roundManager, "RoundManager__WrongPhase", [
				7n,
				PHASE.None,
			]);
		});
	});

	describe("a frozen round", () => {
		it("can only finish: nobody fails, cancels or closes it before the delay, after which its study ends for good", async () => {
			for (const fixture of [deployFrozenRound, deployOpenedRound]) {
				const consortium = await loadFixture(fixture);
				const { roundManager, modelRegistry, committee, stranger } = consortium;
				const { phase, enteredAt } = await roundManager.read.roundOf([1n]);
				const delay = await roundManager.read.CLOSING_DELAY();
				assert.equal(delay, CLOSING_DELAY);
				const until = BigInt(enteredAt) + delay;
				await time.setNextBlockTimestamp(until);
				await errorWith(roundManager.write.closeStudy([1n]), roundManager, "RoundManager__DeadlineNotPassed", [
					1n,
					until,
					until,
				]);
				for (const act of [roundManager.write.fail([1n]), roundManager.write.cancelRound([1n])]) {
					await errorWith(act, roundManager, "RoundManager__WrongPhase", [1n, phase]);
				}
				await errorWith(
					roundManager.write.openRound([1n, committee, DURATIONS]),
					roundManager,
					"RoundManager__RoundActive",
					[1n, 1n],
				);
				await errorWith(
					roundManager.write.closeStudy([1n], { account: stranger.account }),
					roundManager,
					"OwnableUnauthorizedAccount",
					[stranger.account.address],
				);
				await time.setNextBlockTimestamp(until + 1n);
				const hash = await roundManager.write.closeStudy([1n]);
				await assertions.emitWithArgs(hash, roundManager, "RoundFailed", [1n, 1n, REASON.StudyClosed]);
				await assertions.emitWithArgs(hash, roundManager, "StudyClosed", [1n]);
				assert.equal(await phaseOf(consortium), PHASE.Failed);
				assert.equal(await roundManager.read.isClosed([1n]), true);
				assert.equal(await modelRegistry.read.currentModel([1n]), 1n);
				await errorWith(
					roundManager.write.openRound([1n, committee, DURATIONS]),
					roundManager,
					"RoundManager__StudyClosed",
					[1n],
				);
				// Too late for what would open the sum.
				await errorWith(postKeySum(consortium, 2), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Failed]);
			}
		});

		it("finishes after any time", async () => {
			const consortium = await loadFixture(deployFrozenRound);
			await time.increase(1_000 * 24 * 3600);
			await postKeySum(consortium, 2);
			await postKeySum(consortium, 0);
			await time.increase(1_000 * 24 * 3600);
			await attest(consortium, 1);
			await attest(consortium, 2);
			assert.equal(await phaseOf(consortium), PHASE.Finalized);
		});
	});

	describe("closeStudy", () => {
		it("is refused for a study without a frozen round", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager } = consortium;
			await time.increase(Number(CLOSING_DELAY) + 1);
			await errorWith(roundManager.write.closeStudy([1n]), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Open]);
			await errorWith(roundManager.write.closeStudy([7n]), roundManager, "RoundManager__WrongPhase", [0n, PHASE.None]);
		});
	});

	describe("fail", () => {
		/** @param deadline the last second in which it is refused */
		const failsWith = async (consortium: Consortium, reason: number, deadline: bigint) => {
			const { roundManager, modelRegistry, stranger } = consortium;
			await time.setNextBlockTimestamp(deadline);
			await errorWith(roundManager.write.fail([1n]), roundManager, "RoundManager__DeadlineNotPassed", [
				1n,
				deadline,
				deadline,
			]);
			await time.setNextBlockTimestamp(deadline + 1n);
			const hash = await roundManager.write.fail([1n], { account: stranger.account });
			await assertions.emitWithArgs(hash, roundManager, "RoundFailed", [1n, 1n, reason]);
			const round = await roundManager.read.roundOf([1n]);
			assert.equal(round.phase, PHASE.Failed);
			assert.equal(round.failureReason, reason);
			assert.equal(await modelRegistry.read.currentModel([1n]), 1n);
			await errorWith(roundManager.write.fail([1n]), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Failed]);
			const { account } = walletAt(consortium.members, 2);
			const accepted = await roundManager.read.acceptedOf([1n]);
			for (const call of [
				roundManager.write.freeze([1n]),
				roundManager.write.confirmAvailability([1n, [{ position: accepted.length - 1, bundleDigest: zeroHash }]], {
					account,
				}),
				roundManager.write.submitUpdate(updateArgs(2), { account: walletAt(consortium.hospitals, 2).account }),
				roundManager.write.postKeySum([1n, round.frozenSetDigest, [], []], { account }),
				roundManager.write.attest([1n, ...MODEL], { account }),
			]) {
				await errorWith(call, roundManager, "RoundManager__WrongPhase", [1n, PHASE.Failed]);
			}
		};

		/** The failed round leaves nothing behind that could stop the next. */
		const nextRoundFinalizes = async (consortium: Consortium) => {
			const { roundManager, members, committee, modelRegistry } = consortium;
			await roundManager.write.openRound([1n, committee, DURATIONS]);
			await submitUpdates(consortium, 3, 2n);
			await confirmAll(consortium, [0, 1], 2n);
			await roundManager.write.freeze([2n]);
			for (const index of members.keys()) await postKeySum(consortium, index, 2n);
			for (const { account } of members.slice(0, 2)) await roundManager.write.attest([2n, ...MODEL], { account });
			assert.equal(await phaseOf(consortium, 2n), PHASE.Finalized);
			const { parent, roundId } = await modelRegistry.read.modelOf([2n]);
			assert.deepEqual([parent, roundId], [1n, 2n]);
		};

		it("ends a round with too few updates at the submission deadline", async () => {
			const consortium = await loadFixture(deployOpenRound);
			await submitUpdates(consortium, 2);
			await confirmAll(consortium);
			await failsWith(consortium, REASON.NotEnoughUpdates, await deadlineOf(consortium));
			await nextRoundFinalizes(consortium);
		});

		it("ends a round with too few available updates at the end of checking", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager, members } = consortium;
			await submitUpdates(consortium);
			await confirmAll(consortium, [0]);
			const [first, second] = await roundManager.read.acceptedOf([1n]);
			for (const [position, accepted] of [first, second].entries()) {
				const { bundleDigest } = await roundManager.read.updateOf([1n, accepted?.hospital as Address]);
				await roundManager.write.confirmAvailability([1n, [{ position, bundleDigest }]], {
					account: walletAt(members, 1).account,
				});
			}
			assert.equal((await roundManager.read.roundOf([1n])).availableCount, 2);
			await failsWith(
				consortium,
				REASON.NotEnoughAvailable,
				(await deadlineOf(consortium)) + BigInt(DURATIONS.checking),
			);
			await nextRoundFinalizes(consortium);
		});

		it("ends a round whose updates a challenge made too few", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager, hospitals } = consortium;
			const [roundId, , segments, encryption] = updateArgs(0);
			const { account } = walletAt(hospitals, 0);
			await roundManager.write.submitUpdate([roundId, sha256("0x00"), segments, encryption], { account });
			for (const index of [1, 2]) {
				await roundManager.write.submitUpdate(updateArgs(index), { account: walletAt(hospitals, index).account });
			}
			await confirmAll(consortium);
			await roundManager.write.challengeUpdate([1n, account.address, "0x00", encryption]);
			await errorWith(roundManager.write.freeze([1n]), roundManager, "RoundManager__TooFewUpdates", [2n, 3n]);
			// Submissions have closed: nothing is left to wait for.
			await roundManager.write.fail([1n]);
			assert.equal((await roundManager.read.roundOf([1n])).failureReason, REASON.NotEnoughUpdates);
		});

		it("ends a round that its coordinator cancels, at any time before its freeze", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager, stranger } = consortium;
			await submitUpdates(consortium);
			await confirmAll(consortium);
			await errorWith(
				roundManager.write.cancelRound([1n], { account: stranger.account }),
				roundManager,
				"OwnableUnauthorizedAccount",
				[stranger.account.address],
			);
			const hash = await roundManager.write.cancelRound([1n]);
			await assertions.emitWithArgs(hash, roundManager, "RoundFailed", [1n, 1n, REASON.Cancelled]);
			await errorWith(roundManager.write.cancelRound([1n]), roundManager, "RoundManager__WrongPhase", [
				1n,
				PHASE.Failed,
			]);
			await nextRoundFinalizes(consortium);
		});

		it("is refused for a round that can be frozen", async () => {
			const consortium = await loadFixture(deployOpenRound);
			const { roundManager } = consortium;
			await submitUpdates(consortium);
			await confirmAll(consortium);
			await time.setNextBlockTimestamp((await deadlineOf(consortium)) + BigInt(DURATIONS.checking) + 1n);
			await errorWith(roundManager.write.fail([1n]), roundManager, "RoundManager__EnoughUpdates", [3n, 3n]);
			await roundManager.write.freeze([1n]);
		});

		it("is refused for rounds that ended or do not exist", async () => {
			const consortium = await loadFixture(deployOpenedRound);
			const { roundManager } = consortium;
			await attest(consortium, 0);
			await attest(consortium, 1);
			for (const [roundId, phase] of [
				[1n, PHASE.Finalized],
				[7n, PHASE.None],
			] as const) {
				await errorWith(roundManager.write.fail([roundId]), roundManager, "RoundManager__WrongPhase", [roundId, phase]);
			}
		});
	});
});
