/** Bundles that members can't fetch, lose, or hold for a hospital that is gone. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Address } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { decodeModel } from "../../../worker/core/codecs/model.ts";
import { confirmAvailability, isKept } from "../../../worker/node/availability.ts";
import { type Member, memberStep } from "../../../worker/node/committee.ts";
import { hospitalStep } from "../../../worker/node/hospital.ts";
import { contractCall, sendCall } from "../../../worker/node/participant.ts";
import { proveUpdate } from "../../../worker/node/proveUpdate.ts";
import { openRoundFixture } from "../../support/openRoundFixture.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { DURATIONS, plaintextModel, WALLETS } from "../../support/workerConsortium.ts";

const { folder, chain, consortium, submitLast, freeze } = openRoundFixture({ minUpdates: 2 });

const LAST: Address = developmentAccount(WALLETS.hospitals[2]).address;

const blocksOf = (wallet: number): string => join(folder, "ipfs", `wallet-${wallet}`);
/** Everything that the hospital published is gone; its notes are not. */
const loseStore = (index: 0 | 1 | 2): void => rmSync(blocksOf(WALLETS.hospitals[index]), { recursive: true });
const step = async (index: number) => memberStep(await consortium().member(index), 1n);
const kinds = async (...indices: readonly number[]) => {
	const done: string[] = [];
	for (const index of indices) done.push((await step(index)).kind);
	return done;
};

describe("a bundle that nobody serves", () => {
	it("is reported, left out by the members' votes, and the round goes on without it", async () => {
		await submitLast();
		loseStore(2);
		for (const index of [0, 1]) {
			const confirming = await step(index);
			assert.ok(confirming.kind === "confirmAvailability");
			assert.equal(confirming.updates.length, 2);
			assert.deepEqual(
				confirming.unavailable?.map(({ hospital, code }) => [hospital, code]),
				[[LAST, "BLOCK_MISSING"]],
			);
			const waiting = await step(index);
			assert.equal(waiting.kind, "wait");
			assert.deepEqual(waiting.unavailable?.[0]?.hospital, LAST);
		}
		await chain().time.increase(DURATIONS.checking + 1);
		assert.deepEqual(await kinds(2), ["freeze"]);
		const { round } = await consortium().round(1n);
		assert.deepEqual([round.phase, round.updates.length, round.excluded], ["Frozen", 2, [LAST]]);
		assert.deepEqual(await kinds(0, 1, 0, 1), ["postKeySum", "postKeySum", "attest", "attest"]);
		const { round: finalized } = await consortium().round(1n);
		assert.equal(finalized.phase, "Finalized");
		const bytes = await consortium().store.get(finalized.finalized?.modelDigest ?? "0x");
		const { study, datasets, initialWeights } = consortium();
		const expected = plaintextModel({ study, datasets: datasets.slice(0, 2), initialWeights }, round.opening.beacon);
		assert.deepEqual(decodeModel(bytes, expected.length), expected);
	});

	it("is published again from its hospital's notes when the hospital is back, and confirmed in time", async () => {
		await submitLast();
		loseStore(2);
		assert.deepEqual(await kinds(0, 1), ["confirmAvailability", "confirmAvailability"]);
		const waiting = await hospitalStep(await consortium().hospital(2), 1n, consortium().study);
		assert.equal(waiting.kind, "wait");
		const { round } = await consortium().round(1n);
		const { bundleDigest } = round.updates[2] ?? assert.fail();
		assert.equal(await isKept(await consortium().hospital(2), bundleDigest), true);
		assert.deepEqual(await kinds(0, 1, 2), ["confirmAvailability", "confirmAvailability", "freeze"]);
		const { round: frozen } = await consortium().round(1n);
		assert.deepEqual([frozen.updates.length, frozen.excluded], [3, []]);
	});

	it("fails the round, with its reason, when too few others are left", async () => {
		await submitLast();
		loseStore(1);
		loseStore(2);
		assert.deepEqual(await kinds(0, 1, 2), ["confirmAvailability", "confirmAvailability", "confirmAvailability"]);
		await chain().time.increase(DURATIONS.checking + 1);
		assert.deepEqual(await kinds(0), ["fail"]);
		const { round } = await consortium().round(1n);
		assert.deepEqual([round.phase, round.failure], ["Failed", "NotEnoughAvailable"]);
	});
});

