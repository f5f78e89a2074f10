/** What a committee member does about updates that are not what their proofs say, and about objects that are lost or false. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { decodeBundle, encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { recomputeModel } from "../../../worker/node/attestation.ts";
import { confirmAvailability } from "../../../worker/node/availability.ts";
import { contextOf } from "../../../worker/node/bundles.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { carryOut } from "../../../worker/node/housekeeping.ts";
import { postKeySum } from "../../../worker/node/keySum.ts";
import { contractCall, sendCall } from "../../../worker/node/participant.ts";
import { proveUpdate } from "../../../worker/node/proveUpdate.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { openRoundFixture } from "../../support/openRoundFixture.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { WALLETS } from "../../support/workerConsortium.ts";

const { consortium, submitLast, freeze } = openRoundFixture();

/** Fails when it is asked for one of the digests. */
const losing = (store: BlockStore, digests: readonly string[]): BlockStore => ({
	...store,
	get: (digest, options) => store.get(digests.includes(digest) ? `0x${"00".repeat(32)}` : digest, options),
});

/** The last hospital submits proofs of an honest update for a bundle that `change` made of the honest one. */
const submitDishonestly = async (change: (bytes: Uint8Array) => Uint8Array) => {
	const hospital = await consortium().hospital(2);
	const { round } = await consortium().round(1n);
	const ledger = await consortium().ledger();
	const { segments, bundleDigest, encryption } = await proveUpdate(hospital, ledger, round, consortium().study);
	const other = await consortium().store.put(change(await consortium().store.get(bundleDigest)));
	const args = [1n, other, segments, encryption];
	await sendCall(
		hospital,
		"dishonest",
		contractCall(hospital.connection, "roundManager", "submitUpdate", args, "submit"),
	);
	return hospital.transactor.address;
};

const rebuilt = async (change: (bundle: ReturnType<typeof decodeBundle>) => ReturnType<typeof decodeBundle>) => {
	const { record, round } = await consortium().round(1n);
	const context = contextOf(consortium().coordinator, round, record, developmentAccount(WALLETS.hospitals[2]).address);
	const { weightCount } = record.parameters;
	const expected = { members: 3, threshold: 2, weightCount, context };
	return (bytes: Uint8Array) => encodeBundle(change(decodeBundle(bytes, standardProfile, expected)), standardProfile);
};

describe("an update whose bundle is not what its proof says", () => {
	const changes = {
		"another ciphertext": () =>
			rebuilt((bundle) => ({ ...bundle, ciphertext: bundle.ciphertext.map((c, index) => (index === 7 ? c ^ 1n : c)) })),
		"another share": () =>
			rebuilt((bundle) => ({
				...bundle,
				encryptedShares: bundle.encryptedShares.map((shares, index) => (index === 1 ? [...shares].reverse() : shares)),
			})),
		"another share commitment": () =>
			rebuilt((bundle) => ({
				...bundle,
				shareCommitments: bundle.shareCommitments.map((value, index) => (index === 2 ? value + 1n : value)),
			})),
		"a bundle of another round": () => rebuilt((bundle) => ({ ...bundle, context: bundle.context + 1n })),
		"no bundle at all": async () => () => new TextEncoder().encode("nothing"),
	};
	for (const [name, change] of Object.entries(changes)) {
		it(`is challenged while the round is open: ${name}`, async () => {
			const hospital = await submitDishonestly(await change());
			const step = await memberStep(await consortium().member(0), 1n);
			assert.deepEqual(step.kind === "challenge" && step.hospitals, [hospital]);
			const { round } = await consortium().round(1n);
			assert.deepEqual([round.phase, round.removed, round.updates.length], ["Open", [hospital], 2]);
			assert.equal((await consortium().ledger()).barred.has(hospital), true);
			// Somebody else has nothing left to challenge.
			assert.notEqual((await memberStep(await consortium().member(1), 1n)).kind, "challenge");
		});
	}

	it("in a frozen round is neither challenged nor opened: the set can't change any more", async () => {
		await submitDishonestly(await changes["another share"]());
		const { round: open } = await consortium().round(1n);
		// As many members as it takes say that they have it without having looked.
		for (const index of [1, 2]) await confirmAvailability(await consortium().member(index), open, open.updates);
		await carryOut(consortium().coordinator, { kind: "freeze", round: open });
		const { round, record } = await consortium().round(1n);
		await rejectsWithCode(postKeySum(await consortium().member(0), round, record), "BUNDLE_MALFORMED");
		await rejectsWithCode(memberStep(await consortium().member(0), 1n), "BUNDLE_MALFORMED");
		const { round: after } = await consortium().round(1n);
		assert.deepEqual([after.phase, after.updates.length, after.keySums.length], ["Frozen", 3, 0]);
	});

	it("is checked although another hospital's honest update names the same bundle", async () => {
		const { round } = await consortium().round(1n);
		const honest = round.updates[0] ?? assert.fail();
		const member = await consortium().member(0);
		assert.equal((await memberStep(member, 1n)).kind, "wait");
		const copied = await consortium().store.get(honest.bundleDigest);
		const copier = await submitDishonestly(() => copied);
		const step = await memberStep(member, 1n);
		assert.deepEqual(step.kind === "challenge" && step.hospitals, [copier]);
	});

	it("too large for a transaction is not challenged and not confirmed", async () => {
		const hospital = await submitDishonestly(() => new Uint8Array(200_000));
		const step = await memberStep(await consortium().member(0), 1n);
		assert.ok(step.kind === "confirmAvailability");
		assert.equal(step.updates.length, 2);
		assert.deepEqual(
			step.unavailable?.map((missing) => [missing.hospital, missing.code]),
			[[hospital, "BUNDLE_MALFORMED"]],
		);
		assert.deepEqual((await consortium().round(1n)).round.removed, []);
	});

	it("does not hide an honest one: two members may challenge at once", async () => {
		await submitDishonestly(await changes["another ciphertext"]());
		const members = await Promise.all([0, 1].map((index) => consortium().member(index)));
		const kinds = (await Promise.all(members.map((member) => memberStep(member, 1n)))).map(({ kind }) => kind);
		assert.ok(kinds.includes("challenge"));
		assert.equal((await consortium().round(1n)).round.removed.length, 1);
	});
});

