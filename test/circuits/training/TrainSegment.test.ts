import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CircuitInput } from "snarkjs";
import { compileInstance } from "../../../scripts/circuits/compile.ts";
import { generateConstants } from "../../../scripts/circuits/generateConstants.ts";
import { circuitInstances } from "../../../scripts/circuits/instances.ts";
import { evaluateRow } from "../../../scripts/circuits/r1cs.ts";
import { commitDataset } from "../../../worker/core/dataset/commit.ts";
import { quantizeRow } from "../../../worker/core/dataset/preprocess.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { type SegmentOptions, segmentInput } from "../../../worker/core/training/segmentInput.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { standInDeployment } from "../../../worker/protocol/deploymentId.ts";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { commitVelocity, commitWeights } from "../../../worker/protocol/packing.ts";
import { TRAIN_SEGMENT_SIGNALS } from "../../../worker/protocol/publicSignals.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { assertAccepted, assertForgedWitness, assertInputRefused } from "../../support/circuits/forge.ts";
import { mutateEach } from "../../support/circuits/mutateEach.ts";
import { loadCircuit, type TestCircuit, testCircuit, type Witness } from "../../support/circuits/testCircuit.ts";
import { EVERYTHING, segmentParams } from "../../support/circuits/trainingShapes.ts";
import { plainStep } from "../../support/plainTraining.ts";
import {
	datasetOf,
	randomDataset,
	randomSegment,
	randomWeights,
	TINY_STUDY,
	type TinyStudy,
} from "../../support/trainingInstance.ts";
import { loadStudy, loadWdbc } from "../../support/wdbc.ts";

const segmentCircuit = (study: TinyStudy): Promise<TestCircuit> =>
	testCircuit({
		include: "circuits/training/TrainSegment.circom",
		template: "TrainSegment",
		params: segmentParams(study),
		publicSignals: [...TRAIN_SEGMENT_SIGNALS],
		optimization: "O2",
	});

const tinySegment = (): Promise<TestCircuit> => segmentCircuit(TINY_STUDY);

const circuitInput = (options: SegmentOptions): CircuitInput => segmentInput(options).input;

/** What the contract fixes. Everything else is the prover's, the resulting commitment too. */
const isStated = (signal: string): boolean =>
	TRAIN_SEGMENT_SIGNALS.some((name) => name !== "commitmentOut" && signal === `main.${name}`);

