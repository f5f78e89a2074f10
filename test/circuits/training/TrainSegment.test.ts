import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CircuitInput } from "snarkjs";
import { compileInstance } from "../../../scripts/circuits/compile.ts";
import { generateConstants } from "../../../scripts/circuits/generateConstants.ts";
import { circuitInstances } from "../../../scripts/circuits/instances.ts";
import { commitDataset } from "../../../worker/core/dataset/commit.ts";
import { quantizeRow } from "../../../worker/core/dataset/preprocess.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { type SegmentOptions, segmentInput } from "../../../worker/core/training/segmentInput.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { TRAIN_SEGMENT_SIGNALS } from "../../../worker/protocol/publicSignals.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { assertAccepted, assertForgedWitness, assertInputRefused } from "../../support/circuits/forge.ts";
import { mutateEach } from "../../support/circuits/mutateEach.ts";
import { loadCircuit, type TestCircuit, testCircuit, type Witness } from "../../support/circuits/testCircuit.ts";
import { plainStep } from "../../support/plainTraining.ts";
import {
	datasetOf,
	randomDataset,
	randomSegment,
	randomWeights,
	segmentParams,
	TINY_STUDY,
} from "../../support/trainingInstance.ts";
import { loadStudy, loadWdbc } from "../../support/wdbc.ts";

const tinySegment = (): Promise<TestCircuit> =>
	testCircuit({
		include: "circuits/training/TrainSegment.circom",
		template: "TrainSegment",
		params: segmentParams(TINY_STUDY),
		publicSignals: [...TRAIN_SEGMENT_SIGNALS],
		optimization: "O2",
	});

const circuitInput = (options: SegmentOptions): CircuitInput => segmentInput(options).input;

/** What the contract fixes. Everything else is the prover's, the resulting commitment too. */
const isStated = (signal: string): boolean =>
	TRAIN_SEGMENT_SIGNALS.some((name) => name !== "commitmentOut" && signal === `main.${name}`);

/** Parts of a segment's witness that a liar can keep or replace as a whole. */
const PARTS: readonly RegExp[] = [
	/^main\.(schedule|RangeCheck|contextSquared)/,
	/^main\.rate\b/,
	/^main\.(opened|open|weights|saltIn)\b/,
	/^main\.(batch\[0\]|inputs\[0\]|labels\[0\]|batchSalts\[0\]|siblings\[0\])/,
	/^main\.(batch\[1\]|inputs\[1\]|labels\[1\]|batchSalts\[1\]|siblings\[1\])/,
	/^main\.step\[0\]/,
	/^main\.step\[1\]/,
	/^main\.(close|saltOut|commitmentOut)\b/,
];

const ALL_CHOICES: readonly number[] = Array.from({ length: 2 ** PARTS.length }, (_, choice) => choice);

/** Nothing or one part honest, nothing or one part of the lie. */
const ONE_APART: readonly number[] = ALL_CHOICES.filter((choice) => {
	const kept = PARTS.filter((_, index) => (choice >> index) & 1).length;
	return kept <= 1 || kept >= PARTS.length - 1;
});

/**
 * Asserts that no mixture of the two witnesses proves the honest one's public signals, except that one itself: whichever parts the
 * liar takes from the true proof of the other statement, a check between two parts or to the public signals is violated.
 */
const assertNoMixture = (
	circuit: TestCircuit,
	honest: Witness,
	other: Witness,
	lie: string,
	choices = ONE_APART,
): void => {
	for (const choice of choices) {
		const forged = borrowedWitness(
			circuit,
			honest,
			other,
			(signal) => isStated(signal) || PARTS.some((part, index) => (choice >> index) & 1 && part.test(signal)),
		);
		const changed = forged.some((value, wire) => value !== honest[wire]);
		assert.equal(circuit.checkConstraints(forged) === null, !changed, `${lie}: parts ${choice.toString(2)} are honest`);
	}
};

