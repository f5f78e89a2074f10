/**
 * Two sums over different sets from the same base weights give one hospital's weights away: no schedule of a coordinator and no withholding
 * member makes a round repeat once its set is frozen, and workers refuse a repetition that a contract shows them all the same.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Ledger, RoundRecord } from "../../../worker/core/ledger/state.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { cancelRound, closeStudy, coordinatorStep, openRound } from "../../../worker/node/coordinator.ts";
import { hospitalStep } from "../../../worker/node/hospital.ts";
import { carryOut } from "../../../worker/node/housekeeping.ts";
import { postKeySum } from "../../../worker/node/keySum.ts";
import type { Member } from "../../../worker/node/member.ts";
import { requireUnopenedBase } from "../../../worker/node/openedBase.ts";
import { proveUpdate } from "../../../worker/node/proveUpdate.ts";
import { claimTrainedBase } from "../../../worker/node/trainedBase.ts";
import { keepNotes } from "../../support/keepNotes.ts";
import { openRoundFixture } from "../../support/openRoundFixture.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { DURATIONS, WALLETS } from "../../support/workerConsortium.ts";

// t = n: a single member can withhold what all the others wait for.
const { folder, chain, consortium, submitLast, freeze } = openRoundFixture({ committee: { members: 3, threshold: 3 } });

const step = async (index: number): Promise<string> => (await memberStep(await consortium().member(index), 1n)).kind;
const coordinate = async () => {
	const { coordinator, studyId, pool } = consortium();
	return coordinatorStep(coordinator, { studyId, pool, durations: DURATIONS });
};
const years = (count: number): Promise<unknown> => chain().time.increase(count * 365 * 24 * 3600);
const memberNotes = (index: number): string => join(folder, `wallet-${WALLETS.members[index]}`);

describe("the coordinator alone", () => {
	it("gets no second round out of a frozen one, however short its durations and however late the members", async () => {
		await submitLast();
		await freeze();
		for (const phase of ["Frozen", "Opened"] as const) {
			await years(0.4);
			const { round } = await consortium().round(1n);
			assert.equal(round.phase, phase);
			const { coordinator, studyId, committee } = consortium();
			for (const act of [
				() => carryOut(coordinator, { kind: "fail", round }),
				() => cancelRound(coordinator, 1n),
				() => closeStudy(coordinator, studyId),
				() => openRound(coordinator, { studyId, committee, durations: { submission: 1, checking: 1, attestation: 1 } }),
			]) {
				await rejectsWithCode(act(), "CONTRACT_REVERTED");
			}
			assert.equal((await coordinate()).kind, "wait");
			// Members that were away for longer than any duration are back.
			if (phase === "Frozen") for (const index of [0, 1, 2]) assert.equal(await step(index), "postKeySum");
		}
		for (const index of [0, 1, 2]) assert.equal(await step(index), "attest");
		const { round } = await consortium().round(1n);
		assert.deepEqual([round.phase, round.finalized?.modelId], ["Finalized", 2n]);
		assert.equal((await coordinate()).kind, "openRound");
		assert.equal((await consortium().round(2n)).round.baseModelId, 2n);
	});

	it("may cancel what is not frozen: hospitals give their update again", async () => {
		await submitLast();
		await cancelRound(consortium().coordinator, 1n);
		assert.equal((await consortium().round(1n)).round.failure, "Cancelled");
		await consortium().openRound();
		for (const index of [0, 1, 2]) {
			const hospital = await consortium().hospital(index);
			assert.equal((await hospitalStep(hospital, 1n, consortium().study)).kind, "submitUpdate");
		}
		assert.equal((await consortium().round(2n)).round.updates.length, 3);
	});

	it("closes a study for good when a frozen round has waited long enough; no round of it follows", async () => {
		await submitLast();
		await freeze();
		await years(0.5);
		const { coordinator, studyId } = consortium();
		await closeStudy(coordinator, studyId);
		const { round } = await consortium().round(1n);
		assert.deepEqual([round.phase, round.failure], ["Failed", "StudyClosed"]);
		assert.match(JSON.stringify(await coordinate()), /closed for good/);
		await rejectsWithCode(consortium().openRound(), "CONTRACT_REVERTED");
		// Members come back too late: nothing asks them for a sum any more.
		assert.equal(await step(0), "wait");
	});
});

describe("a member that withholds its attestation, at t = n", () => {
	it("vetoes nothing: when the members had their time, most of the frozen set's hospitals finish the round", async () => {
		await submitLast();
		await freeze();
		for (const index of [0, 1, 2]) assert.equal(await step(index), "postKeySum");
		for (const index of [0, 1]) assert.equal(await step(index), "attest");
		const hospitalStepOf = async (index: number) =>
			(await hospitalStep(await consortium().hospital(index), 1n, consortium().study)).kind;
		assert.equal(await hospitalStepOf(0), "wait");
		await chain().time.increase(DURATIONS.attestation + 1);
		assert.equal(await hospitalStepOf(0), "attestAsHospital");
		assert.equal(await hospitalStepOf(0), "wait");
		assert.equal((await consortium().round(1n)).round.phase, "Opened");
		assert.equal(await hospitalStepOf(2), "attestAsHospital");
		const { round } = await consortium().round(1n);
		assert.deepEqual([round.phase, round.hospitalAttestations.length], ["Finalized", 2]);
		assert.equal((await coordinate()).kind, "openRound");
		assert.equal((await consortium().round(2n)).round.baseModelId, 2n);
	});
});

describe("a member", () => {
	/** Its node's contract is another one of the coordinator's, with the same round over the same base weights. */
	const elsewhere = (member: Member): Member => ({
		...member,
		connection: {
			...member.connection,
			deployment: { ...member.connection.deployment, roundManager: `0x${"99".repeat(20)}` },
		},
	});

	it("opens no second set over the same base weights, in another contract either", async () => {
		await submitLast();
		await freeze();
		assert.equal(await step(0), "postKeySum");
		const { round, record } = await consortium().round(1n);
		const member = elsewhere(await consortium().member(0));
		// Its study's initial model would be another one, too.
		await rejectsWithCode(postKeySum(member, round, record), "INITIAL_MODEL_MISMATCH");
		const { frozen } = round;
		assert.ok(frozen !== undefined);
		const { message } = await rejectsWithCode(
			requireUnopenedBase(member, await consortium().ledger(), round, frozen),
			"SECOND_FROZEN_SET",
		);
		assert.match(message, /which this member opened in round 1 of 0x.* on chain 31337/);
	});

	it("opens none over base weights over which its chain shows another frozen set, whoever signed for it", async () => {
		await submitLast();
		await freeze();
		const { round } = await consortium().round(1n);
		const ledger = await consortium().ledger();
		const again = { ...round, roundId: 2n };
		const shown = { ...ledger, rounds: new Map([...ledger.rounds, [2n, again]]) };
		const member = await consortium().member(0);
		const { frozen } = round;
		assert.ok(frozen !== undefined);
		await requireUnopenedBase(member, ledger, round, frozen);
		await rejectsWithCode(requireUnopenedBase(member, shown, again, frozen), "SECOND_FROZEN_SET");
	});

	it("signs nothing with notes that are older than the chain shows: a restored backup", async () => {
		await submitLast();
		const backup = keepNotes(memberNotes(0));
		await freeze();
		assert.equal(await step(0), "postKeySum");
		// Before it had confirmed anything.
		backup.restore();
		const { round, record } = await consortium().round(1n);
		const restored = await consortium().member(0);
		await rejectsWithCode(postKeySum(restored, round, record), "JOURNAL_OUTDATED");
		backup.forget();
	});

	it("with a backup from between its confirmation and its key sum is refused by the key sum on chain", async () => {
		await submitLast();
		await freeze();
		const backup = keepNotes(memberNotes(1));
		assert.equal(await step(1), "postKeySum");
		backup.restore();
		const { round, record } = await consortium().round(1n);
		const { message } = await rejectsWithCode(
			postKeySum(await consortium().member(1), round, record),
			"JOURNAL_OUTDATED",
		);
		assert.match(message, /posted a key sum in round 1/);
		backup.forget();
	});

	it("with an untouched folder signs", async () => {
		await submitLast();
		await freeze();
		assert.equal(await step(2), "postKeySum");
	});
});

