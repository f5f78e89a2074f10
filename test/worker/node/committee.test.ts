/** What a committee member refuses, and how often it signs. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { getAddress } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import type { UpdateRecord } from "../../../worker/core/ledger/state.ts";
import { attestModel } from "../../../worker/node/attestation.ts";
import { contextOf, fetchBundle } from "../../../worker/node/bundles.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { postKeySum } from "../../../worker/node/keySum.ts";
import { type Member, registerShareKey } from "../../../worker/node/member.ts";
import { readLedger } from "../../../worker/node/participant.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { crashing } from "../../support/crash.ts";
import { openRoundFixture } from "../../support/openRoundFixture.ts";
import { proverDouble } from "../../support/proverDouble.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { DURATIONS, WALLETS } from "../../support/workerConsortium.ts";

/** Its watch and its opening put three bundles each, then it proves and notes the proof; then it writes down what it signs for. */
const PLACE_OF_CLAIM = 3 + 3 + 2;
const isClaim = (name: string | Buffer): boolean => String(name).includes("opened-base");

const { folder, chain, consortium, submitLast, freeze } = openRoundFixture();

describe("the context", () => {
	it("is the contract's, for every hospital", async () => {
		const { round, record } = await consortium().round(1n);
		for (const wallet of [...WALLETS.hospitals, WALLETS.stranger]) {
			const { address } = developmentAccount(wallet);
			const expected = await chain().roundManager.read.contextOf([1n, address]);
			assert.equal(contextOf(consortium().coordinator, round, record, address), expected);
		}
		const { round: accepted } = await consortium().round(1n);
		assert.equal(
			accepted.updates[0]?.context,
			contextOf(consortium().coordinator, round, record, accepted.updates[0]?.hospital ?? "0x"),
		);
	});
});

describe("a member's seat", () => {
	it("is refused to a wallet that is not on the committee, and to another share key", async () => {
		await submitLast();
		await freeze();
		const { round, record } = await consortium().round(1n);
		const member = await consortium().member(0);
		const stranger: Member = { ...member, ...(await consortium().participant(WALLETS.stranger)) };
		await rejectsWithCode(postKeySum(stranger, round, record), "NOT_A_MEMBER");
		await rejectsWithCode(attestModel(stranger, round, record), "NOT_A_MEMBER");
		const other: Member = { ...member, shareKey: consortium().shareKeys[1] ?? 1n };
		await rejectsWithCode(postKeySum(other, round, record), "SHARE_KEY_MISMATCH");
		await rejectsWithCode(attestModel(other, round, record), "SHARE_KEY_MISMATCH");
		assert.deepEqual((await consortium().round(1n)).round.keySums, []);
	});

	it("stays with the key that it was seated with when the member registers another one", async () => {
		await submitLast();
		await freeze();
		const old = await consortium().member(0);
		const replaced: Member = { ...old, shareKey: 424242n };
		await registerShareKey(replaced);
		assert.deepEqual((await memberStep(replaced, 1n)).kind, "wait");
		assert.equal((await memberStep(old, 1n)).kind, "postKeySum");
		assert.equal((await memberStep(await consortium().member(1), 1n)).kind, "postKeySum");
		assert.equal((await memberStep(old, 1n)).kind, "attest");
	});

	it("is not served before its time", async () => {
		const { round, record } = await consortium().round(1n);
		const member = await consortium().member(0);
		await rejectsWithCode(postKeySum(member, round, record), "TASK_REFUSED");
		await rejectsWithCode(attestModel(member, round, record), "TASK_REFUSED");
	});
});