/** Parts of a segment's witness that a liar can keep or replace as a whole. */
const PARTS: readonly RegExp[] = [
	/^main\.(schedule|RangeCheck|contextSquared)/,
	/^main\.rate\b/,
	/^main\.(opened|open|weights|saltIn|velocity\[|openVelocity|isStart|velocityBlinds\[0\]|SignedRangeCheck)/,
	/^main\.(batch\[0\]|inputs\[0\]|labels\[0\]|batchSalts\[0\]|siblings\[0\])/,
	/^main\.(batch\[1\]|inputs\[1\]|labels\[1\]|batchSalts\[1\]|siblings\[1\])/,
	/^main\.step\[0\]/,
	/^main\.step\[1\]/,
	/^main\.(close|closeVelocity\[0\]|saltOut|commitmentOut|velocityBlinds\[1\])(?![A-Za-z])/,
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
			await assertInputRefused(circuit, { ...input, commitmentOut: commitWeights(wrong, options.secretOut) });
		}
	});

	it("refuses every lie about what was trained, with the true proof of the lie at hand", async () => {
		const circuit = await tinySegment();
		const truth = randomSegment(TINY_STUDY, "truth", { beacon: 1, saltIn: 5n });
		const honest = await circuit.witness(circuitInput(truth));
		const { dataset } = truth;
		const flippedBatches = dataset.batches.map((batch) =>
			batch.map((sample) => ({ ...sample, label: 1 - sample.label })),
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
			const trained = plainStep(TINY_STUDY, { weights: options.weightsIn }, batch, rate);
			assert.ok(trained !== null);
			const commitmentOut = commitWeights(trained.weights, options.secretOut);
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

describe("TrainSegment with momentum, softmax and every kind of layer", () => {
	const SALT = 77n;
	/** A round's first segment and the one that follows it: 3 steps, the last one idle. */
	const round = (seed: string, changes: Partial<SegmentOptions> = {}) => {
		const dataset = randomDataset(EVERYTHING, seed, 3);
		const weightsIn = randomWeights(EVERYTHING, seed, 0.3);
		const options = { ...randomSegment(EVERYTHING, seed, { beacon: 4, totalSteps: 3 }), dataset };
		const firstOptions = { ...options, weightsIn, saltIn: SALT, secretOut: 11n, ...changes };
		const first = segmentInput(firstOptions);
		const { velocityOut, saltOut, weightsOut } = first;
		assert.ok(velocityOut?.some((velocity) => velocity !== 0));
		const secondOptions = {
			...{ ...options, firstStep: 2, weightsIn: weightsOut, saltIn: saltOut, velocityIn: velocityOut, blindIn: 11n },
			...{ secretOut: 12n, ...changes },
		};
		return { first, firstOptions, second: segmentInput(secondOptions), secondOptions };
	};

	it("equals the reference trainer, whatever salt the first model has, and carries the velocity in the salt", async () => {
		const circuit = await segmentCircuit(EVERYTHING);
		for (let seed = 0; seed < 4; seed++) {
			const { first, second } = round(`chain${seed}`);
			await assertAccepted(circuit, first.input);
			await assertAccepted(circuit, second.input);
			assert.equal(second.input.commitmentIn, first.input.commitmentOut);
			// The weights' commitment with a salt that commits to no velocity, or to another one.
			for (const saltOut of [5n, commitVelocity(second.velocityOut ?? [], 1n)]) {
				const commitmentOut = commitWeights(second.weightsOut, saltOut);
				await assertInputRefused(circuit, { ...second.input, saltOut, commitmentOut });
			}
		}
	});

	it("refuses a round that starts with a velocity, though all that follows from it is right", async () => {
		const circuit = await segmentCircuit(EVERYTHING);
		const { second, secondOptions } = round("start");
		const { velocityIn = [], blindIn, ...others } = secondOptions;
		const honestVelocities = velocityIn.length;
		// The same batches, as a first segment: only the step counter differs, and that the velocity has to be 0.
		const asFirst = { ...others, firstStep: 0, beacon: secondOptions.beacon + 2, totalSteps: 1 };
		const honest = await circuit.witness(circuitInput(asFirst));
		const other = await circuit.witness(second.input as CircuitInput);
		assert.equal(second.input.commitmentIn, segmentInput(asFirst).input.commitmentIn);
		const start = /^main\.(schedule|isStart|firstStep|beacon|totalSteps|RangeCheck)/;
		const forged = borrowedWitness(circuit, honest, other, (signal) => start.test(signal));
		const { r1cs } = circuit;
		const violated = Array.from({ length: r1cs.constraints }, (_, row) => row).filter((row) => {
			const [a, b, c] = [r1cs.a, r1cs.b, r1cs.c].map((matrix) => evaluateRow(r1cs, matrix, row, forged)) as [
				bigint,
				bigint,
				bigint,
			];
			return (a * b - c) % FIELD_ORDER !== 0n;
		});
		// Nothing is in the way but that each packed element of the velocity has to be that of zeros.
		assert.ok(violated.length > 0 && violated.length <= Math.ceil(honestVelocities / 10), `${violated.length}`);
		// Nor may the prover say that it is no start: then the hint that 0 has an inverse is missing.
		const denied = borrowedWitness(circuit, honest, other, (signal) => start.test(signal) && !/isStart/.test(signal));
		assert.notEqual(circuit.checkConstraints(denied), null);
		assertNoMixture(circuit, honest, other, "a start with a velocity");
		await assertInputRefused(circuit, { ...segmentInput(asFirst).input, velocity: velocityIn.map(BigInt) });
		assert.equal(blindIn, 11n);
	});

	it("refuses another velocity or blind than the salt commits to", async () => {
		const circuit = await segmentCircuit(EVERYTHING);
		const { second, secondOptions } = round("swap");
		const { velocityIn = [] } = secondOptions;
		const blinded = { ...second.input, velocityBlinds: [13n, 12n] };
		await assertInputRefused(circuit, blinded);
		const changed = velocityIn.map((velocity, index) => (index === 7 ? velocity + 1000 : velocity));
		const honest = await circuit.witness(second.input as CircuitInput);
		for (const lie of [
			{ velocityIn: changed, saltIn: commitVelocity(changed, 11n) },
			{ blindIn: 13n, saltIn: commitVelocity(velocityIn, 13n) },
			{
				velocityIn: velocityIn.map(() => 0),
				saltIn: commitVelocity(
					velocityIn.map(() => 0),
					11n,
				),
			},
		]) {
			const other = await circuit.witness(circuitInput({ ...secondOptions, ...lie }));
			assertNoMixture(circuit, honest, other, Object.keys(lie).join());
			// The salt, the weights and the commitment of the true model, with everything else of the lie.
			const forged = borrowedWitness(circuit, honest, other, (signal) =>
				/^main\.(opened|open|weights|saltIn|commitmentIn)\b/.test(signal),
			);
			assert.notEqual(circuit.checkConstraints(forged), null);
		}
	});

	it("refuses velocities out of range that pack to the committed elements", async () => {
		const circuit = await segmentCircuit(EVERYTHING);
		const witness = await circuit.witness(round("packing").second.input as CircuitInput);
		assertForgedWitness(circuit, witness, {
			"velocity[0]": (old) => old + 2n ** 24n,
			"velocity[1]": (old) => old - 1n,
		});
	});

	it("refuses every lie about labels, optimizer state and rate, with the true proof of the lie at hand", async () => {
		const circuit = await segmentCircuit(EVERYTHING);
		const { first, firstOptions } = round("lies");
		const honest = await circuit.witness(first.input as CircuitInput);
		const { dataset } = firstOptions;
		const turned = dataset.batches.map((batch) =>
			batch.map((sample) => ({ ...sample, label: (sample.label + 1) % 3 })),
		);
		for (const [lie, changes] of Object.entries({
			"another learning rate": { learningRate: 511 },
			"other labels": { dataset: datasetOf(EVERYTHING, turned, dataset.salts) },
			"a skipped step": { totalSteps: 1 },
			"another blind of the outgoing velocity": { secretOut: 15n },
		})) {
			const other = await circuit.witness(circuitInput({ ...firstOptions, ...changes }));
			if (lie !== "another blind of the outgoing velocity") assertNoMixture(circuit, honest, other, lie);
			else assert.equal(circuit.checkConstraints(other), null);
		}
	});

	it("leaves only the hints about zeros free", async () => {
		const circuit = await segmentCircuit(EVERYTHING);
		for (const segment of ["first", "second"] as const) {
			const { survivors, unconstrained } = mutateEach(
				circuit,
				await circuit.witness(round("mutate")[segment].input as CircuitInput),
			);
			assert.deepEqual(unconstrained, []);
			const free = survivors.map(({ signal }) => signal).filter((signal) => !/\.(inv|quotient)$/.test(signal));
			assert.deepEqual(free, []);
		}
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
		const weights = initialWeights(study, standInDeployment("segment"));
		const options = { study, dataset, context: 99n, beacon: 4_000_000_001, learningRate: 512, totalSteps: 7 };
		const first = segmentInput({ ...options, firstStep: 0, weightsIn: weights, saltIn: 0n, secretOut: 3n });
		const second = segmentInput({ ...options, firstStep: 4, weightsIn: first.weightsOut, saltIn: 3n, secretOut: 4n });
		await assertAccepted(circuit, first.input);
		await assertAccepted(circuit, second.input);
		const { beacon, learningRate } = options;
		const trained = trainRound({ study, weights, batches: dataset.batches, beacon, learningRate, epochs: 1 });
		assert.deepEqual(second.weightsOut, trained);
		await assertInputRefused(circuit, { ...second.input, commitmentOut: commitWeights(trained, 5n) });
		await assertInputRefused(circuit, { ...second.input, totalSteps: 8n });
	});
});
