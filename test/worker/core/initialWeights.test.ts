import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStudy } from "../../../worker/core/codecs/study.ts";
import { initialModel, initialModelProblem } from "../../../worker/core/training/initialModel.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { standInDeployment } from "../../../worker/protocol/deploymentId.ts";
import { loadStudy } from "../../support/wdbc.ts";
import vectors from "../../vectors/initialWeights.json" with { type: "json" };

const PLACE = { chainId: 31337, roundManager: "0x3333333333333333333333333333333333333333" } as const;
const study = loadStudy();

test("known answers: weights follow from definition, chain and contract", () => {
	for (const { definition, chainId, roundManager, weights } of vectors.cases) {
		const decoded = decodeStudy(new TextEncoder().encode(definition));
		const place = { chainId, roundManager: roundManager as `0x${string}` };
		assert.deepEqual(initialWeights(decoded, place), weights);
		// An address is one however its letters are written.
		const lower = roundManager.toLowerCase() as `0x${string}`;
		assert.deepEqual(initialWeights(decoded, { chainId, roundManager: lower }), weights);
	}
});

test("two studies, chains or contracts, and two definitions of one name, start from other weights", () => {
	const others = [
		initialWeights(study, PLACE),
		initialWeights(study, { ...PLACE, chainId: 1337 }),
		initialWeights(study, { ...PLACE, roundManager: "0x3333333333333333333333333333333333333334" }),
		initialWeights({ ...study, name: "other" }, PLACE),
		initialWeights({ ...study, title: "Another title" }, PLACE),
		initialWeights({ ...study, initialWeightsSeed: "another" }, PLACE),
		initialWeights(study, standInDeployment("a")),
		initialWeights(study, standInDeployment("b")),
	];
	for (const [index, weights] of others.entries()) {
		for (const before of others.slice(0, index)) {
			const equal = weights.filter((weight, at) => weight !== 0 && weight === before[at]).length;
			assert.ok(equal <= 2, `${equal} of ${weights.length} weights are equal`);
		}
	}
});

test("a registered model with one other weight, or another object of the same weights, is seen", () => {
	const { commitment, digest } = initialModel(study, PLACE);
	assert.equal(initialModelProblem(study, PLACE, { commitment, digest }), undefined);
	assert.match(initialModelProblem(study, PLACE, { commitment: commitment + 1n, digest }) ?? "", /commitment/);
	const other = `${digest.slice(0, -1)}${digest.endsWith("0") ? "1" : "0"}` as const;
	assert.match(initialModelProblem(study, PLACE, { commitment, digest: other as `0x${string}` }) ?? "", /digest/);
});
