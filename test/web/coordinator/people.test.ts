import assert from "node:assert/strict";
import { test } from "node:test";
import { committeeProblem, proposeCommittee, seatable, studyProblems } from "../../../web/lib/coordinator/opening.ts";
import { isOwner, soleOwner } from "../../../web/lib/coordinator/ownership.ts";
import { admissionProblem, hospitalRows, memberRows } from "../../../web/lib/coordinator/people.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { address } from "../../support/audit/ledgerWriter.ts";
import { HOSPITALS, MEMBERS, roundEvents, STUDY_ID } from "../../support/roundEvents.ts";

const [A, B, C, D] = HOSPITALS;
const [one, two, three] = MEMBERS;

test("everybody who was ever admitted is listed with what stands now", () => {
	const world = roundEvents();
	world.createStudy();
	for (const hospital of [A, B, C]) world.admitHospital(hospital);
	for (const member of MEMBERS) world.admitMember(member);
	for (const member of [one, two, three]) world.registerKey(member);
	for (const hospital of [A, B, C]) world.commitDataset(hospital);
	const roundId = world.openRound();
	for (const hospital of [A, B, C]) world.submit(hospital);
	world.removeUpdate(B);
	world.removeHospital(C);
	world.removeMember(three);
	const ledger = foldEvents(world.events);
	const hospitals = hospitalRows(ledger, world.events);
	assert.deepEqual(
		hospitals.map(({ address, standing, datasets }) => [address, standing, datasets.length]),
		[
			[A, "admitted", 1],
			[B, "barred", 0],
			[C, "removed", 0],
		],
	);
	assert.deepEqual(hospitals[0]?.datasets, [{ studyId: STUDY_ID, sampleCount: 80 }]);
	assert.deepEqual(
		memberRows(ledger, world.events).map(({ address, standing, hasKey, activeRounds }) => [
			address,
			standing,
			hasKey,
			activeRounds,
		]),
		[
			[one, "admitted", true, [roundId]],
			[two, "admitted", true, [roundId]],
			[three, "removed", false, [roundId]],
		],
	);
	assert.match(admissionProblem(ledger, "hospital", A) ?? "", /admitted already/);
	assert.match(admissionProblem(ledger, "hospital", B) ?? "", /barred/);
	assert.equal(admissionProblem(ledger, "hospital", C), undefined, "a removed one may come back");
	assert.equal(admissionProblem(ledger, "hospital", D), undefined);
	assert.match(admissionProblem(ledger, "member", one) ?? "", /admitted already/);
	assert.equal(admissionProblem(ledger, "member", three), undefined);
	assert.equal(admissionProblem(ledger, "member", A), undefined, "one address may have both roles");
});

test("what a round still needs, and whom it proposes", () => {
	const world = roundEvents();
	assert.deepEqual(studyProblems(foldEvents(world.events), STUDY_ID), ["Study 1 does not exist."]);
	world.createStudy();
	const problems = () => studyProblems(foldEvents(world.events), STUDY_ID);
	assert.equal(problems().length, 2, "no data sets, no keys");
	for (const hospital of [A, B]) {
		world.admitHospital(hospital);
		world.commitDataset(hospital);
	}
	for (const member of MEMBERS) world.admitMember(member);
	world.registerKey(one);
	assert.match(problems().join(), /^1 of 3 committee members/);
	assert.equal(proposeCommittee(foldEvents(world.events), STUDY_ID), undefined);
	for (const member of [two, three]) world.registerKey(member);
	const ledger = foldEvents(world.events);
	assert.deepEqual(studyProblems(ledger, STUDY_ID), []);
	assert.deepEqual(seatable(ledger), MEMBERS);
	const proposed = proposeCommittee(ledger, STUDY_ID) ?? assert.fail("nobody proposed");
	assert.equal(committeeProblem(ledger, STUDY_ID, proposed), undefined);
	assert.match(committeeProblem(ledger, STUDY_ID, [one, two]) ?? "", /Choose 3/);
	assert.match(committeeProblem(ledger, STUDY_ID, [one, two, two]) ?? "", /twice/);
	assert.match(committeeProblem(ledger, STUDY_ID, [one, two, D]) ?? "", /no share key/);
	world.openRound();
	assert.match(studyProblems(foldEvents(world.events), STUDY_ID).join(), /Round 1 has not ended/);
});

test("a wallet is the owner of each contract by itself", () => {
	const owner = address("owner");
	const same = { hospitalRegistry: owner, modelRegistry: owner, roundManager: owner };
	assert.equal(soleOwner(same), owner);
	assert.equal(soleOwner({ ...same, modelRegistry: A }), undefined);
	assert.equal(isOwner({ ...same, modelRegistry: A }, "modelRegistry", owner), false);
	assert.equal(isOwner(same, "roundManager", owner), true);
	assert.equal(isOwner(same, "roundManager", undefined), false);
	assert.equal(isOwner(undefined, "roundManager", owner), false);
});
