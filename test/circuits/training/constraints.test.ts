import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trainingConstraints } from "../../../worker/core/estimate/trainingConstraints.ts";
import { TRAIN_SEGMENT_SIGNALS } from "../../../worker/protocol/publicSignals.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { segmentParams, TRAINING_SHAPES } from "../../support/circuits/trainingShapes.ts";
import { loadStudy } from "../../support/wdbc.ts";

describe("trainingConstraints", () => {
	for (const [name, study] of Object.entries(TRAINING_SHAPES)) {
		it(`equals the compiled circuit: ${name}`, async () => {
			const { constraints } = await testCircuit({
				include: "circuits/training/TrainSegment.circom",
				template: "TrainSegment",
				params: segmentParams(study),
				publicSignals: [...TRAIN_SEGMENT_SIGNALS],
				optimization: "O2",
			});
			assert.equal(trainingConstraints(study).total, constraints.total);
		});
	}

	it("gives the default study's count, its share of a sample-step and its parts", () => {
		const { total, perSampleStep, parts } = trainingConstraints(loadStudy());
		assert.equal(total, 63846);
		assert.equal(Math.round(perSampleStep), 1995);
		assert.equal(
			Object.values(parts).reduce((a, b) => a + b, 0),
			total,
		);
	});
});
