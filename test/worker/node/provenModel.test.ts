/** A hospital trains on no model that a round did not make. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { hospitalStep } from "../../../worker/node/hospital.ts";
import { contractCall, sendCall } from "../../../worker/node/participant.ts";
import { requireProvenModel } from "../../../worker/node/provenModel.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { proverDouble } from "../../support/proverDouble.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";
import { enrollWorkers, WALLETS, type WorkerConsortium } from "../../support/workerConsortium.ts";

const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
let chain: WorkerChain;
let consortium: WorkerConsortium;
let snapshot: Awaited<ReturnType<WorkerChain["takeSnapshot"]>>;

const step = async (index: number) => (await memberStep(await consortium.member(index), 1n)).kind;
const submitAll = async (): Promise<void> => {
	for (const index of [0, 1, 2]) await hospitalStep(await consortium.hospital(index), 1n, consortium.study);
};

before(async () => {
	chain = await startWorkerChain();
	consortium = await enrollWorkers(chain, folder);
	await consortium.join();
	await consortium.openRound();
	await submitAll();
	// Round 1 up to its key sums.
	for (const index of [0, 1, 0, 0, 1]) await step(index);
	assert.equal((await consortium.round(1n)).round.phase, "Opened");
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
	for (const wallet of WALLETS.hospitals) rmSync(join(folder, `wallet-${wallet}`), { recursive: true, force: true });
});

const attestAll = async (): Promise<void> => {
	for (const index of [0, 1]) assert.equal(await step(index), "attest");
};

/** Two members, enough to finalize it, attest to a model of their own. */
const attestFalsely = async (): Promise<void> => {
	const weights = consortium.initialWeights.map((weight) => weight + 1);
	const digest = await consortium.coordinator.store.put(encodeModel(weights));
	for (const index of [0, 1]) {
		const colluder = await consortium.member(index);
		const args = [1n, commitWeights(weights, 0n), digest];
		await sendCall(colluder, "collude", contractCall(colluder.connection, "roundManager", "attest", args, "collude"));
	}
	assert.equal((await consortium.round(1n)).round.phase, "Finalized");
};

describe("a hospital's worker", () => {
	it("does not train on a model that t members made up, and proves nothing", async () => {
		await attestFalsely();
		await consortium.openRound();
		const double = proverDouble();
		const hospital = await consortium.hospital(0, undefined, double);
		const { message } = await rejectsWithCode(hospitalStep(hospital, 1n, consortium.study), "MODEL_UNPROVEN");
		assert.match(message, /round 1 gives another one/);
		assert.deepEqual(double.made, []);
		assert.equal((await consortium.round(2n)).round.updates.length, 0);
	});

	it("trains on one that its round made, and recomputes it once", async () => {
		await attestAll();
		await consortium.openRound();
		const steps: string[] = [];
		const watched = async () => {
			const hospital = await consortium.hospital(1);
			return { ...hospital, progress: ({ step: told }: { step: string }) => void steps.push(told) };
		};
		assert.equal((await hospitalStep(await watched(), 1n, consortium.study)).kind, "submitUpdate");
		const recomputations = () => steps.filter((told) => told === "recompute the model of round 1").length;
		// Started and done.
		assert.equal(recomputations(), 2);
		await requireProvenModel(await watched(), await consortium.ledger(), 2n);
		assert.equal(recomputations(), 2);
	});

	it("waits for a bundle that it can't have", async () => {
		await attestAll();
		const { round } = await consortium.round(1n);
		const hospital = await consortium.hospital(0);
		const lost = round.updates[1]?.bundleDigest;
		const store = {
			...hospital.store,
			get: (digest: `0x${string}`) => hospital.store.get(digest === lost ? `0x${"00".repeat(32)}` : digest),
		};
		const ledger = await consortium.ledger();
		const { message } = await rejectsWithCode(requireProvenModel({ ...hospital, store }, ledger, 2n), "BLOCK_MISSING");
		assert.match(message, /round 1 can't be recomputed/);
		await requireProvenModel(hospital, ledger, 2n);
	});

	it("believes in no lineage, proof or key sum that its node made up", async () => {
		await attestAll();
		const ledger = await consortium.ledger();
		const { round } = await consortium.round(1n);
		const model = ledger.models.get(2n) ?? assert.fail();
		const [update] = round.updates;
		const [keySum, ...keySums] = round.keySums;
		assert.ok(update !== undefined && keySum !== undefined);
		const withModel = (change: Partial<typeof model>): Ledger => ({
			...ledger,
			models: new Map([...ledger.models, [2n, { ...model, ...change }]]),
		});
		const withRound = (change: Partial<typeof round>): Ledger => ({
			...ledger,
			rounds: new Map([[1n, { ...round, ...change }]]),
		});
		for (const shown of [
			withModel({ commitment: model.commitment + 1n }),
			withModel({ digest: `0x${"11".repeat(32)}` }),
			withModel({ parent: 0n }),
			withModel({ roundId: 7n }),
			withRound({ baseModelId: 5n }),
			withRound({ updates: [{ ...update, sampleCount: update.sampleCount + 8 }, ...round.updates.slice(1)] }),
			withRound({ updates: [{ ...update, segments: update.segments.slice(1) }, ...round.updates.slice(1)] }),
			withRound({ keySums: [{ ...keySum, values: [...keySum.values].reverse() }, ...keySums] }),
			withRound({ keySums }),
		]) {
			await rejectsWithCode(requireProvenModel(await consortium.hospital(0), shown, 2n), "MODEL_UNPROVEN");
		}
		await rejectsWithCode(requireProvenModel(await consortium.hospital(0), ledger, 9n), "MODEL_UNPROVEN");
		// The initial model is what the study began with.
		await requireProvenModel(await consortium.hospital(0), ledger, 1n);
	});
});
