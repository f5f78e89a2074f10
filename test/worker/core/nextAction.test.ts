import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Address } from "viem";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { nextCoordinatorAction, nextHospitalAction, nextMemberAction } from "../../../worker/core/nextAction.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import {
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
const memberDoes = (events: RoundEvents, member: Address, now = 0n, shareKey = shareKeyOf(member)): string =>
	told(nextMemberAction(foldEvents(events.events), { studyId: STUDY_ID, member, shareKey, now }));
const coordinatorDoes = (events: RoundEvents, now = 0n): string =>
	told(nextCoordinatorAction(foldEvents(events.events), { studyId: STUDY_ID, now }));
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

	it("the coordinator opens a round once enough hospitals have committed data", () => {
		const events = roundEvents();
		events.createStudy();
		for (const hospital of [A, B]) events.admitHospital(hospital);
		events.commitDataset(A);
		assert.match(coordinatorDoes(events), /^wait: 1 of at least 2/);
		events.commitDataset(B);
		assert.equal(coordinatorDoes(events), "openRound");
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

	it("enough updates freeze it after the deadline, all expected ones at once, but not by hospitals: they check no bundles", () => {
		const events = open();
		events.submit(A);
		events.submit(B);
		assert.equal(hospitalDoes(events, A, events.deadline()), "wait: this hospital's update is in round 1");
		assert.equal(hospitalDoes(events, C, events.deadline()), "submitUpdate");
		assert.deepEqual(everybodyDoes(events, events.deadline() + 1n), ["freeze", "freeze", "freeze"]);
		events.submit(C);
		assert.deepEqual(everybodyDoes(events, 0n), ["wait: this hospital's update is in round 1", "freeze", "freeze"]);
	});

	it("a removed update is expected no more, and its hospital is out", () => {
		const events = open();
		for (const hospital of [A, B, C]) events.submit(hospital);
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
		events.freeze();
		return events;
	};

	it("members post until the deadline's own second; then it fails", () => {
		const events = frozen();
		assert.deepEqual(everybodyDoes(events, events.deadline()), [
			"wait: round 1 is frozen",
			"postKeySum",
			"wait: round 1 is frozen",
		]);
		assert.deepEqual(everybodyDoes(events, events.deadline() + 1n), ["fail", "fail", "fail"]);
		events.postKeySum(M1);
		assert.equal(memberDoes(events, M1), "wait: this member's part in round 1 is done");
		assert.equal(memberDoes(events, M2), "postKeySum");
	});

	it("once opened, members attest until its deadline's own second, late ones after their key sum", () => {
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
		assert.deepEqual(everybodyDoes(events, events.deadline() + 1n), ["fail", "fail", "fail"]);
	});

	it("a member whose key was replaced acts in the round that seated the old key with the old key alone", () => {
		const events = frozen();
		events.registerKey(M1, 1);
		assert.equal(memberDoes(events, M1), "postKeySum");
		assert.equal(
			memberDoes(events, M1, 0n, shareKeyOf(M1, 1)),
			"wait: the round was opened with another share key of this member",
		);
		events.fail(2);
		assert.match(memberDoes(events, M1), /^wait: another share key/);
		assert.equal(memberDoes(events, M1, 0n, shareKeyOf(M1, 1)), "wait: no round is open");
	});

	it("a seat outlives its member's removal; a member without a seat waits", () => {
		const events = enrolled();
		events.openRound({ committee: [M1, M2] });
		for (const hospital of [A, B, C]) events.submit(hospital);
		events.freeze();
		assert.equal(memberDoes(events, M3), "wait: this wallet is not on the round's committee");
		events.removeMember(M1);
		assert.equal(memberDoes(events, M1), "postKeySum");
	});

	it("after its end there is nothing to do until the next one, whatever the time", () => {
		for (const end of ["finalized", "failed"]) {
			const events = frozen();
			if (end === "failed") events.fail(2);
			else {
				events.postKeySum(M1);
				events.postKeySum(M2, true);
				events.attest(M1);
				events.attest(M2, true);
			}
			const late = events.deadline() + 1_000_000n;
			assert.deepEqual(everybodyDoes(events, late), ["wait: no round is open", "wait: no round is open", "openRound"]);
			events.openRound();
			assert.equal(hospitalDoes(events, A), "submitUpdate");
		}
	});
});
