import assert from "node:assert/strict";
import { test } from "node:test";
import { studySchema } from "../../../worker/protocol/study.ts";
import { loadStudy } from "../../support/wdbc.ts";

test("a study's full data set has at most 48 segments, as the model registry requires", () => {
	const study = loadStudy();
	const accepts = (epochs: number, datasetDepth: number, stepsPerSegment: number): boolean =>
		studySchema.safeParse({ ...study, epochs, datasetDepth, stepsPerSegment }).success;
	assert.ok(accepts(3, 6, 4));
	assert.ok(accepts(1, 11, 64));
	assert.ok(!accepts(4, 6, 4));
	// 49 segments, the last of one step.
	assert.ok(!accepts(61, 4, 20));
	assert.ok(!accepts(1, 12, 64));
});
