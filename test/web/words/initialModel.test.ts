import assert from "node:assert/strict";
import { test } from "node:test";
import { initialModelWords } from "../../../web/lib/words/initialModel.ts";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { initialModel } from "../../../worker/core/training/initialModel.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { loadStudy } from "../../support/wdbc.ts";

const study = loadStudy();
const place = { chainId: 31337, roundManager: "0x3333333333333333333333333333333333333333" } as const;

test("the models page tells the definition's initial weights from chosen ones", () => {
	const { weights, commitment, digest } = initialModel(study, place);
	assert.equal(initialModelWords(study, place, { commitment, digest }).tone, "ok");
	const trap = weights.map((weight, index) => (index === 36 ? weight - 1 : weight));
	const registered = { commitment: commitWeights(trap, 0n), digest: contentDigest(encodeModel(trap)).hex };
	const { tone, label } = initialModelWords(study, place, registered);
	assert.deepEqual([tone, label], ["bad", "Somebody chose the initial weights"]);
	assert.equal(initialModelWords(study, { ...place, chainId: 1 }, { commitment, digest }).tone, "bad");
});