describe("objects that can't be had", () => {
	it("a missing bundle stops a key sum, and is tried again", async () => {
		await submitLast();
		await freeze();
		const { round, record } = await consortium().round(1n);
		const member = await consortium().member(0);
		const lost = round.updates[1]?.bundleDigest ?? "0x";
		const store = losing(member.store, [lost]);
		await rejectsWithCode(postKeySum({ ...member, store }, round, record), "BLOCK_MISSING");
		await rejectsWithCode(memberStep({ ...member, store }, 1n), "BLOCK_MISSING");
		assert.equal((await consortium().round(1n)).round.keySums.length, 0);
		assert.equal((await memberStep(member, 1n)).kind, "postKeySum");
	});

	it("while the round is open, a missing bundle keeps nobody from the others", async () => {
		const { round } = await consortium().round(1n);
		const dishonest = await submitDishonestly((bytes) => bytes.subarray(1));
		const member = await consortium().member(0);
		const store = losing(member.store, [round.updates[0]?.bundleDigest ?? "0x"]);
		const step = await memberStep({ ...member, store }, 1n);
		assert.deepEqual(step.kind === "challenge" && step.hospitals, [dishonest]);
	});

	it("a model is recomputed from any t key sums, and not from fewer", async () => {
		await submitLast();
		await freeze();
		for (const index of [0, 1, 2]) await memberStep(await consortium().member(index), 1n);
		const { round, record } = await consortium().round(1n);
		const reader = consortium().coordinator;
		const all = await recomputeModel(reader, round, record);
		for (const { member } of round.keySums) {
			const keySums = round.keySums.filter((keySum) => keySum.member !== member);
			const { weights } = await recomputeModel(reader, { ...round, keySums }, record);
			assert.deepEqual(weights, all.weights);
		}
		const one = { ...round, keySums: round.keySums.slice(0, 1) };
		await rejectsWithCode(recomputeModel(reader, one, record), "KEY_SUM_MISSING");
	});

	it("a key sum that the contract would not have accepted is no ground for a model", async () => {
		await submitLast();
		await freeze();
		for (const index of [0, 1]) await memberStep(await consortium().member(index), 1n);
		const { round, record } = await consortium().round(1n);
		const reader = consortium().coordinator;
		const [first, second] = round.keySums;
		assert.ok(first !== undefined && second !== undefined);
		const [value = 0n, ...values] = first.values;
		const [proof, ...proofs] = first.proofs;
		assert.ok(proof !== undefined);
		for (const [changed, code] of [
			[{ ...first, values: [value + 1n, ...values] }, "KEY_SUM_MALFORMED"],
			[{ ...first, proofs: [] }, "KEY_SUM_MALFORMED"],
			[{ ...first, proofs: [{ ...proof, evaluation: proof.evaluation + 1n }, ...proofs] }, "KEY_SUM_MALFORMED"],
			[{ ...first, proofs: [{ ...proof, proof: second.proofs[0]?.proof ?? proof.proof }, ...proofs] }, "PROOF_INVALID"],
			[{ ...first, index: 3 }, "LEDGER_INCONSISTENT"],
		] as const) {
			await rejectsWithCode(recomputeModel(reader, { ...round, keySums: [changed, second] }, record), code);
		}
	});
});
