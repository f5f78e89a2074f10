import assert from "node:assert/strict";
import { describe, it } from "node:test";
import wdbc from "../../../studies/wdbc.json" with { type: "json" };
import { requireUpdateNorm, squaredNorm } from "../../../worker/core/encryption/updateNorm.ts";
import { normBoundInteger, studySchema } from "../../../worker/protocol/study.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";

const study = studySchema.parse(wdbc);
const bounded = { ...study, updateNormBound: 0.5 };

describe("the bound of an update's norm", () => {
	it("is an integer of scale 2^32, and none without a field", () => {
		assert.equal(normBoundInteger(bounded), 2n ** 30n);
		assert.equal(normBoundInteger(study), 0n);
		assert.equal(normBoundInteger({ updateNormBound: 512 }), 2n ** 50n);
	});

	it("allows up to it and not one unit more", () => {
		const before = [5, -7, 0, 2 ** 19 - 1];
		requireUpdateNorm(bounded, [5 + 2 ** 15, -7, 0, 2 ** 19 - 1], before);
		requireUpdateNorm(bounded, before, before);
		const error = throwsWithCode(
			() => requireUpdateNorm(bounded, [5 + 2 ** 15, -6, 0, 2 ** 19 - 1], before),
			"UPDATE_NORM",
		);
		assert.match(error.message, /updateNormBound = 0\.5$/);
		assert.doesNotMatch(`${error.message} ${error.nextStep}`, /3276|0\.50000/, "the norm itself is not told");
		requireUpdateNorm(study, [2 ** 19 - 1], [-(2 ** 19)]);
	});

	it("is exact for the most and largest weights", () => {
		const count = 2048;
		const [low, high] = [Array<number>(count).fill(-(2 ** 19)), Array<number>(count).fill(2 ** 19 - 1)];
		assert.equal(squaredNorm(high, low), BigInt(count) * (2n ** 20n - 1n) ** 2n);
		assert.equal(squaredNorm(low, high), squaredNorm(high, low));
		assert.throws(() => squaredNorm(low, [0]), RangeError);
	});
});