describe("a hospital", () => {
	const claims = async (change: (ledger: Ledger, round: RoundRecord) => { ledger: Ledger; round: RoundRecord }) => {
		const { round } = await consortium().round(1n);
		const changed = change(await consortium().ledger(), round);
		return claimTrainedBase(await consortium().hospital(0), changed.ledger, changed.round);
	};
	const withRound = (ledger: Ledger, round: RoundRecord): Ledger => ({
		...ledger,
		rounds: new Map([...ledger.rounds, [round.roundId, round]]),
	});
	const second = (round: RoundRecord): RoundRecord => ({ ...round, roundId: 2n, updates: [], phase: "Open" });

	it("gives its update of a round as often as it takes, and of another from the same base weights only after an end before the freeze", async () => {
		await claims((ledger, round) => ({ ledger, round }));
		for (const failure of ["NotEnoughUpdates", "NotEnoughAvailable", "Cancelled"] as const) {
			await claims((ledger, round) => ({
				ledger: withRound(ledger, { ...round, phase: "Failed", failure }),
				round: second(round),
			}));
		}
	});

	it("refuses while the first one goes on, after its freeze, and when its chain does not show it", async () => {
		for (const first of [
			(round: RoundRecord): RoundRecord => round,
			(round: RoundRecord): RoundRecord => ({ ...round, phase: "Frozen" }),
			(round: RoundRecord): RoundRecord => ({ ...round, phase: "Finalized" }),
			(round: RoundRecord): RoundRecord => ({
				...round,
				phase: "Failed",
				failure: "StudyClosed",
				frozen: { frozenSetDigest: "0x", hospitals: [], bundleDigests: [], place: round.place },
			}),
		]) {
			const refused = claims((ledger, round) => ({ ledger: withRound(ledger, first(round)), round: second(round) }));
			await rejectsWithCode(refused, "BASE_REPEATED");
		}
		const elsewhere = claims((ledger, round) => ({
			ledger: { ...ledger, rounds: new Map([[2n, second(round)]]) },
			round: second(round),
		}));
		await rejectsWithCode(elsewhere, "BASE_REPEATED");
	});

	it("refuses a second contract, and goes on when its operator says so in words", async () => {
		const hospital = await consortium().hospital(0);
		const { round } = await consortium().round(1n);
		const { connection } = hospital;
		const other = {
			...hospital,
			connection: {
				...connection,
				deployment: { ...connection.deployment, roundManager: `0x${"99".repeat(20)}` as const },
			},
		};
		const ledger = await consortium().ledger();
		// Its study's initial model would be another one, too.
		await rejectsWithCode(proveUpdate(other, ledger, round, consortium().study), "INITIAL_MODEL_MISMATCH");
		await rejectsWithCode(claimTrainedBase(other, ledger, round), "BASE_REPEATED");
		const { baseCommitment } = round.opening;
		const words = { baseCommitment: baseCommitment + 1n, reason: "another base model, which is not this one" };
		await rejectsWithCode(claimTrainedBase({ ...other, acceptedRepeats: [words] }, ledger, round), "BASE_REPEATED");
		const accepted = { ...words, baseCommitment };
		await claimTrainedBase({ ...other, acceptedRepeats: [accepted] }, ledger, round);
	});

	it("without its notes knows from the chain what it gave", async () => {
		const hospital = await consortium().hospital(0);
		const { round } = await consortium().round(1n);
		const empty = { ...hospital, journal: { ...hospital.journal, readStrict: async () => undefined } };
		const refused = claimTrainedBase(empty, withRound(await consortium().ledger(), second(round)), second(round));
		await rejectsWithCode(refused, "BASE_REPEATED");
	});
});
