import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const INCLUDES = [
	"circuits/lib/fixed/UnsignedBits.circom",
	"circuits/lib/hash/BatchLeaf.circom",
	"circuits/lib/hash/CommitVelocity.circom",
	"circuits/lib/hash/CommitWeights.circom",
	"circuits/lib/poly/SmallCoefficients.circom",
];

/** A circuit around one commitment. */
const use = (body: string): Promise<unknown> =>
	testCircuit({
		include: INCLUDES,
		template: "Use",
		source: `template Use() { signal input values[12]; signal input salt; signal output commitment; ${body} }`,
	});

/** The compiler's report names the missing tag, or the width that does not fit. */
const refuses = (body: string, reason: RegExp): Promise<void> =>
	assert.rejects(use(body), (error: unknown) => {
		assert.ok(isDecentraHealthError(error) && error.code === "CIRCUIT_COMPILE");
		assert.match(error.message, reason);
		return true;
	});

describe("commitments take only values whose range a tag shows", () => {
	const CASES = {
		CommitWeights: {
			untagged: "commitment <== CommitWeights(12)(values, salt);",
			tooWide: "commitment <== CommitWeights(12)(SmallCoefficients(12, 21)(values), salt);",
			checked: "commitment <== CommitWeights(12)(SmallCoefficients(12, 20)(values), salt);",
			tag: /Missing tag: .* requires tag signedBits/,
		},
		CommitVelocity: {
			untagged: "signal packed[2]; (commitment, packed) <== CommitVelocity(12)(values, salt);",
			tooWide:
				"signal packed[2]; (commitment, packed) <== CommitVelocity(12)(SmallCoefficients(12, 25)(values), salt);",
			checked:
				"signal packed[2]; (commitment, packed) <== CommitVelocity(12)(SmallCoefficients(12, 24)(values), salt);",
			tag: /Missing tag: .* requires tag signedBits/,
		},
		"BatchLeaf's inputs": {
			untagged: `component leaf = BatchLeaf(1, 11); leaf.inputs[0][0] <== values[0];`,
			tooWide: batchOf("UnsignedBits(9)", "UnsignedBits(1)"),
			checked: batchOf("UnsignedBits(8)", "UnsignedBits(1)"),
			tag: /Missing tag: .* requires tag unsignedBits/,
		},
		"BatchLeaf's labels": {
			untagged: `component leaf = BatchLeaf(1, 11); leaf.labels[0] <== values[11];`,
			tooWide: batchOf("UnsignedBits(8)", "UnsignedBits(9)"),
			checked: batchOf("UnsignedBits(8)", "UnsignedBits(8)"),
			tag: /Missing tag: .* requires tag unsignedBits/,
		},
	} as const;
	for (const [name, { untagged, tooWide, checked, tag }] of Object.entries(CASES)) {
		it(`${name}: no untagged value and no wider range compiles, the checked one does`, async () => {
			await refuses(untagged, tag);
			await refuses(tooWide, /False assert reached/);
			await use(checked);
		});
	}
});

/** A batch of one sample, eleven inputs and a label, each through a template. */
function batchOf(input: string, label: string): string {
	return `component leaf = BatchLeaf(1, 11);
		for (var i = 0; i < 11; i++) leaf.inputs[0][i] <== ${input}(values[i]);
		leaf.labels[0] <== ${label}(values[11]);
		leaf.salt <== salt;
		commitment <== leaf.leaf;`;
}
