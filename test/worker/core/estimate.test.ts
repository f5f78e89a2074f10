import assert from "node:assert/strict";
import { describe, it } from "node:test";
import wdbc from "../../../studies/wdbc.json" with { type: "json" };
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { BUDGET, budgetProblems, requireWithinBudget } from "../../../worker/core/estimate/budget.ts";
import { estimateStudy, mostSamples, segmentsOf } from "../../../worker/core/estimate/estimateStudy.ts";
import { keySumGas, submissionGas } from "../../../worker/core/estimate/gas.ts";
import { encryptionConstraints, keySumConstraints } from "../../../worker/core/estimate/otherConstraints.ts";
import { type Study, type StudyFile, studySchema } from "../../../worker/protocol/study.ts";
import gas from "../../contracts/gas.json" with { type: "json" };
import { throwsWithCode } from "../../support/rejectsWithCode.ts";

const study = studySchema.parse(wdbc);
const SPEED = { secondsPerConstraint: 1e-4, source: "test" };
const withChanges = (changes: Partial<StudyFile>): Study => studySchema.parse({ ...wdbc, ...changes });

const within = (estimate: number, compiled: number, share: number): void =>
	assert.ok(Math.abs(estimate / compiled - 1) <= share, `${estimate} estimated, ${compiled} compiled`);

/** Of a network of so many weights: a dense layer has one for each input and a bias. */
const encrypted = (weights: number, members: number, threshold: number, updateNormBound?: number) =>
	encryptionConstraints({
		input: { height: weights - 1, width: 1, channels: 1 },
		layers: [{ kind: "dense", units: 1 }],
		committee: { members, threshold },
		...(updateNormBound === undefined ? {} : { updateNormBound }),
	});

describe("the estimate of a study", () => {
	it("counts the constraints that circom compiles EncryptUpdate to", () => {
		// Weights, members, threshold, bound, and the count that scripts/circuits compiled.
		for (const [weights, members, threshold, compiled, bound] of [
			[73, 3, 2, 59_756],
			[73, 5, 3, 84_224],
			[73, 7, 4, 109_304],
			[185, 3, 2, 64_886],
			[700, 2, 2, 77_564],
			[73, 3, 2, 61_903, 1],
		] as const) {
			within(encrypted(weights, members, threshold, bound), compiled, 0.001);
		}
	});

	it("counts those of KeySum", () => {
		for (const [members, threshold, keySumSlots, compiled] of [
			[3, 2, 4, 21_007],
			[3, 2, 16, 80_635],
			[5, 3, 1, 6_110],
			[2, 2, 2, 11_060],
		] as const) {
			within(keySumConstraints({ committee: { members, threshold }, keySumSlots }), compiled, 0.001);
		}
	});

	it("has the gas of the snapshot", () => {
		for (const [segments, measured] of [
			[1, gas["submitUpdate, 1 training proofs"]],
			[4, gas["submitUpdate, 4 training proofs"]],
			[12, gas["submitUpdate, 12 training proofs"]],
		] as const) {
			within(submissionGas(segments), measured, 0.01);
		}
		within(keySumGas(1), gas["postKeySum, 3 updates, first"], 0.01);
		within(keySumGas(3), gas["postKeySum, 9 updates in 3 proofs"], 0.01);
		const rest = 3 * gas["submitUpdate, 4 training proofs"] + gas["openRound, 3 members"] + gas["freeze, 3 updates"];
		const members =
			gas["confirmAvailability, first of 3 updates"] +
			gas["confirmAvailability, making 3 updates available"] +
			gas["postKeySum, 3 updates, first"] +
			gas["postKeySum, 3 updates, opening"] +
			gas["attest, first"] +
			gas["attest, finalizing"];
		const estimate = estimateStudy(study, { speed: SPEED, hospitals: 3, samples: 4 * 4 * 8 });
		within(estimate.gas.round, rest + members, 0.01);
	});

	it("adds up a round", () => {
		const { circuits, proofs, seconds, bytes, segments } = estimateStudy(study, {
			speed: SPEED,
			hospitals: 5,
			samples: 100,
		});
		assert.equal(circuits.train.constraints, 63_846);
		assert.equal(circuits.train.domainPower, 16);
		// 12 whole batches of 8, four steps a segment.
		assert.equal(segments, 3);
		assert.deepEqual(proofs, { hospital: 4, member: 2, round: 5 * 4 + 2 * 2 });
		assert.ok(Math.abs(seconds.hospital - (3 * 6.3846 + circuits.encrypt.constraints * 1e-4)) < 1e-9);
		assert.equal(bytes.model, encodeModel(Array<number>(73).fill(0)).length);
		const momentum = withChanges({ serverOptimizer: { kind: "fedadam", learningRate: 0.1 } });
		const state = [Array<bigint>(73).fill(0n), Array<bigint>(73).fill(0n)];
		assert.equal(
			estimateStudy(momentum, { speed: SPEED }).bytes.model,
			encodeModel(Array<number>(73).fill(0), state).length,
		);
		assert.throws(() => segmentsOf(study, 7), RangeError);
		assert.throws(() => segmentsOf(study, mostSamples(study) + 1), RangeError);
		assert.equal(segmentsOf(study, mostSamples(study)), 16);
	});

	it("is near the proving keys that were made: sizes within 15 %", () => {
		const { train, encrypt, keySum } = estimateStudy(study, { speed: SPEED }).circuits;
		within(train.keyBytes, 56.7e6, 0.15);
		within(encrypt.keyBytes, 82e6, 0.15);
		within(keySum.keyBytes, 40.4e6, 0.15);
	});
});

