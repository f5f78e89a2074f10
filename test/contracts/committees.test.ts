import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { hashTriple } from "../../worker/protocol/poseidon.ts";
import { type Consortium, confirmAll, DURATIONS, walletAt } from "../support/contracts/deploy.ts";
import {
	deployProvenRound,
	freezeProven,
	keySumStatement,
	proveKeySum,
	submitProven,
} from "../support/contracts/provenRound.ts";
import { MODEL, PHASE } from "../support/contracts/roundActions.ts";
import { registerShareKeyArgs, testShareKey } from "../support/contracts/shareKeys.ts";

describe("RoundManager: committees", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	/** The members of a pool with these indices as a committee of their own. */
	const seated = (consortium: Consortium, pool: Consortium["members"], indices: readonly number[]): Consortium => {
		const members = indices.map((index) => walletAt(pool, index));
		return { ...consortium, members, committee: members.map(({ account }) => account.address) };
	};

	const finish = async (consortium: Consortium, roundId: bigint, model: bigint) => {
		const { roundManager, members, study } = consortium;
		for (const [index, { account }] of members.slice(0, study.threshold).entries()) {
			const args = await proveKeySum(consortium, await keySumStatement(consortium, index, roundId));
			await roundManager.write.postKeySum(args, { account });
		}
		for (const { account } of members.slice(-study.threshold)) {
			await roundManager.write.attest([roundId, model, MODEL[1]], { account });
		}
		assert.equal((await roundManager.read.roundOf([roundId])).phase, PHASE.Finalized);
	};

	it("changes between rounds: another committee of the pool, in another order, with its own keys", async () => {
		const first = await deployProvenRound(connection, [1, 1, 1], {
			shareKeys: [11n, 12n, 13n, 14n, 15n],
			committee: 3,
		});
		const { roundManager, hospitalRegistry, modelRegistry, members: pool } = first;
		const one = seated(first, pool, [0, 1, 2]);
		await freezeProven(one);
		await finish(one, 1n, 5n);
		// A member replaces its key, one sits again at another place, one is new.
		await hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(99n)), {
			account: walletAt(pool, 2).account,
		});
		const two = seated(first, pool, [4, 2, 0]);
		await roundManager.write.openRound([1n, two.committee, DURATIONS]);
		const { committeeKeysDigest } = await roundManager.read.roundOf([2n]);
		const keys = [15n, 99n, 11n].map(testShareKey);
		assert.equal(
			committeeKeysDigest,
			keys.reduce((link, { x, y }) => hashTriple(link, x, y), 0n),
		);
		await submitProven(two, 2n);
		// Members of the first round's committee have no say in the second.
		const accepted = await roundManager.read.acceptedOf([2n]);
		const { bundleDigest } = await roundManager.read.updateOf([2n, accepted[0]?.hospital ?? "0x"]);
		const { account } = walletAt(pool, 1);
		const notSeated = [2n, account.address] as const;
		await errorWith(
			roundManager.write.confirmAvailability([2n, [{ position: 0, bundleDigest }]], { account }),
			roundManager,
			"RoundManager__NotOnCommittee",
			[...notSeated],
		);
		await confirmAll(two, [0, 2], 2n);
		await roundManager.write.freeze([2n]);
		const stolen = await proveKeySum(two, await keySumStatement(two, 0, 2n));
		await errorWith(roundManager.write.postKeySum(stolen, { account }), roundManager, "RoundManager__NotOnCommittee", [
			...notSeated,
		]);
		// Who sat in both rounds proves by its index in this one.
		const asBefore = await proveKeySum(two, { ...(await keySumStatement(two, 2, 2n)), memberIndex: 1 });
		await assertions.revertWithCustomError(
			roundManager.write.postKeySum(asBefore, { account: walletAt(pool, 0).account }),
			roundManager,
			"RoundManager__KeySumEvaluation",
		);
		await finish(two, 2n, 6n);
		assert.deepEqual((await modelRegistry.read.modelOf([3n])).commitment, 6n);
	});

	it("keeps the members and keys that a round was opened with, whatever they do meanwhile", async () => {
		const consortium = await deployProvenRound(connection, [1, 1, 1]);
		const { roundManager, hospitalRegistry, members } = consortium;
		const { committeeKeysDigest } = await roundManager.read.roundOf([1n]);
		await hospitalRegistry.write.registerShareKey(registerShareKeyArgs(testShareKey(77n)), {
			account: walletAt(members, 0).account,
		});
		await hospitalRegistry.write.removeMember([walletAt(members, 1).account.address]);
		assert.equal((await roundManager.read.roundOf([1n])).committeeKeysDigest, committeeKeysDigest);
		await freezeProven(consortium);
		await finish(consortium, 1n, 5n);
	});

	for (const [members, threshold] of [
		[2, 2],
		[4, 3],
		[5, 5],
		[7, 4],
		[7, 7],
	] as const) {
		it(`works with ${threshold} of ${members} members`, async () => {
			const consortium = await deployProvenRound(connection, [1, 2, 1], {
				study: { members, threshold },
				shareKeys: Array.from({ length: members }, (_, index) => BigInt(index + 21)),
			});
			const { roundManager } = consortium;
			await submitProven(consortium);
			const indices = Array.from({ length: members }, (_, index) => index);
			await confirmAll(consortium, indices.slice(-threshold + 1));
			assert.equal((await roundManager.read.roundOf([1n])).availableCount, 0);
			await confirmAll(consortium, [0]);
			assert.equal((await roundManager.read.roundOf([1n])).availableCount, 3);
			if (threshold < members) await confirmAll(consortium, [1]);
			const masks = (await roundManager.read.acceptedOf([1n])).map(({ confirmations }) => confirmations);
			const bits = (masks[0] ?? 0).toString(2).replaceAll("0", "").length;
			assert.equal(bits, Math.min(threshold + 1, members));
			await roundManager.write.freeze([1n]);
			await finish(consortium, 1n, 5n);
		});
	}
});
