/** A round that the coordinator fills with wallets of its own is not opened: not by members that know somebody, nor in a study that names its hospitals. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { getAddress } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { encodeStudy } from "../../../worker/core/codecs/study.ts";
import type { StudyRecord } from "../../../worker/core/ledger/state.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { hospitalStep } from "../../../worker/node/hospital.ts";
import { postKeySum } from "../../../worker/node/keySum.ts";
import { requireExpectedHospitals, unexpectedHospitals } from "../../../worker/node/knownHospitals.ts";
import { openRoundFixture } from "../../support/openRoundFixture.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { WALLETS } from "../../support/workerConsortium.ts";

const { consortium, submitLast, freeze } = openRoundFixture();

const HOSPITALS = WALLETS.hospitals.map((wallet) => getAddress(developmentAccount(wallet).address));
const STRANGER = getAddress(developmentAccount(WALLETS.stranger).address);

/** The study's record as if its definition named these. */
const naming = async (record: StudyRecord, participants: readonly string[]): Promise<StudyRecord> => {
	const study = { ...consortium().study, participants: participants.map((address) => getAddress(address)) };
	const definitionDigest = await consortium().coordinator.store.put(encodeStudy(study));
	return { ...record, parameters: { ...record.parameters, definitionDigest } };
};

describe("a member", () => {
	it("posts no key sum for a set with too few hospitals that it knows", async () => {
		await submitLast();
		await freeze();
		const { round, record } = await consortium().round(1n);
		const member = await consortium().member(0);
		for (const known of [
			{ knownHospitals: [STRANGER] },
			{ knownHospitals: [...HOSPITALS.slice(1), STRANGER] },
			{ knownHospitals: [...HOSPITALS.slice(2), STRANGER], minKnownHospitals: 2 },
		]) {
			const { nextStep } = await rejectsWithCode(
				postKeySum({ ...member, ...known }, round, record),
				"HOSPITALS_UNEXPECTED",
			);
			assert.match(nextStep, /knownHospitals/);
		}
		assert.deepEqual((await consortium().round(1n)).round.keySums, []);
		const knowing = { ...member, knownHospitals: HOSPITALS.slice(1), minKnownHospitals: 2 };
		assert.equal((await memberStep(knowing, 1n)).kind, "postKeySum");
	});

	it("confirms one that it does not know only beside enough that it knows: the set would be frozen and never opened", async () => {
		await submitLast();
		const member = await consortium().member(0);
		const step = await memberStep(
			{ ...member, knownHospitals: [STRANGER, ...HOSPITALS.slice(2)], minKnownHospitals: 2 },
			1n,
		);
		assert.ok(step.kind === "confirmAvailability");
		assert.deepEqual(
			step.updates.map(({ hospital }) => hospital),
			HOSPITALS.slice(2),
		);
		assert.deepEqual(
			step.unavailable?.map(({ hospital, code }) => [hospital, code]),
			HOSPITALS.slice(0, 2).map((hospital) => [hospital, "HOSPITALS_UNEXPECTED"]),
		);
		const next = await memberStep({ ...member, knownHospitals: HOSPITALS.slice(1), minKnownHospitals: 2 }, 1n);
		assert.ok(next.kind === "confirmAvailability");
		assert.deepEqual(
			next.updates.map(({ hospital }) => hospital),
			HOSPITALS.slice(0, 2),
		);
	});

	it("confirms and opens nothing of a hospital that the study does not name", async () => {
		await submitLast();
		const { round, record } = await consortium().round(1n);
		const member = await consortium().member(0);
		const named = await naming(record, [HOSPITALS[0] ?? "", HOSPITALS[2] ?? "", STRANGER]);
		assert.deepEqual([...(await unexpectedHospitals(member, round, named)).keys()], [HOSPITALS[1]]);
		await rejectsWithCode(requireExpectedHospitals(member, round, named), "HOSPITALS_UNEXPECTED");
		await requireExpectedHospitals(member, round, await naming(record, HOSPITALS));
		await requireExpectedHospitals(member, round, record);
	});
});

it("a hospital that the study does not name does not submit", async () => {
	const hospital = await consortium().hospital(2);
	const study = { ...consortium().study, participants: [...HOSPITALS.slice(0, 2), STRANGER] };
	await rejectsWithCode(hospitalStep(hospital, 1n, study), "HOSPITALS_UNEXPECTED");
	assert.equal((await consortium().round(1n)).round.updates.length, 2);
	const all = { ...consortium().study, participants: HOSPITALS };
	assert.equal((await hospitalStep(hospital, 1n, all)).kind, "submitUpdate");
});