describe("the budget", () => {
	it("lets the shipped study pass", () => {
		assert.deepEqual(budgetProblems(study), []);
		requireWithinBudget(study);
	});

	it("names steps that would fit, and a study with them does", () => {
		const large = withChanges({ stepsPerSegment: 64, batchSize: 32, datasetDepth: 6 });
		const [problem, ...others] = budgetProblems(large);
		assert.ok(problem !== undefined && others.length === 0);
		assert.equal(problem.field, "stepsPerSegment");
		assert.equal(problem.value, 64);
		assert.match(problem.estimate, /constraints needs a domain of 2\^2\d/);
		const most = Number(/^(\d+) or fewer/.exec(problem.fits)?.[1]);
		assert.ok(most >= 1 && most < 64);
		assert.deepEqual(budgetProblems({ ...large, stepsPerSegment: most, datasetDepth: 4 }), []);
		assert.notDeepEqual(budgetProblems({ ...large, stepsPerSegment: most + 1, datasetDepth: 4 }), []);
		const error = throwsWithCode(() => requireWithinBudget(large), "STUDY_OVER_BUDGET");
		assert.match(error.message, /stepsPerSegment = 64/);
	});

	it("names the layer whose width does not fit even one step, and the width that would", () => {
		const images = {
			input: { height: 40, width: 40, channels: 1 },
			preprocessing: { kind: "image" },
			batchSize: 32,
			stepsPerSegment: 1,
			datasetDepth: 5,
		} as const;
		const convolution = (filters: number): StudyFile["layers"] => [
			{ kind: "conv2d", filters, kernel: [3, 3], stride: [4, 4] },
			{ kind: "relu" },
			{ kind: "averagePooling", window: [2, 2] },
			{ kind: "dense", units: 1 },
		];
		const [problem] = budgetProblems(withChanges({ ...images, layers: convolution(32) }));
		assert.ok(problem !== undefined);
		assert.equal(problem.field, "layers.0.filters");
		assert.equal(problem.value, 32);
		const most = Number(/^(\d+) or fewer/.exec(problem.fits)?.[1]);
		assert.ok(most >= 1 && most < 32, problem.fits);
		assert.deepEqual(budgetProblems(withChanges({ ...images, layers: convolution(most) })), []);
		assert.notDeepEqual(budgetProblems(withChanges({ ...images, layers: convolution(most + 1) })), []);
	});

	it("has transactions that a chain takes", () => {
		assert.ok(submissionGas(BUDGET.segments) < BUDGET.transactionGas);
	});
});
