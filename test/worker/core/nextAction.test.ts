import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Address } from "viem";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { FAILURE_REASONS } from "../../../worker/core/ledger/state.ts";
import { nextCoordinatorAction, nextHospitalAction, nextMemberAction } from "../../../worker/core/nextAction.ts";
import { chooseCommittee } from "../../../worker/core/rotation.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { address } from "../../support/audit/ledgerWriter.ts";
import {
	DURATIONS,
	enrolled,
	HOSPITALS,
	MEMBERS,
	type RoundEvents,
	rootOf,
	roundEvents,
	STUDY_ID,
	shareKeyOf,
} from "../../support/roundEvents.ts";

const [A, B, C, D] = HOSPITALS;
const [M1, M2, M3] = MEMBERS;

/** The action's kind, and for a wait why. */
const told = (action: { readonly kind: string; readonly reason?: string }): string =>
	action.reason === undefined ? action.kind : `wait: ${action.reason}`;

const hospitalDoes = (events: RoundEvents, hospital: Address, now = 0n, datasetRoot = rootOf(hospital)): string =>
	told(nextHospitalAction(foldEvents(events.events), { studyId: STUDY_ID, hospital, datasetRoot, now }));
const memberDoes = (
	events: RoundEvents,
	member: Address,
	now = 0n,
	shareKey = shareKeyOf(member),
	settledBlock = events.blockNumber(),
): string =>
	told(nextMemberAction(foldEvents(events.events), { studyId: STUDY_ID, member, shareKey, now, settledBlock }));
const coordinatorDoes = (events: RoundEvents, now = 0n, rounds?: number): string =>
	told(nextCoordinatorAction(foldEvents(events.events), { studyId: STUDY_ID, pool: MEMBERS, rounds, now }));
const everybodyDoes = (events: RoundEvents, now: bigint): readonly string[] => [
	hospitalDoes(events, A, now),
	memberDoes(events, M1, now),
	coordinatorDoes(events, now),
];

describe("before a round", () => {
	it("nobody acts in a study that does not exist", () => {
		const events = roundEvents();
		assert.match(hospitalDoes(events, A), /^wait: this wallet is not an admitted hospital/);
		events.admitHospital(A);
		assert.match(hospitalDoes(events, A), /^wait: study 1 does not exist/);
		assert.match(memberDoes(events, M1), /^wait: study 1 does not exist/);
		assert.match(coordinatorDoes(events), /^wait: study 1 does not exist/);
	});

	it("a hospital commits its data once, again when they are others, and again after it was removed and readmitted", () => {
		const events = roundEvents();
		events.createStudy();
		events.admitHospital(A);
		assert.equal(hospitalDoes(events, A), "commitDataset");
		events.commitDataset(A);
		assert.match(hospitalDoes(events, A), /^wait: no round/);
		assert.equal(hospitalDoes(events, A, 0n, 99n), "commitDataset");
		events.removeHospital(A);
		assert.match(hospitalDoes(events, A), /^wait: .*not an admitted/);
		events.admitHospital(A);
		assert.equal(hospitalDoes(events, A), "commitDataset");
	});

	it("a member registers its key when none is registered, and replaces none by itself", () => {
		const events = roundEvents();
		events.createStudy();
		assert.match(memberDoes(events, M1), /^wait: .*not an admitted/);
		events.admitMember(M1);
		assert.equal(memberDoes(events, M1), "registerShareKey");
		events.registerKey(M1, 1);
		assert.match(memberDoes(events, M1), /^wait: another share key/);
		assert.match(memberDoes(events, M1, 0n, shareKeyOf(M1, 1)), /^wait: no round/);
		events.removeMember(M1);
		assert.match(memberDoes(events, M1), /^wait: .*not an admitted/);
		events.admitMember(M1);
		assert.equal(memberDoes(events, M1), "registerShareKey");
	});

	it("the coordinator opens a round once enough hospitals have committed data and enough members have keys", () => {
		const events = roundEvents();
		events.createStudy();
		for (const member of MEMBERS) events.admitMember(member);
		for (const hospital of [A, B]) events.admitHospital(hospital);
		events.commitDataset(A);
		assert.match(coordinatorDoes(events), /^wait: 1 of at least 2/);
		events.commitDataset(B);
		assert.equal(coordinatorDoes(events), "wait: fewer than 3 members of the pool have registered a share key");
		for (const member of MEMBERS) events.registerKey(member);
		assert.equal(coordinatorDoes(events), "openRound");
		assert.equal(coordinatorDoes(events, 0n, 1), "openRound");
		assert.equal(coordinatorDoes(events, 0n, 0), "wait: 0 rounds of study 1 are finalized, as many as asked for");
		events.removeHospital(B);
		assert.match(coordinatorDoes(events), /^wait: 1 of at least 2/);
	});
});