describe("TrainSegment", () => {
	it("equals the reference trainer: whole and partly idle segments, any beacon", async () => {
		const circuit = await tinySegment();
		for (let seed = 0; seed < 12; seed++) {
			const idle = seed % 3 === 0 ? { firstStep: 2, totalSteps: 3 } : {};
			const options = randomSegment(TINY_STUDY, `segment${seed}`, {
				learningRate: [1, 512, 4095][seed % 3] ?? 1,
				...idle,
			});
			const { input, weightsOut } = segmentInput(options);
			await assertAccepted(circuit, input);
			const wrong = weightsOut.map((weight, index) => (index === seed ? weight + 1 : weight));
			await assertInputRefused(circuit, { ...input, commitmentOut: commitWeights(wrong, options.saltOut) });
		}
	});

	it("refuses every lie about what was trained, with the true proof of the lie at hand", async () => {
		const circuit = await tinySegment();
		const truth = randomSegment(TINY_STUDY, "truth", { beacon: 1, saltIn: 5n });
		const honest = await circuit.witness(circuitInput(truth));
		const { dataset } = truth;
		const flippedBatches = dataset.batches.map((batch) =>
			batch.map((sample) => ({ ...sample, label: (1 - sample.label) as 0 | 1 })),
		);
		const flipped = datasetOf(TINY_STUDY, flippedBatches, dataset.salts);
		const lies: Readonly<Record<string, Partial<SegmentOptions>>> = {
			"another learning rate": { learningRate: 511 },
			"a skipped step": { totalSteps: 1 },
			"another batch order": { beacon: 2 },
			"the same batches in another round of the beacon": { beacon: 4 },
			"another place in the order": { firstStep: 1, totalSteps: 3 },
			"another data set": { dataset: randomDataset(TINY_STUDY, "other", 3) },
			"fewer batches": { dataset: { ...dataset, batches: dataset.batches.slice(0, 2) } },
			"flipped labels": { dataset: flipped },
			"another starting model": { weightsIn: randomWeights(TINY_STUDY, "other") },
			"another salt of the starting model": { saltIn: 6n },
			"another context": { context: 1n },
		};
		for (const [lie, changes] of Object.entries(lies)) {
			const other = await circuit.witness(circuitInput({ ...truth, ...changes }));
			if (lie === "another context") {
				// The context binds through the proof system: only its square depends on it, which the liar can recompute.
				assertForgedWitness(circuit, other, { context: truth.context });
			} else assertNoMixture(circuit, honest, other, lie, lie === "another batch order" ? ALL_CHOICES : ONE_APART);
		}
	});

	it("refuses statements that the contract would never make", async () => {
		const circuit = await tinySegment();
		const input = segmentInput(randomSegment(TINY_STUDY, "ranges")).input;
		for (const changes of [
			{ learningRate: -1n },
			{ batchCount: 0n },
			{ batchCount: 5n },
			{ totalSteps: 0n },
			{ beacon: 2n ** 32n },
		]) {
			await assertInputRefused(circuit, { ...input, ...changes });
		}
	});

	it("refuses learning rates out of range, though the result is the one that they lead to", async () => {
		const circuit = await tinySegment();
		const options = randomSegment(TINY_STUDY, "rates", { beacon: 0, totalSteps: 1 });
		const { input } = segmentInput(options);
		const batch = options.dataset.batches[0] ?? [];
		for (const [rate, accepted] of [
			[0, false],
			[1, true],
			[4095, true],
			[4096, false],
		] as const) {
			const trained = plainStep(TINY_STUDY, options.weightsIn, batch, rate);
			assert.ok(trained !== null);
			const commitmentOut = commitWeights(trained, options.saltOut);
			const statement = { ...input, learningRate: BigInt(rate), commitmentOut };
			await (accepted ? assertAccepted(circuit, statement) : assertInputRefused(circuit, statement));
		}
	});

	it("refuses weights out of range that pack to the committed elements", async () => {
		const circuit = await tinySegment();
		const witness = await circuit.witness(circuitInput(randomSegment(TINY_STUDY, "packing")));
		assertForgedWitness(circuit, witness, { "weights[0]": (old) => old + 2n ** 20n, "weights[1]": (old) => old - 1n });
		assertForgedWitness(circuit, witness, { "weights[4]": (old) => old - 2n ** 20n, "weights[5]": (old) => old + 1n });
	});

	it("leaves only the hints of IsZero free", async () => {
		const circuit = await tinySegment();
		const witness = await circuit.witness(circuitInput(randomSegment(TINY_STUDY, "mutate", { beacon: 1 })));
		const { survivors, unconstrained } = mutateEach(circuit, witness);
		assert.deepEqual(unconstrained, []);
		assert.deepEqual(
			survivors.map(({ signal }) => signal).filter((signal) => !signal.endsWith(".inv")),
			[],
		);
	});
});

describe("TrainSegmentWdbc, as deployed", () => {
	it("proves the rounds of real data that the reference trainer computes", async () => {
		await generateConstants();
		const instance = circuitInstances().find(({ name }) => name === "TrainSegmentWdbc");
		assert.ok(instance !== undefined);
		const circuit = loadCircuit(instance.name, await compileInstance(instance));
		const study = loadStudy();
		const rows = (await loadWdbc()).slice(0, 60);
		const samples = rows.map(({ features, label }) => ({ inputs: quantizeRow(features, study.preprocessing), label }));
		const dataset = commitDataset({ study, samples, seed: new Uint8Array(32).fill(7) });
		assert.equal(dataset.batchCount, 7);
		const weights = initialWeights(study, "segment");
		const options = { study, dataset, context: 99n, beacon: 4_000_000_001, learningRate: 512, totalSteps: 7 };
		const first = segmentInput({ ...options, firstStep: 0, weightsIn: weights, saltIn: 0n, saltOut: 3n });
		const second = segmentInput({ ...options, firstStep: 4, weightsIn: first.weightsOut, saltIn: 3n, saltOut: 4n });
		await assertAccepted(circuit, first.input);
		await assertAccepted(circuit, second.input);
		const { beacon, learningRate } = options;
		const trained = trainRound({ study, weights, batches: dataset.batches, beacon, learningRate, epochs: 1 });
		assert.deepEqual(second.weightsOut, trained);
		await assertInputRefused(circuit, { ...second.input, commitmentOut: commitWeights(trained, 5n) });
		await assertInputRefused(circuit, { ...second.input, totalSteps: 8n });
	});
});
