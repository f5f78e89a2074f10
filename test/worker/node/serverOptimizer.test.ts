/** A server optimizer's step at the workers: members make it, hospitals recompute it with its state. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { decodeGlobalModel, encodeModel } from "../../../worker/core/codecs/model.ts";
import { type GlobalModel, serverStep } from "../../../worker/core/serverOptimizer/serverStep.ts";
import { exactSums } from "../../../worker/core/simulate/simulateRounds.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { recomputeModel } from "../../../worker/node/attestation.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { hospitalStep } from "../../../worker/node/hospital.ts";
import { contractCall, sendCall } from "../../../worker/node/participant.ts";
import { requireProvenModel } from "../../../worker/node/provenModel.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { learningRateInteger } from "../../../worker/protocol/study.ts";
import { keepNotes } from "../../support/keepNotes.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";
import { enrollWorkers, type WorkerConsortium } from "../../support/workerConsortium.ts";

const OPTIMIZER = { kind: "fedavgm", learningRate: 0.8, momentum: 0.9 } as const;

const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
let chain: WorkerChain;
let consortium: WorkerConsortium;

const step = async (index: number) => (await memberStep(await consortium.member(index), 1n)).kind;

/** A round up to its key sums. */
const runToKeySums = async (roundId: bigint): Promise<void> => {
	await consortium.openRound();
	for (const index of [0, 1, 2]) await hospitalStep(await consortium.hospital(index), 1n, consortium.study);
	for (const index of [0, 1, 0, 0, 1]) await step(index);
	assert.equal((await consortium.round(roundId)).round.phase, "Opened");
};

/** The round without proofs and encryption. */
const plaintext = (base: GlobalModel, beacon: number): GlobalModel => {
	const { study, datasets } = consortium;
	const learningRate = learningRateInteger(study.learningRate);
	const updates = datasets.map(({ dataset: { batches, sampleCount } }) => ({
		sampleCount,
		weights: trainRound({ study, weights: base.weights, batches, beacon, learningRate, epochs: study.epochs }),
	}));
	return serverStep({ optimizer: OPTIMIZER, base, ...exactSums(updates) });
};

before(async () => {
	chain = await startWorkerChain();
	consortium = await enrollWorkers(chain, folder, { serverOptimizer: OPTIMIZER });
	await consortium.join();
	await runToKeySums(1n);
});
after(async () => {
	await closeProver();
	await chain.stop();
	rmSync(folder, { recursive: true });
});

it("t members who attest to the right weights with state of their own make no model that a hospital trains on", async () => {
	const snapshot = await chain.takeSnapshot();
	const notes = [0, 1].map((index) => keepNotes(join(folder, `wallet-${consortium.memberWallets[index]}`)));
	const { round, record } = await consortium.round(1n);
	const { weights, state } = await recomputeModel(consortium.coordinator, round, record);
	const [velocity = []] = state;
	const forged = encodeModel(weights, [velocity.with(0, (velocity[0] ?? 0n) + 1n)]);
	const digest = await consortium.coordinator.store.put(forged);
	for (const index of [0, 1]) {
		const { connection, ...colluder } = await consortium.member(index);
		const args = [1n, commitWeights(weights, 0n), digest];
		await sendCall(colluder, "collude", contractCall(connection, "roundManager", "attest", args, "collude"));
	}
	assert.equal((await consortium.round(1n)).round.phase, "Finalized");
	const check = requireProvenModel(await consortium.hospital(0), await consortium.ledger(), 2n);
	const { message } = await rejectsWithCode(check, "MODEL_UNPROVEN");
	assert.match(message, /round 1 gives another one/);
	await snapshot.restore();
	for (const { restore, forget } of notes) {
		restore();
		forget();
	}
});

it("two rounds: the second steps with the first one's velocity, as in plaintext, and a hospital finds it proven", async () => {
	for (const index of [0, 1]) assert.equal(await step(index), "attest");
	const initial: GlobalModel = { weights: consortium.initialWeights, state: [] };
	const first = plaintext(initial, (await consortium.round(1n)).round.opening.beacon);
	const modelOf = async (modelId: bigint) => {
		const { digest = "0x" } = (await consortium.ledger()).models.get(modelId) ?? {};
		return decodeGlobalModel(await consortium.store.get(digest as `0x${string}`), initial.weights.length);
	};
	assert.deepEqual(await modelOf(2n), first);
	await runToKeySums(2n);
	for (const index of [0, 1]) assert.equal(await step(index), "attest");
	const { round } = await consortium.round(2n);
	const second = plaintext(first, round.opening.beacon);
	assert.deepEqual(await modelOf(3n), second);
	assert.notDeepEqual(second.state, plaintext({ ...first, state: [] }, round.opening.beacon).state);
	await requireProvenModel(await consortium.hospital(0), await consortium.ledger(), 3n);
});

it("a base model that is not the committed one, shown by a store that checks nothing, is refused before it is used", async () => {
	const { round, record } = await consortium.round(2n);
	const reader = consortium.coordinator;
	const { baseDigest } = round.opening;
	// Stores check digests: other state could not come this far.
	const store = {
		...reader.store,
		get: async (digest: `0x${string}`) => {
			const bytes = await reader.store.get(digest);
			if (digest !== baseDigest) return bytes;
			const { weights, state } = decodeGlobalModel(bytes, record.parameters.weightCount);
			return encodeModel(weights.with(0, (weights[0] ?? 0) + 1), state);
		},
	};
	await rejectsWithCode(recomputeModel({ ...reader, store }, round, record), "MODEL_MALFORMED");
});