describe("a bundle that one member alone can fetch", () => {
	it("is not available: t members have to hold it", async () => {
		await submitLast();
		const { round } = await consortium().round(1n);
		const { bundleDigest } = round.updates[2] ?? assert.fail();
		const cutOff = async (index: number): Promise<Member> => {
			const member = await consortium().member(index);
			const get: BlockStore["get"] = (digest, options) =>
				member.store.get(digest === bundleDigest ? `0x${"00".repeat(32)}` : digest, options);
			return { ...member, store: { ...member.store, get } };
		};
		assert.equal((await step(0)).kind, "confirmAvailability");
		for (const index of [1, 2]) {
			assert.equal((await memberStep(await cutOff(index), 1n)).kind, "confirmAvailability");
		}
		assert.equal((await memberStep(await cutOff(1), 1n)).kind, "wait");
		await chain().time.increase(DURATIONS.checking + 1);
		assert.deepEqual(await kinds(1), ["freeze"]);
		assert.deepEqual((await consortium().round(1n)).round.excluded, [LAST]);
	});
});

describe("an update with a proof that does not verify", () => {
	for (const changed of ["training", "encryption"] as const) {
		it(`is not confirmed although the contract has it and its bundle is right: ${changed}`, async () => {
			const hospital = await consortium().hospital(2);
			const { round } = await consortium().round(1n);
			const proven = await proveUpdate(hospital, await consortium().ledger(), round, consortium().study);
			const [first = assert.fail(), ...others] = proven.segments;
			const { encryption } = proven;
			const segments = changed === "training" ? [{ ...first, proof: encryption.proof }, ...others] : proven.segments;
			const evaluation = changed === "training" ? encryption : { ...encryption, proof: first.proof };
			// The contract's verifier is a double that accepts it: so is an RPC node that made the event up.
			const args = [1n, proven.bundleDigest, segments, evaluation];
			const { connection } = hospital;
			await sendCall(hospital, "unproven", contractCall(connection, "roundManager", "submitUpdate", args, "submit"));
			const confirming = await step(0);
			assert.ok(confirming.kind === "confirmAvailability");
			assert.equal(confirming.updates.length, 2);
			assert.deepEqual(
				confirming.unavailable?.map((update) => [update.hospital, update.code]),
				[[LAST, "PROOF_INVALID"]],
			);
			const { round: confirmed } = await consortium().round(1n);
			assert.deepEqual(
				confirmed.updates.map(({ confirmedBy }) => confirmedBy.length),
				[1, 1, 0],
			);
		});
	}
});

describe("a member's copies", () => {
	it("serve the round when every hospital is gone", async () => {
		await submitLast();
		await freeze();
		for (const index of [0, 1, 2] as const) loseStore(index);
		assert.deepEqual(await kinds(0, 1, 0, 2), ["postKeySum", "postKeySum", "attest", "postKeySum"]);
	});

	it("are made again from the others' when its store loses them", async () => {
		const member = await consortium().member(0);
		await memberStep(member, 1n);
		const { round } = await consortium().round(1n);
		const [{ bundleDigest } = assert.fail()] = round.updates;
		assert.equal(await isKept(member, bundleDigest), true);
		rmSync(blocksOf(WALLETS.members[0]), { recursive: true });
		assert.equal(await isKept(member, bundleDigest), false);
		await memberStep(member, 1n);
		assert.equal(await isKept(member, bundleDigest), true);
	});
});

describe("what the contract refuses", () => {
	it("a confirmation by somebody without a seat", async () => {
		const { round } = await consortium().round(1n);
		const stranger = await consortium().participant(WALLETS.stranger);
		const { message } = await rejectsWithCode(
			confirmAvailability({ ...stranger, shareKey: 1n }, round, round.updates),
			"CONTRACT_REVERTED",
		);
		assert.match(message, /RoundManager__NotOnCommittee/);
	});

	it("a key sum that is not the sum of the shares, or for another set", async () => {
		await submitLast();
		await freeze();
		await step(0);
		const { round } = await consortium().round(1n);
		const honest = round.keySums[0] ?? assert.fail();
		const { frozenSetDigest } = round.frozen ?? assert.fail();
		const liar = await consortium().member(1);
		const post = (digest: string, values: readonly bigint[]) => {
			const args = [1n, digest, values, honest.proofs];
			return sendCall(liar, "lie", contractCall(liar.connection, "roundManager", "postKeySum", args, "lie"));
		};
		// The very vector of another member, with its proofs: they are for that member's index.
		const copied = await rejectsWithCode(post(frozenSetDigest, honest.values), "CONTRACT_REVERTED");
		assert.match(copied.message, /RoundManager__KeySumEvaluation/);
		const changed = honest.values.map((value, index) => (index === 5 ? value + 1n : value));
		const lie = await rejectsWithCode(post(frozenSetDigest, changed), "CONTRACT_REVERTED");
		assert.match(lie.message, /RoundManager__KeySumEvaluation/);
		const other = await rejectsWithCode(post(`0x${"11".repeat(32)}`, honest.values), "CONTRACT_REVERTED");
		assert.match(other.message, /RoundManager__FrozenSetMismatch/);
		assert.equal((await consortium().round(1n)).round.keySums.length, 1);
	});
});
