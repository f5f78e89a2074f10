/** Random small networks against the second implementation of docs/PROTOCOL.md section 6, which knows neither the trainer nor the circuits. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom, type Random } from "../../../worker/core/dataset/random.ts";
import { toField } from "../../../worker/protocol/field.ts";
import { computeWeight } from "../../../worker/protocol/fixedPoint.ts";
import { NetworkError, networkOf } from "../../../worker/protocol/network.ts";
import { assertAccepted, assertInputRefused } from "../../support/circuits/forge.ts";
import { freeSignals } from "../../support/circuits/localUniqueness.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { stepParams } from "../../support/circuits/trainingShapes.ts";
import { plainStep } from "../../support/plainTraining.ts";
import { randomBatch, randomState, TINY_STUDY, type TinyStudy } from "../../support/trainingInstance.ts";

const STATED = ["inputs", "targets", "learningRate", "weight", "compute", "active", "velocity"];
const NETWORKS = 6;
const MOST_WEIGHTS = 80;
const MOST_INPUTS = 50;
const MAGNITUDES = [0.2, 0.5, 1, 3];
const LEARNING_RATES = [1, 512, 4095];

const WINDOWS = [
	[2, 2],
	[2, 1],
	[1, 2],
	[4, 1],
	[1, 4],
] as const;

type Layers = TinyStudy["layers"];

const oneOf = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)] as T;

const randomLayers = (random: Random, outputs: number): Layers => {
	const size = (most: number): number => 1 + random.below(most);
	const layers: Layers = [];
	const maybePool = (oneIn: number): void => {
		if (random.below(oneIn) === 0) layers.push({ kind: "averagePooling", window: [...oneOf(random, WINDOWS)] });
	};
	const convolutions = random.below(3);
	for (let index = 0; index < convolutions; index++) {
		layers.push({ kind: "conv2d", filters: size(3), kernel: [size(3), size(3)], stride: [size(3), size(3)] });
		maybePool(2);
		maybePool(4);
		layers.push({ kind: "relu" });
		maybePool(2);
	}
	if (random.below(2) === 1) layers.push({ kind: "dense", units: size(3) }, { kind: "relu" });
	return [...layers, { kind: "dense", units: outputs }];
};

/** Undefined: the layers drawn do not fit together, or are too many weights for a quick test. */
const randomStudy = (seed: number): TinyStudy | undefined => {
	const random = createRandom(`random network ${seed}`);
	const isSoftmax = random.below(2) === 1;
	const study: TinyStudy = {
		...TINY_STUDY,
		input: { height: 1 + random.below(9), width: 1 + random.below(8), channels: 1 + random.below(2) },
		layers: randomLayers(random, isSoftmax ? 2 + random.below(3) : 1),
		loss: isSoftmax ? "softmax-cross-entropy" : "binary-cross-entropy",
		optimizer: random.below(2) === 1 ? { kind: "momentum", momentum: 0.75 } : { kind: "sgd" },
		batchSize: oneOf(random, [1, 2, 4]),
	};
	try {
		const { weightCount, inputCount } = networkOf(study);
		return weightCount > MOST_WEIGHTS || inputCount > MOST_INPUTS ? undefined : study;
	} catch (error) {
		if (error instanceof NetworkError) return undefined;
		throw error;
	}
};

const studies: TinyStudy[] = [];
for (let seed = 0; studies.length < NETWORKS; seed++) {
	const study = randomStudy(seed);
	// Networks of one dense layer come up often and are simple.
	if (study !== undefined && study.layers.length > 1) studies.push(study);
}

const inField = (values: readonly number[]): readonly bigint[] => values.map((value) => toField(BigInt(value)));

describe("TrainStep of random networks equals the second implementation, and refuses what overflows there", () => {
	for (const [index, study] of studies.entries()) {
		const words = study.layers.map(({ kind }) => kind).join(", ");
		it(`${words}; ${study.loss}, ${study.optimizer.kind}, batches of ${study.batchSize}`, async () => {
			const hasMomentum = study.optimizer.kind === "momentum";
			const circuit = await testCircuit({
				include: "circuits/training/TrainStep.circom",
				template: "TrainStep",
				params: stepParams(study),
				publicSignals: hasMomentum ? STATED : STATED.slice(0, -2),
				optimization: "O1",
			});
			const { outputs } = networkOf(study);
			let compared = 0;
			for (let draw = 0; draw < 12; draw++) {
				const seed = `random network ${index}/${draw}`;
				const state = randomState(study, seed, MAGNITUDES[draw % MAGNITUDES.length]);
				const learningRate = LEARNING_RATES[draw % LEARNING_RATES.length] as number;
				const batch = randomBatch(study, seed);
				const input = {
					inputs: batch.map(({ inputs }) => [...inputs].map(BigInt)),
					targets: batch.map(({ label }) =>
						outputs === 1 ? [BigInt(label)] : Array.from({ length: outputs }, (_, k) => (k === label ? 1n : 0n)),
					),
					learningRate: BigInt(learningRate),
					weight: state.weights.map(BigInt),
					compute: state.weights.map((weight) => BigInt(computeWeight(weight))),
					...(state.velocity === undefined ? {} : { active: [1n], velocity: state.velocity.map(BigInt) }),
				};
				const expected = plainStep(study, state, batch, learningRate);
				if (expected === null) {
					await assertInputRefused(circuit, input);
					continue;
				}
				const witness = await assertAccepted(circuit, input);
				assert.deepEqual(circuit.values(witness, "newWeight"), inField(expected.weights));
				if (expected.velocity !== undefined) {
					assert.deepEqual(circuit.values(witness, "newVelocity"), inField(expected.velocity));
				}
				if (compared === 0) {
					const free = freeSignals(circuit, witness).filter((signal) => !/\.(inv|quotient)$/.test(signal));
					assert.deepEqual(free, []);
				}
				compared++;
			}
			assert.ok(compared >= 4, `${compared} of 12 draws did not overflow`);
		});
	}
});
