/** Nobody takes part in a study that began with another model than its definition gives. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { encodeStudy, studyParameters } from "../../../worker/core/codecs/study.ts";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { type Member, memberStep } from "../../../worker/node/committee.ts";
import { openRound } from "../../../worker/node/coordinator.ts";
import { commitDatasetOnChain, hospitalStep } from "../../../worker/node/hospital.ts";
import { requireInitialModel } from "../../../worker/node/initialModel.ts";
import { contractCall, sendCall } from "../../../worker/node/participant.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { proverDouble } from "../../support/proverDouble.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";
import { DURATIONS, enrollWorkers, WALLETS, type WorkerConsortium } from "../../support/workerConsortium.ts";

const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
let chain: WorkerChain;
let consortium: WorkerConsortium;
let snapshot: Awaited<ReturnType<WorkerChain["takeSnapshot"]>>;

/** By the contract's rules it is a study like any other; only its initial weights are somebody's choice. @returns its id */
const createStudyFrom = async (name: string, weights: readonly number[]): Promise<bigint> => {
	const { coordinator, study: original } = consortium;
	const study = { ...original, name };
	const { store, connection } = coordinator;
	const definitionDigest = await store.put(encodeStudy(study));
	const modelDigest = await store.put(encodeModel(weights));
	const parameters = { definitionDigest, ...chain.verifiers, ...studyParameters(study) };
	const args = [parameters, commitWeights(weights, 0n), modelDigest];
	const call = contractCall(connection, "modelRegistry", "createStudy", args, `create ${name}`);
	await sendCall(coordinator, `create-${name}`, call);
	return BigInt([...(await consortium.ledger()).studies.keys()].length);
};

before(async () => {
	chain = await startWorkerChain();
	consortium = await enrollWorkers(chain, folder);
	await consortium.join();
});
after(async () => {
	await closeProver();
	await chain.stop();
	rmSync(folder, { recursive: true });
});
beforeEach(async () => {
	snapshot = await chain.takeSnapshot();
});
afterEach(async () => {
	await snapshot.restore();
	for (const wallet of [...WALLETS.hospitals, ...WALLETS.members]) {
		rmSync(join(folder, `wallet-${wallet}`), { recursive: true, force: true });
	}
});

describe("chosen initial weights", () => {
	it("are trained on by no hospital: nothing is proven, nothing is sent", async () => {
		// One weight more than the definition's, and those of another deployment.
		const { study, initialWeights: own } = consortium;
		const elsewhere = { chainId: 1, roundManager: consortium.coordinator.connection.deployment.roundManager };
		for (const [name, weights] of [
			["trap-1", own.map((weight, index) => (index === 0 ? weight + 1 : weight))],
			["trap-2", initialWeights({ ...study, name: "trap-2" }, elsewhere)],
			// A second study from the first one's weights, so that two sums have one start.
			["trap-3", own],
		] as const) {
			const studyId = await createStudyFrom(name, weights);
			for (const index of [0, 1, 2]) await commitDatasetOnChain(await consortium.hospital(index), studyId);
			await openRound(consortium.coordinator, { studyId, committee: consortium.committee, durations: DURATIONS });
			const double = proverDouble();
			const hospital = await consortium.hospital(0, undefined, double);
			const sent = await consortium.sent(WALLETS.hospitals[0]);
			await rejectsWithCode(hospitalStep(hospital, studyId, { ...study, name }), "INITIAL_MODEL_MISMATCH");
			assert.deepEqual(double.made, []);
			assert.equal(await consortium.sent(WALLETS.hospitals[0]), sent);
		}
	});

	it("get no confirmation and no key sum of a member", async () => {
		const trapped = (member: Member): Member => ({
			...member,
			connection: {
				...member.connection,
				readEvents: async (options) => {
					const view = await member.connection.readEvents(options);
					return { ...view, events: view.events.map(withOtherStart) };
				},
			},
		});
		const withOtherStart = (event: LedgerEvent): LedgerEvent =>
			event.name === "ModelAppended" && event.args.roundId === 0n
				? { ...event, args: { ...event.args, commitment: event.args.commitment + 1n } }
				: event;
		const step = async (index: number) => (await memberStep(await consortium.member(index), 1n)).kind;
		const refused = async (index: number): Promise<void> => {
			const wallet = WALLETS.members[index] ?? assert.fail();
			const sent = await consortium.sent(wallet);
			const double = proverDouble();
			const member = trapped(await consortium.member(index, undefined, 0, double));
			await rejectsWithCode(memberStep(member, 1n), "INITIAL_MODEL_MISMATCH");
			assert.deepEqual(double.made, []);
			assert.equal(await consortium.sent(wallet), sent);
		};
		await consortium.openRound();
		for (const index of [0, 1, 2]) await hospitalStep(await consortium.hospital(index), 1n, consortium.study);
		await refused(0);
		assert.equal(await step(0), "confirmAvailability");
		assert.equal(await step(1), "confirmAvailability");
		assert.equal(await step(0), "freeze");
		await refused(0);
		assert.equal(await step(0), "postKeySum");
	});

	it("of its definition are everybody's", async () => {
		await requireInitialModel(await consortium.hospital(0), await consortium.ledger(), 1n);
		await rejectsWithCode(
			requireInitialModel(await consortium.hospital(0), await consortium.ledger(), 5n),
			"STUDY_MISSING",
		);
	});
});
