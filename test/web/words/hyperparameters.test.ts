import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { hyperparameters } from "../../../web/lib/words/hyperparameters.ts";
import { studyParameters } from "../../../worker/core/codecs/study.ts";
import type { StudyRecord } from "../../../worker/core/ledger/state.ts";
import { studySchema } from "../../../worker/protocol/study.ts";
import { address } from "../../support/audit/ledgerWriter.ts";

const DIGEST = `0x${"cd".repeat(32)}` as const;

const load = (file: string) => {
	const study = studySchema.parse(JSON.parse(readFileSync(file, "utf8")));
	const parameters = {
		...studyParameters(study),
		definitionDigest: DIGEST,
		updateVerifier: address("update verifier"),
		keySumVerifier: address("key sum verifier"),
	};
	const { nameHash } = parameters;
	const hashes = { trainVkHash: DIGEST, encryptVkHash: DIGEST, keySumVkHash: DIGEST };
	const record: StudyRecord = { studyId: 1n, nameHash, parameters, ...hashes };
	return { study, record };
};

const WDBC = "studies/wdbc.json";

describe("hyperparameters beside the proven ones", () => {
	it("agree for every study in this repository as it is registered", () => {
		const files = globSync("studies/*.json");
		assert.ok(files.includes(WDBC));
		for (const file of files) {
			const { study, record } = load(file);
			const rows = hyperparameters(record, study);
			assert.deepEqual(
				rows.filter(({ agrees }) => agrees === false),
				[],
				file,
			);
			assert.equal(rows.filter(({ agrees }) => agrees === true).length, 10, file);
		}
	});

	it("a chain that registered something else is seen", () => {
		const { study, record } = load(WDBC);
		for (const [change, label] of [
			[{ learningRate: 256 }, "Learning rate"],
			[{ epochs: 2 }, "Epochs"],
			[{ batchSize: 16 }, "Batch size"],
			[{ stepsPerSegment: 5 }, "Steps a segment"],
			[{ weightCount: 331 }, "Weights"],
			[{ threshold: 3 }, "Committee"],
			[{ minUpdates: 4 }, "Fewest updates"],
			[{ minSamples: 8 }, "Least data set"],
			[{ minBatches: 1 }, "Least data set"],
		] as const) {
			const rows = hyperparameters({ ...record, parameters: { ...record.parameters, ...change } }, study);
			assert.deepEqual(
				rows.filter(({ agrees }) => agrees === false).map((row) => row.label),
				[label],
			);
		}
	});

	it("says of each how it is proven, and of the network that it is in the training circuit", () => {
		const { study, record } = load(WDBC);
		const rows = new Map(hyperparameters(record, study).map((row) => [row.label, row]));
		assert.equal(rows.get("Layers")?.defined, "convolution 3 × 1, 4 filters; ReLU; dense, 1 unit");
		for (const label of ["Layers", "Loss", "Optimizer", "Batch size"]) {
			assert.equal(rows.get(label)?.by, "constant");
			assert.equal(rows.get(label)?.circuit, "train");
		}
		assert.equal(rows.get("Learning rate")?.by, "signal");
		assert.equal(rows.get("Learning rate")?.onChain, "0.5");
		assert.equal(rows.get("Server optimizer")?.by, "recomputed");
		assert.equal(rows.get("Preprocessing")?.by, "none");
	});

	it("without the definition only the registered values are there", () => {
		const { record } = load(WDBC);
		const rows = hyperparameters(record, undefined);
		assert.ok(rows.every(({ defined, agrees }) => defined === undefined && agrees === undefined));
		assert.equal(rows.find(({ label }) => label === "Epochs")?.onChain, "1");
	});
});
