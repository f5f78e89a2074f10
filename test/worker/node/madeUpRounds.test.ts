/** What a hospital and a member refuse to publish although their RPC node, or the coordinator, says that it is due. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { ChainConnection } from "../../../worker/adapters/chain/connect.ts";
import type { Ledger, RoundRecord } from "../../../worker/core/ledger/state.ts";
import { type Hospital, hospitalStep } from "../../../worker/node/hospital.ts";
import { postKeySum } from "../../../worker/node/keySum.ts";
import { readLedger } from "../../../worker/node/participant.ts";
import { proveUpdate } from "../../../worker/node/proveUpdate.ts";
import { publicKeyOf } from "../../../worker/protocol/babyJubJub.ts";
import { committeeKeysDigest } from "../../../worker/protocol/committeeKeysDigest.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { openRoundFixture } from "../../support/openRoundFixture.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";

const { folder, consortium, submitLast, freeze } = openRoundFixture();

const onChain = (connection: ChainConnection, id: number): ChainConnection => ({
	...connection,
	chain: { ...connection.chain, id },
});

const blocks = (): readonly string[] => readdirSync(join(folder, "ipfs"), { recursive: true, encoding: "utf8" }).sort();

/** What the ledger of an RPC node says, with another round 1 in it. */
const showing = async (round: RoundRecord): Promise<Ledger> => {
	const ledger = await consortium().ledger();
	return { ...ledger, rounds: new Map([...ledger.rounds, [round.roundId, round]]) };
};

const withKeys = (round: RoundRecord, secrets: readonly bigint[]): RoundRecord => {
	const shareKeys = secrets.map(publicKeyOf);
	return { ...round, opening: { ...round.opening, shareKeys, committeeKeysDigest: committeeKeysDigest(shareKeys) } };
};

describe("a hospital", () => {
	it("encrypts to the committee that it pinned, and to no other that it is shown", async () => {
		const { round } = await consortium().round(1n);
		const { study } = consortium();
		const prove = async (hospital: Hospital, shown: RoundRecord) =>
			proveUpdate(hospital, await showing(shown), shown, study);
		const committeeKeysDigests = [5n, round.opening.committeeKeysDigest];
		const pinned = { ...(await consortium().hospital(2)), committeeKeysDigests };
		const before = blocks();
		await rejectsWithCode(prove(pinned, withKeys(round, [3n, 4n, 5n])), "COMMITTEE_UNEXPECTED");
		// The right digest beside other keys fools nobody either.
		const { shareKeys } = withKeys(round, [3n, 4n, 5n]).opening;
		const mixed = { ...round, opening: { ...round.opening, shareKeys } };
		await rejectsWithCode(prove(pinned, mixed), "COMMITTEE_UNEXPECTED");
		await rejectsWithCode(prove(await consortium().hospital(2), mixed), "COMMITTEE_UNEXPECTED");
		await rejectsWithCode(prove({ ...pinned, committeeKeysDigests: [5n] }, round), "COMMITTEE_UNEXPECTED");
		assert.deepEqual(blocks(), before);
		const { bundleDigest } = await prove(pinned, round);
		assert.ok(blocks().some((name) => name.endsWith(bundleDigest.slice(2))));
	});

	it("takes part in no round that is not deep enough in the chain, or that its witnesses do not have", async () => {
		const hospital = await consortium().hospital(2);
		const { blockNumber } = await readLedger(hospital.connection);
		const { round } = await consortium().round(1n);
		const before = blocks();
		const step = (changed: Partial<Hospital>) => hospitalStep({ ...hospital, ...changed }, 1n, consortium().study);
		const depth = Number(blockNumber - round.place.blockNumber);
		assert.equal((await step({ confirmations: depth + 1 })).kind, "wait");
		const requireAgreement = async () => {
			throw new DecentraHealthError("RPC_DISAGREE", { message: "another block", nextStep: "ask again" });
		};
		const connection = { ...hospital.connection, requireAgreement };
		await rejectsWithCode(step({ connection }), "RPC_DISAGREE");
		assert.deepEqual(blocks(), before);
		assert.equal((await step({ confirmations: depth })).kind, "submitUpdate");
	});

	it("names a committee off development chains", async () => {
		const { round } = await consortium().round(1n);
		const hospital = await consortium().hospital(2);
		const { train, encrypt } = hospital.circuits;
		const circuits = { train: { ...train, developmentOnly: false }, encrypt: { ...encrypt, developmentOnly: false } };
		const elsewhere = { ...hospital, circuits, connection: onChain(hospital.connection, 1) };
		await rejectsWithCode(
			proveUpdate(elsewhere, await consortium().ledger(), round, consortium().study),
			"COMMITTEE_UNEXPECTED",
		);
	});

	it("proves nothing with development keys off development chains", async () => {
		const { round } = await consortium().round(1n);
		const hospital = await consortium().hospital(2);
		const development = { ...hospital.circuits.train, developmentOnly: true };
		const { study } = consortium();
		const elsewhere = {
			...hospital,
			circuits: { ...hospital.circuits, train: development },
			connection: onChain(hospital.connection, 11155111),
		};
		const before = blocks();
		await rejectsWithCode(proveUpdate(elsewhere, await consortium().ledger(), round, study), "DEVELOPMENT_KEYS");
		assert.deepEqual(blocks(), before);
	});
});

describe("a member", () => {
	it("opens no set smaller than the study allows, nor than three off development chains", async () => {
		await submitLast();
		await freeze();
		const { round, record } = await consortium().round(1n);
		const member = await consortium().member(0);
		const alone: RoundRecord = { ...round, updates: round.updates.slice(0, 1) };
		const before = blocks();
		await rejectsWithCode(postKeySum(member, alone, record), "TASK_REFUSED");
		const lenient = { ...record, parameters: { ...record.parameters, minUpdates: 1 } };
		const elsewhere = { ...member, connection: onChain(member.connection, 1) };
		await rejectsWithCode(postKeySum(elsewhere, alone, lenient), "TASK_REFUSED");
		assert.deepEqual(blocks(), before);
	});
});