describe("an open round", () => {
	const open = (): RoundEvents => {
		const events = enrolled();
		events.openRound();
		return events;
	};

	it("hospitals submit until the deadline's own second; then too few updates fail it", () => {
		const events = open();
		assert.deepEqual(everybodyDoes(events, events.deadline()), [
			"submitUpdate",
			"wait: round 1 is open for updates",
			"wait: round 1 is open",
		]);
		assert.deepEqual(everybodyDoes(events, events.deadline() + 1n), ["fail", "fail", "fail"]);
		events.submit(A);
		assert.deepEqual(everybodyDoes(events, events.deadline() + 1n), ["fail", "fail", "fail"]);
	});

	it("after the deadline members confirm what they have not confirmed, until the checking's last second", () => {
		const events = open();
		events.submit(A);
		events.submit(B);
		const checkingEnds = events.deadline() + DURATIONS.checking;
		assert.equal(memberDoes(events, M1, events.deadline()), "wait: round 1 is open for updates");
		assert.equal(hospitalDoes(events, C, events.deadline()), "submitUpdate");
		assert.deepEqual(everybodyDoes(events, events.deadline() + 1n), [
			"wait: this hospital's update is in round 1",
			"confirmAvailability",
			"wait: round 1 is open",
		]);
		assert.equal(hospitalDoes(events, C, events.deadline() + 1n), "wait: the submissions of round 1 are over");
		assert.equal(memberDoes(events, M1, checkingEnds), "confirmAvailability");
		events.confirm(M1, [B]);
		const action = nextMemberAction(foldEvents(events.events), {
			studyId: STUDY_ID,
			member: M1,
			shareKey: shareKeyOf(M1),
			now: checkingEnds,
			settledBlock: 0n,
		});
		assert.ok(action.kind === "confirmAvailability");
		assert.deepEqual(
			action.updates.map(({ hospital, position }) => [hospital, position]),
			[[A, 0]],
		);
		events.confirm(M1, [A]);
		assert.equal(memberDoes(events, M1, checkingEnds), "wait: round 1 is being checked by the other members");
		assert.equal(memberDoes(events, M2, checkingEnds), "confirmAvailability");
	});

	it("the last expected update ends the submissions; then t confirmations of each freeze it at once, but not by hospitals", () => {
		const events = open();
		for (const hospital of [A, B, C]) events.submit(hospital);
		assert.equal(memberDoes(events, M1), "wait: round 1 is open for updates");
		events.close();
		assert.equal(memberDoes(events, M1), "confirmAvailability");
		events.confirm(M1);
		events.confirm(M2, [A, B]);
		assert.equal(memberDoes(events, M1), "wait: round 1 is being checked by the other members");
		events.confirm(M3, [C]);
		assert.deepEqual(everybodyDoes(events, 0n), ["wait: this hospital's update is in round 1", "freeze", "freeze"]);
	});

	it("after the checking, enough available updates freeze it, too few fail it, by anybody", () => {
		const events = open();
		for (const hospital of [A, B, C]) events.submit(hospital);
		events.close();
		const checkingEnds = events.deadline() + DURATIONS.checking;
		events.confirm(M1);
		events.confirm(M2, [A]);
		assert.equal(memberDoes(events, M1, checkingEnds), "wait: round 1 is being checked by the other members");
		assert.deepEqual(everybodyDoes(events, checkingEnds + 1n), ["fail", "fail", "fail"]);
		events.confirm(M3, [B]);
		assert.equal(memberDoes(events, M1, checkingEnds), "wait: round 1 is being checked by the other members");
		assert.deepEqual(everybodyDoes(events, checkingEnds + 1n), ["freeze", "freeze", "freeze"]);
		events.exclude(C);
		events.freeze();
		assert.match(hospitalDoes(events, C), /^wait: this hospital's update is not in round 1: too few members/);
		assert.equal(hospitalDoes(events, A), "wait: round 1 is frozen");
	});

	it("too few live updates fail it without a checking, also when others were removed after the end of submissions", () => {
		const events = open();
		for (const hospital of [A, B, C]) events.submit(hospital);
		events.close();
		events.removeUpdate(B);
		events.removeUpdate(C);
		assert.equal(memberDoes(events, M1, events.deadline()), "confirmAvailability");
		assert.deepEqual(everybodyDoes(events, events.deadline() + 1n), ["fail", "fail", "fail"]);
	});

	it("a removed update is expected no more, and its hospital is out", () => {
		const events = open();
		for (const hospital of [A, B, C]) events.submit(hospital);
		events.close();
		for (const member of [M1, M2]) events.confirm(member, [A, B]);
		assert.equal(memberDoes(events, M1), "confirmAvailability");
		events.removeUpdate(C);
		assert.equal(memberDoes(events, M1), "freeze");
		events.removeUpdate(B);
		assert.equal(hospitalDoes(events, A, 0n), "wait: this hospital's update is in round 1");
		assert.match(hospitalDoes(events, C), /^wait: .*not an admitted/);
		events.admitHospital(C);
		events.commitDataset(C);
		assert.equal(hospitalDoes(events, C), "wait: this hospital's update was removed from round 1");
	});

	it("only data committed before it counts, and replacing it waits for an update that was not submitted yet", () => {
		const events = enrolled();
		events.admitHospital(D);
		events.openRound();
		assert.equal(hospitalDoes(events, D), "commitDataset");
		events.commitDataset(D);
		assert.equal(hospitalDoes(events, D), "wait: the data set counts from the next round on");
		assert.match(hospitalDoes(events, A, 0n, 99n), /^wait: the registered data set is another one/);
		events.submit(A);
		assert.equal(hospitalDoes(events, A, 0n, 99n), "commitDataset");
	});

	it("a hospital does not prove for a round that is full", () => {
		const events = open();
		const { maxSampleSum } = standardProfile;
		events.submit(A, maxSampleSum - 80);
		assert.equal(hospitalDoes(events, B), "submitUpdate");
		events.submit(C, 8);
		assert.equal(hospitalDoes(events, B), "wait: round 1 is full");
	});
});

describe("a frozen and an opened round", () => {
	const frozen = (): RoundEvents => {
		const events = enrolled();
		events.openRound();
		for (const hospital of [A, B, C]) events.submit(hospital);
		for (const member of [M1, M2]) events.confirm(member);
		events.freeze();
		return events;
	};

	it("a frozen round waits for its members, however late they are: there is no way back", () => {
		const events = frozen();
		for (const late of [0n, 1n, 10_000_000n]) {
			assert.deepEqual(everybodyDoes(events, events.deadline() + late), [
				"wait: round 1 is frozen",
				"postKeySum",
				"wait: round 1 is frozen",
			]);
		}
		events.postKeySum(M1);
		assert.equal(memberDoes(events, M1), "wait: this member's part in round 1 is done");
		assert.equal(memberDoes(events, M2), "postKeySum");
	});

	it("a member signs for no set that is not deep enough in the chain", () => {
		const events = frozen();
		const frozenAt = foldEvents(events.events).rounds.get(1n)?.frozen?.place.blockNumber ?? assert.fail();
		const settled = (settledBlock: bigint) => memberDoes(events, M1, 0n, shareKeyOf(M1), settledBlock);
		assert.equal(settled(frozenAt - 1n), "wait: the frozen set of round 1 is not deep enough in the chain yet");
		assert.equal(settled(frozenAt), "postKeySum");
	});

	it("once opened, members attest whenever they come, late ones after their key sum", () => {
		const events = frozen();
		events.postKeySum(M1);
		events.postKeySum(M2, true);
		assert.deepEqual(everybodyDoes(events, events.deadline()), [
			"wait: round 1 is opened",
			"attest",
			"wait: round 1 is opened",
		]);
		assert.equal(memberDoes(events, M3), "postKeySum");
		events.postKeySum(M3);
		assert.equal(memberDoes(events, M3), "attest");
		events.attest(M1);
		assert.equal(memberDoes(events, M1), "wait: this member's part in round 1 is done");
		assert.equal(memberDoes(events, M2, events.deadline() + 10_000_000n), "attest");
	});

	it("the frozen set's hospitals attest once the members' own time is over, each once", () => {
		const events = enrolled();
		events.openRound();
		for (const hospital of [A, B, C]) events.submit(hospital);
		for (const member of [M1, M2]) events.confirm(member, [A, B]);
		events.exclude(C);
		events.freeze();
		events.postKeySum(M1);
		events.postKeySum(M2, true);
		assert.equal(hospitalDoes(events, A, events.deadline()), "wait: round 1 is opened");
		assert.equal(hospitalDoes(events, A, events.deadline() + 1n), "attestAsHospital");
		assert.match(hospitalDoes(events, C, events.deadline() + 1n), /^wait: this hospital's update is not in round 1/);
		events.attestAsHospital(A);
		assert.match(hospitalDoes(events, A, events.deadline() + 1n), /^wait: this hospital has attested/);
		assert.equal(hospitalDoes(events, B, events.deadline() + 1n), "attestAsHospital");
		events.attestAsHospital(B, true);
		assert.equal(hospitalDoes(events, A, events.deadline() + 1n), "wait: no round is open");
		assert.equal(coordinatorDoes(events), "openRound");
	});

	it("a member whose key was replaced acts in the round that seated the old key with the old key alone", () => {
		const events = frozen();
		events.registerKey(M1, 1);
		assert.equal(memberDoes(events, M1), "postKeySum");
		assert.equal(
			memberDoes(events, M1, 0n, shareKeyOf(M1, 1)),
			"wait: the round was opened with another share key of this member",
		);
		events.postKeySum(M2);
		events.postKeySum(M3, true);
		events.attest(M2);
		events.attest(M3, true);
		assert.match(memberDoes(events, M1), /^wait: another share key/);
		assert.equal(memberDoes(events, M1, 0n, shareKeyOf(M1, 1)), "wait: no round is open");
	});

	it("a seat outlives its member's removal; a member without a seat waits", () => {
		const events = enrolled();
		events.openRound({ committee: [M1, M2] });
		for (const hospital of [A, B, C]) events.submit(hospital);
		for (const member of [M1, M2]) events.confirm(member);
		events.freeze();
		assert.equal(memberDoes(events, M3), "wait: this wallet is not on the round's committee");
		events.removeMember(M1);
		assert.equal(memberDoes(events, M1), "postKeySum");
	});

	it("after its end there is nothing to do until the next one, whatever the time", () => {
		for (const end of ["finalized", "cancelled"]) {
			const events = end === "finalized" ? frozen() : enrolled();
			if (end === "cancelled") {
				events.openRound();
				events.fail(FAILURE_REASONS.indexOf("Cancelled"));
			} else {
				events.postKeySum(M1);
				events.postKeySum(M2, true);
				events.attest(M1);
				events.attest(M2, true);
			}
			const late = events.deadline() + 1_000_000n;
			assert.deepEqual(everybodyDoes(events, late), ["wait: no round is open", "wait: no round is open", "openRound"]);
			assert.equal(
				coordinatorDoes(events, late, 1),
				end === "cancelled" ? "openRound" : "wait: 1 rounds of study 1 are finalized, as many as asked for",
			);
			events.openRound();
			assert.equal(hospitalDoes(events, A), "submitUpdate");
		}
	});

	it("a closed study is over for everybody", () => {
		const events = frozen();
		events.closeStudy();
		const { rounds, closedStudies } = foldEvents(events.events);
		assert.deepEqual([rounds.get(1n)?.failure, [...closedStudies]], ["StudyClosed", [STUDY_ID]]);
		assert.deepEqual(everybodyDoes(events, 0n), [
			"wait: study 1 was closed for good",
			"wait: no round is open",
			"wait: study 1 was closed for good",
		]);
	});

	it("no event ends a frozen round but its finalization and the study's end, nor an open one by the latter", () => {
		for (const failure of ["NotEnoughUpdates", "NotEnoughAvailable", "Cancelled"] as const) {
			const events = frozen();
			events.fail(FAILURE_REASONS.indexOf(failure));
			assert.throws(() => foldEvents(events.events), { code: "LEDGER_INCONSISTENT" }, failure);
		}
		const open = enrolled();
		open.openRound();
		open.closeStudy();
		assert.throws(() => foldEvents(open.events), { code: "LEDGER_INCONSISTENT" });
	});
});

describe("the next committee", () => {
	const POOL = ["1", "2", "3", "4", "5"].map((name) => address(`pool member ${name}`));
	const pooled = (registered: readonly Address[]): RoundEvents => {
		const events = roundEvents();
		for (const member of POOL) events.admitMember(member);
		for (const member of registered) events.registerKey(member);
		return events;
	};
	const seats = (events: RoundEvents, roundId: bigint, size = 3): readonly number[] | undefined =>
		chooseCommittee(foldEvents(events.events), { pool: POOL, size, roundId })?.map((member) => POOL.indexOf(member));

	it("seats everybody in turn, in the pool's order", () => {
		const events = pooled(POOL);
		assert.deepEqual(
			[1n, 2n, 3n, 4n, 5n, 6n].map((roundId) => seats(events, roundId)),
			[
				[0, 1, 2],
				[1, 2, 3],
				[2, 3, 4],
				[0, 3, 4],
				[0, 1, 4],
				[0, 1, 2],
			],
		);
	});

	it("is the same in every round when the pool is no larger", () => {
		for (const roundId of [1n, 2n, 7n]) assert.deepEqual(seats(pooled(POOL), roundId, 5), [0, 1, 2, 3, 4]);
	});

	it("skips who has no key or is not admitted any more, and is none when too few are left", () => {
		const without = POOL.filter((_, index) => index !== 1);
		const events = pooled(without);
		assert.deepEqual(seats(events, 1n), [0, 2, 3]);
		assert.deepEqual(seats(events, 2n), [2, 3, 4]);
		events.removeMember(POOL[3] as Address);
		assert.deepEqual(seats(events, 2n), [0, 2, 4]);
		events.removeMember(POOL[0] as Address);
		assert.equal(seats(events, 2n), undefined);
		// Naming a member twice seats it once.
		assert.equal(
			chooseCommittee(foldEvents(events.events), { pool: [...POOL, ...POOL], size: 3, roundId: 1n }),
			undefined,
		);
	});

	it("is what the coordinator opens the round with", () => {
		const events = enrolled();
		const action = nextCoordinatorAction(foldEvents(events.events), {
			studyId: STUDY_ID,
			pool: [M3, ...POOL, M1, M2],
			now: 0n,
		});
		assert.deepEqual(action, { kind: "openRound", baseModelId: 1n, committee: [M3, M1, M2] });
	});
});
