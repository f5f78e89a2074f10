/** A model's export: audited, loadable by TensorFlow.js, described, and written whole or not at all. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { exportModel } from "../../../scripts/export/exportModel.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { readyBackend } from "../../../worker/adapters/tensorflow/backend.ts";
import { inputTensor } from "../../../worker/adapters/tensorflow/layersModel.ts";
import { decodeModel } from "../../../worker/core/codecs/model.ts";
import { createPredictor } from "../../../worker/core/training/predict.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import type { SyntheticChain } from "../../support/audit/ledgerWriter.ts";
import { serveChain } from "../../support/audit/rpcServer.ts";
import { cloneChain, eventOf } from "../../support/audit/runAudit.ts";
import { finalizedChain, flip } from "../../support/audit/tampering.ts";
import { serve as serveHttp } from "../../support/httpServer.ts";
import { randomRing } from "../../support/randomRing.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { loadStudy, WDBC_PATH } from "../../support/wdbc.ts";

let original: SyntheticChain;
before(() => {
	original = finalizedChain("export");
});
after(closeProver);

const study = loadStudy();
const FILES = ["MODEL_CARD.md", "model-card.json", "model.json", "weights.bin"];

const serve = async (context: TestContext, chain: SyntheticChain) => {
	const folder = temporaryFolder(context);
	const ipfs = join(folder, "ipfs");
	const store = diskStore(ipfs);
	for (const bytes of chain.blocks.values()) await store.put(bytes);
	const rpcUrl = await serveChain(context, chain);
	return { request: { rpcUrl, address: chain.deployment.roundManager, ipfs, out: join(folder, "out") }, folder };
};

const modelOf = (chain: SyntheticChain): readonly number[] => {
	const bytes = chain.blocks.get(eventOf(chain, "ModelAppended", -1).args.digest);
	assert.ok(bytes !== undefined);
	return decodeModel(bytes, architectureOf(study).weightCount);
};

test("the folder loads in TensorFlow.js, holds the committed weights, and predicts as the fixed point does", async (context) => {
	const { request, folder } = await serve(context, original);
	const card = await exportModel({ ...request, data: WDBC_PATH });
	assert.deepEqual(readdirSync(request.out).toSorted(), FILES);
	assert.deepEqual(readdirSync(folder).toSorted(), ["ipfs", "out"]);
	await readyBackend();
	// As a browser would load it.
	const server = await serveHttp(context, ({ url = "/" }, response) =>
		response.end(readFileSync(join(request.out, url))),
	);
	const model = await tf.loadLayersModel(new URL("model.json", server).href);
	context.after(() => model.dispose());
	const weights = modelOf(original);
	const stored = model.getWeights().flatMap((tensor) => [...tensor.dataSync()]);
	assert.deepEqual(
		stored.map((value) => value * 2 ** 16),
		[...weights],
	);
	assert.equal(card.model.commitment, String(commitWeights(weights, 0n)));
	const random = randomRing("export");
	const inputs = Array.from({ length: 40 }, () => Uint8Array.from({ length: 30 }, () => random.below(256)));
	const predict = createPredictor(study, weights);
	const floats = (model.predict(inputTensor(study, inputs)) as tf.Tensor).dataSync();
	inputs.forEach((each, index) => {
		assert.ok(Math.abs((predict(each).probabilities[1] ?? 0) - (floats[index] ?? 1)) < 0.05, `input ${index}`);
	});
	assert.deepEqual(
		JSON.parse(readFileSync(join(request.out, "model-card.json"), "utf8")),
		JSON.parse(JSON.stringify(card)),
	);
	assert.equal(card.evaluation?.metrics.sampleCount, 569);
	assert.ok(card.agreement.largestDifference < 0.05 && card.agreement.samples === 569);
	assert.deepEqual(
		card.lineage.map(({ modelId, parent, round }) => [modelId, parent, round?.hospitals.map(({ samples }) => samples)]),
		[
			["1", "0", undefined],
			["2", "1", [56, 32, 40]],
		],
	);
	assert.equal(card.audit.clean, true);
	assert.ok(card.audit.ok > 20);
	const page = readFileSync(join(request.out, "MODEL_CARD.md"), "utf8");
	for (const wanted of [
		/Not for clinical use/,
		/AUC of malignant/,
		/569 samples/,
		/development keys/,
		new RegExp(card.model.cid),
	]) {
		assert.match(page, wanted);
	}
});

test("an initial model without evaluation data: the card says what is missing", async (context) => {
	const { request } = await serve(context, original);
	const card = await exportModel({ ...request, study: "wdbc", modelId: 1n });
	assert.equal(card.evaluation, null);
	assert.equal(card.lineage.length, 1);
	assert.equal(card.agreement.inputs, "seeded random inputs");
	assert.match(readFileSync(join(request.out, "MODEL_CARD.md"), "utf8"), /Not evaluated: no data were given/);
});

test("nothing is written when the audit fails, or for a study, model, folder or data that can't be used", async (context) => {
	const { request, folder } = await serve(context, original);
	const refuse = async (
		changes: Partial<Parameters<typeof exportModel>[0]>,
		code: Parameters<typeof rejectsWithCode>[1],
	) => {
		await rejectsWithCode(exportModel({ ...request, ...changes }), code);
		assert.deepEqual(readdirSync(folder), ["ipfs"]);
	};
	await refuse({ study: "another" }, "STUDY_MISSING");
	await refuse({ modelId: 9n }, "CONFIG_INVALID");
	await refuse({ out: request.ipfs }, "CONFIG_INVALID");
	await refuse({ data: join(folder, "missing.csv") }, "DATASET_UNREADABLE");
	await refuse({ data: WDBC_PATH, split: "test" }, "DATASET_SHAPE");
	const { bundleDigest } = eventOf(original, "UpdateSubmitted", 1).args.update;
	const bytes = (original.blocks.get(bundleDigest) as Uint8Array).slice();
	flip(bytes, 5_000);
	await writeFile(join(request.ipfs, bundleDigest.slice(2, 4), bundleDigest.slice(2)), bytes);
	await refuse({}, "MODEL_UNPROVEN");
	const forged = cloneChain(original);
	eventOf(forged, "RoundFinalized").args.modelCommitment += 1n;
	const other = await serve(context, forged);
	await rejectsWithCode(exportModel(other.request), "MODEL_UNPROVEN");
	assert.deepEqual(readdirSync(other.folder), ["ipfs"]);
});