describe("a frozen set", () => {
	it("is opened once: after a reorganization to another one, the member refuses for ever", async () => {
		const beforeThird = await chain().takeSnapshot();
		await submitLast();
		await freeze();
		const member = await consortium().member(0);
		assert.equal((await memberStep(member, 1n)).kind, "postKeySum");
		const first = (await consortium().round(1n)).round.frozen?.frozenSetDigest;

		await beforeThird.restore();
		rmSync(join(folder, `wallet-${WALLETS.hospitals[2]}`), { recursive: true });
		await submitLast();
		await freeze();
		const { round, record } = await consortium().round(1n);
		assert.notEqual(round.frozen?.frozenSetDigest, first);
		for (const process of [member, await consortium().member(0)]) {
			await rejectsWithCode(memberStep(process, 1n), "SECOND_FROZEN_SET");
		}
		assert.deepEqual((await consortium().round(1n)).round.keySums, []);
		const { message } = await rejectsWithCode(postKeySum(member, round, record), "SECOND_FROZEN_SET");
		assert.ok(first !== undefined && message.includes(first));
		// Another member that had not signed, and the next round, are not affected.
		assert.equal((await memberStep(await consortium().member(1), 1n)).kind, "postKeySum");
	});

	it("is opened again when a reorganization brings the same one back", async () => {
		await submitLast();
		const beforeFreeze = await chain().takeSnapshot();
		await freeze();
		assert.equal((await memberStep(await consortium().member(0), 1n)).kind, "postKeySum");
		await beforeFreeze.restore();
		await freeze();
		assert.equal((await memberStep(await consortium().member(0), 1n)).kind, "postKeySum");
		assert.equal((await consortium().round(1n)).round.keySums.length, 1);
	});

	it("is waited for until it is deep enough", async () => {
		await submitLast();
		await freeze();
		const member = await consortium().member(0, undefined, 3);
		const { round, record } = await consortium().round(1n);
		assert.equal((await memberStep(member, 1n)).kind, "wait");
		await rejectsWithCode(postKeySum(member, round, record), "TASK_REFUSED");
		assert.deepEqual(readdirSync(join(folder, `wallet-${WALLETS.members[0]}`, "journal")).filter(isClaim), []);
		await chain().mine(3);
		assert.equal((await memberStep(member, 1n)).kind, "postKeySum");
		const sent = await consortium().sent(WALLETS.members[0]);
		assert.equal((await memberStep(member, 1n)).kind, "wait");
		assert.equal(await consortium().sent(WALLETS.members[0]), sent);
	});

	it("that a reorganization changes before the member has signed is proven and signed for as it is then", async () => {
		const beforeThird = await chain().takeSnapshot();
		await submitLast();
		await freeze();
		const double = proverDouble();
		const crash = crashing({ at: PLACE_OF_CLAIM, after: false });
		await assert.rejects(memberStep(await consortium().member(0, crash, 0, double), 1n), /before create/);
		await beforeThird.restore();
		rmSync(join(folder, `wallet-${WALLETS.hospitals[2]}`), { recursive: true });
		await submitLast();
		await freeze();
		assert.equal((await memberStep(await consortium().member(0, undefined, 0, double), 1n)).kind, "postKeySum");
		// Proven for each of the two sets.
		assert.equal(double.made.length, 2);
		assert.equal((await consortium().round(1n)).round.keySums.length, 1);
	});

	it("is not signed for unless the witnesses have it too", async () => {
		await submitLast();
		await freeze();
		const member = await consortium().member(0);
		const disagreeing: Member = {
			...member,
			connection: {
				...member.connection,
				requireAgreement: async () => {
					throw new DecentraHealthError("RPC_DISAGREE", { message: "another block", nextStep: "ask again" });
				},
			},
		};
		await rejectsWithCode(memberStep(disagreeing, 1n), "RPC_DISAGREE");
		assert.deepEqual(readdirSync(join(folder, `wallet-${WALLETS.members[0]}`, "journal")).filter(isClaim), []);
		assert.equal((await memberStep(member, 1n)).kind, "postKeySum");
	});

	it("may be frozen by several at once: the slower ones wait", async () => {
		await submitLast();
		const members = await Promise.all([0, 1, 2].map((index) => consortium().member(index)));
		for (const member of members.slice(0, 2)) {
			assert.equal((await memberStep(member, 1n)).kind, "confirmAvailability");
		}
		const kinds = (await Promise.all(members.map((member) => memberStep(member, 1n)))).map(({ kind }) => kind);
		assert.ok(kinds.includes("freeze"));
		assert.ok(kinds.every((kind) => kind === "freeze" || kind === "wait"));
		assert.equal((await consortium().round(1n)).round.phase, "Frozen");
	});
});

describe("a member's own check of the proofs", () => {
	/** Its RPC node shows the same round with something that the contract would never have accepted. */
	const shown = async (change: (update: UpdateRecord) => UpdateRecord) => {
		await submitLast();
		await freeze();
		const { round, record } = await consortium().round(1n);
		const [first, ...others] = round.updates;
		return { record, round: { ...round, updates: [change(first ?? assert.fail()), ...others] } };
	};
	const refuses = async (
		change: (update: UpdateRecord) => UpdateRecord,
		code: "PROOF_INVALID" | "LEDGER_INCONSISTENT",
	) => {
		const { round, record } = await shown(change);
		await rejectsWithCode(postKeySum(await consortium().member(0), round, record), code);
		assert.deepEqual(
			readdirSync(join(folder, `wallet-${WALLETS.members[0]}`), { recursive: true }).filter(isClaim),
			[],
		);
	};

	it("refuses an update with a proof of something else", async () => {
		await refuses(({ segments: [first, ...others], ...update }) => {
			assert.ok(first !== undefined);
			return { ...update, segments: [{ ...first, proof: update.encryption.proof }, ...others] };
		}, "PROOF_INVALID");
	});

	it("refuses another data set than the proven one", async () => {
		await refuses((update) => ({ ...update, datasetRoot: update.datasetRoot + 1n }), "PROOF_INVALID");
	});

	it("refuses share commitments that were not proven", async () => {
		await refuses((update) => ({ ...update, encryption: { ...update.encryption, shareDigest: 1n } }), "PROOF_INVALID");
	});

	it("refuses fewer segments than the data set takes", async () => {
		await refuses((update) => ({ ...update, segments: update.segments.slice(1) }), "LEDGER_INCONSISTENT");
	});
});

describe("a node that makes events up", () => {
	it("gets no bundle of another context opened", async () => {
		const { round, record } = await consortium().round(1n);
		const update = round.updates[0] ?? assert.fail();
		const forged = { ...update, hospital: getAddress(developmentAccount(WALLETS.stranger).address) };
		await rejectsWithCode(fetchBundle(consortium().coordinator, round, record, forged), "LEDGER_INCONSISTENT");
	});
});

describe("after a deadline", () => {
	it("the round that can't go on is failed by whoever looks", async () => {
		await chain().time.increase(DURATIONS.submission + 1);
		assert.equal((await memberStep(await consortium().member(2), 1n)).kind, "fail");
		const { ledger } = await readLedger(consortium().coordinator.connection);
		assert.equal(ledger.rounds.get(1n)?.failure, "NotEnoughUpdates");
	});
});
