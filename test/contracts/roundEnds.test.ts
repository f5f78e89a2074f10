import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { zeroHash } from "viem";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import {
	type Consortium,
	DURATIONS,
	deployFrozenRound,
	deployOpenedRound,
	deployOpenRound,
	digest,
	submitUpdates,
	walletAt,
} from "../support/contracts/deploy.ts";
import { MODEL, PHASE, roundActions } from "../support/contracts/roundActions.ts";

const REASON = { NotEnoughUpdates: 1, NotOpened: 2, NotAttested: 3 } as const;

describe("RoundManager: how rounds end", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	const { phaseOf, deadlineOf, passDeadline, postKeySum, attest } = roundActions(time);

	describe("attest", () => {
		it("finalizes at the t-th equal attestation and appends the model", async () => {
			const consortium = await loadFixture(deployOpenedRound);
			const { roundManager, modelRegistry, members } = consortium;
			// One liar does not stop the others, nor does a model of the same weights under another digest count as equal.
			await attest(consortium, 0, [MODEL[0], digest("another object")]);
			assert.equal(await roundManager.read.attestationsOf([1n, MODEL[0], digest("another object")]), 1n);
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
			assert.equal(await roundManager.read.attestationsOf([1n, ...MODEL]), 2n);
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

		it("is refused after the deadline and after finalizing", async () => {
			const consortium = await loadFixture(deployOpenedRound);
			const { roundManager } = consortium;
			await attest(consortium, 0);
			await attest(consortium, 1);
			await errorWith(attest(consortium, 2), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Finalized]);
			const late = await loadFixture(deployOpenedRound);
			const [deadline, now] = await passDeadline(late);
			await errorWith(attest(late, 0), late.roundManager, "RoundManager__DeadlinePassed", [1n, deadline, now]);
		});
	});

	describe("fail", () => {
		const failsWith = async (consortium: Consortium, reason: number) => {
			const { roundManager, modelRegistry, stranger } = consortium;
			const deadline = await deadlineOf(consortium);
			await time.setNextBlockTimestamp(deadline);
			await errorWith(roundManager.write.fail([1n]), roundManager, "RoundManager__DeadlineNotPassed", [
				1n,
				deadline,
				deadline,
			]);
			await passDeadline(consortium);
			const hash = await roundManager.write.fail([1n], { account: stranger.account });
			await assertions.emitWithArgs(hash, roundManager, "RoundFailed", [1n, 1n, reason]);
			const round = await roundManager.read.roundOf([1n]);
			assert.equal(round.phase, PHASE.Failed);
			assert.equal(round.failureReason, reason);
			assert.equal(await modelRegistry.read.currentModel([1n]), 1n);
			await errorWith(roundManager.write.fail([1n]), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Failed]);
		};

		/** The failed round leaves nothing behind that could stop the next. */
		const nextRoundFinalizes = async (consortium: Consortium) => {
			const { roundManager, members, committee, modelRegistry } = consortium;
			await roundManager.write.openRound([1n, committee, DURATIONS]);
			await submitUpdates(consortium, 3, 2n);
			await roundManager.write.freeze([2n]);
			for (const { account } of members) await roundManager.write.postKeySum([2n, digest("sum")], { account });
			for (const { account } of members.slice(0, 2)) await roundManager.write.attest([2n, ...MODEL], { account });
			assert.equal(await phaseOf(consortium, 2n), PHASE.Finalized);
			const { parent, roundId } = await modelRegistry.read.modelOf([2n]);
			assert.deepEqual([parent, roundId], [1n, 2n]);
		};

		it("ends a round with too few updates", async () => {
			const consortium = await loadFixture(deployOpenRound);
			await submitUpdates(consortium, 2);
			await failsWith(consortium, REASON.NotEnoughUpdates);
			await nextRoundFinalizes(consortium);
		});

		it("ends a round that was not opened", async () => {
			const consortium = await loadFixture(deployFrozenRound);
			await postKeySum(consortium, 0);
			await failsWith(consortium, REASON.NotOpened);
			await nextRoundFinalizes(consortium);
		});

		it("ends a round that was not attested", async () => {
			const consortium = await loadFixture(deployOpenedRound);
			await attest(consortium, 0);
			await attest(consortium, 1, [5n, digest("other")]);
			await attest(consortium, 2, [6n, digest("third")]);
			await failsWith(consortium, REASON.NotAttested);
			await nextRoundFinalizes(consortium);
		});

		it("is refused for a round that can be frozen", async () => {
			const consortium = await loadFixture(deployOpenRound);
			await submitUpdates(consortium);
			await passDeadline(consortium);
			const { roundManager } = consortium;
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
