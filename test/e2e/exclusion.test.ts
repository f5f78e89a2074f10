/**
 * A hospital submits its update and takes its bundle along: until the members check, nobody but itself has it. The round ends without that update, with
 * workers, proofs, chain and stores as in the demo, and the audit says why.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadStudyCircuits, verificationKeyObjects } from "../../scripts/circuits/studyCircuits.ts";
import { setUpConsortium } from "../../scripts/demo/consortium.ts";
import { demoData } from "../../scripts/demo/data.ts";
import { createView } from "../../scripts/demo/view.ts";
import { requireDigest } from "../../worker/adapters/ipfs/cid.ts";
import { closeProver } from "../../worker/adapters/prover.ts";
import { decodeModel } from "../../worker/core/codecs/model.ts";
import { commitDataset } from "../../worker/core/dataset/commit.ts";
import type { RoundRecord } from "../../worker/core/ledger/state.ts";
import { runAudit } from "../../worker/node/auditor.ts";
import { memberStep } from "../../worker/node/committee.ts";
import { coordinatorStep } from "../../worker/node/coordinator.ts";
import { type Hospital, hospitalStep } from "../../worker/node/hospital.ts";
import { readLedger } from "../../worker/node/participant.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { loadStudy } from "../support/wdbc.ts";
import { plaintextModel } from "../support/workerConsortium.ts";

const WITHDRAWN = 1;
const CHECKING = 3600;
const DURATIONS = { submission: 3600, checking: CHECKING, attestation: 3600 };
/** More than a round takes. */
const MOST_STEPS = 12;

after(closeProver);

/** The demo's consortium; two updates are enough, and the hospitals have a single batch each, so that their proofs take seconds. */
const setUp = async (folder: string) => {
	const study = { ...loadStudy(), minUpdates: 2 };
	const circuits = await loadStudyCircuits(study);
	const verificationKeys = await verificationKeyObjects(circuits);
	const view = createView({ write: () => undefined, startedAt: performance.now(), terminal: false });
	const seed = "exclusion";
	const data = await demoData({ study, data: [], hospitals: 3, seed, maxBatches: 1 });
	const consortium = await setUpConsortium(
		{
			...{ study, data, seed },
			folder: join(folder, "demo"),
			passphrase: "a passphrase of the end-to-end tests",
			circuits: { ...circuits, verificationKeys },
		},
		view,
	);
	const hospitals = consortium.hospitals.map((hospital): Hospital => {
		const [samples = []] = hospital.dataset.batches;
		return { ...hospital, dataset: commitDataset({ study, samples, seed: hospital.dataSeed }) };
	});
	return { ...consortium, hospitals };
};

test("a bundle that only its hospital has when the members check: the update is left out, the round ends, the audit says so", async (context) => {
	const consortium = await setUp(temporaryFolder(context));
	context.after(consortium.stop);
	const { coordinator, hospitals, members, stores, study, studyId, initialWeights } = consortium;
	const { connection } = coordinator;
	const pool = members.map(({ transactor }) => transactor.address);
	const roundNow = async (): Promise<RoundRecord> => {
		const [round] = (await readLedger(connection)).ledger.rounds.values();
		return round ?? assert.fail("no round is open");
	};
	const membersStep = async () => {
		const steps = [];
		for (const member of members) steps.push(await memberStep(member, studyId));
		return steps;
	};
	const request = (method: string, params: readonly unknown[] = []): Promise<unknown> =>
		connection.client.request({ method, params } as never);

	const kinds: string[] = [];
	for (const hospital of hospitals) kinds.push((await hospitalStep(hospital, studyId, study)).kind);
	kinds.push((await coordinatorStep(coordinator, { studyId, pool, durations: DURATIONS })).kind);
	for (const hospital of hospitals) kinds.push((await hospitalStep(hospital, studyId, study)).kind);
	const each = (kind: string) => hospitals.map(() => kind);
	assert.deepEqual(kinds, [...each("commitDataset"), "openRound", ...each("submitUpdate")]);
	const submitted = await roundNow();
	assert.equal(submitted.closed, true);

	await stores.withdraw(`hospital-${WITHDRAWN + 1}`);
	const withdrawn = hospitals[WITHDRAWN]?.transactor.address ?? assert.fail();
	const [kept, lost] = [
		submitted.updates.filter(({ hospital }) => hospital !== withdrawn),
		submitted.updates.find(({ hospital }) => hospital === withdrawn) ?? assert.fail(),
	];
	assert.equal(await hospitals[WITHDRAWN]?.own?.has(requireDigest(lost.bundleDigest)), true, "it has its bundle still");
	for (const step of await membersStep()) {
		assert.equal(step.kind, "confirmAvailability");
		assert.deepEqual(
			step.unavailable?.map(({ hospital }) => hospital),
			[withdrawn],
		);
	}
	for (const step of await membersStep()) {
		assert.equal(step.kind, "wait", "checking goes on");
		assert.equal(step.unavailable?.length, 1, "and so does the search");
	}
	await request("evm_increaseTime", [CHECKING]);
	await request("evm_mine");

	const actions: string[] = [];
	for (let step = 0; step < MOST_STEPS && (await roundNow()).phase !== "Finalized"; step++) {
		for (const { kind } of await membersStep()) if (kind !== "wait") actions.push(kind);
	}
	// The third key sum is not needed, and posted all the same; the second attestation ends the round.
	assert.deepEqual(actions, ["freeze", ...each("postKeySum"), "attest", "attest"]);
	const round = await roundNow();
	assert.deepEqual(round.excluded, [withdrawn]);
	assert.deepEqual(
		round.frozen?.hospitals,
		kept.map(({ hospital }) => hospital),
	);
	for (const { member, values } of round.keySums) assert.ok(pool.includes(member) && values.length > 0);

	const bytes = await coordinator.store.get(requireDigest(round.finalized?.modelDigest ?? ""));
	const others = hospitals.filter((_, index) => index !== WITHDRAWN);
	assert.deepEqual(
		decodeModel(bytes, initialWeights.length),
		plaintextModel({ study: loadStudy(), datasets: others, initialWeights }, round.opening.beacon),
		"the weighted mean of the other two",
	);
	const told = await hospitalStep(hospitals[WITHDRAWN] ?? assert.fail(), studyId, study);
	assert.deepEqual(told, { kind: "wait", reason: "no round is open" });

	await stores.archive((await readLedger(connection)).ledger);
	const { rpcUrl, deployment } = consortium;
	const report = await runAudit({ rpcUrl, address: deployment.roundManager, ipfs: stores.gatewayUrl });
	assert.deepEqual(
		report.checks
			.filter(({ id, status }) => status !== "ok" || id === "round.excluded")
			.map(({ status, id, code, place, detail }) => [status, id, code ?? detail, place.hospital]),
		[
			["warning", "round.update.bundle", "BLOCK_MISSING", withdrawn],
			["skipped", "round.update.evaluation", "there is no bundle to evaluate", withdrawn],
			["skipped", "round.update.shareDigest", "there is no proven bundle to compare with", withdrawn],
			["ok", "round.excluded", "rightly left out: 0 of 3 members hold its bundle, 2 needed", withdrawn],
		],
	);
	assert.equal(report.clean, true);
});
