import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { counted, gasText, integer, listed, rangeOf, scaled } from "../../../web/lib/words/numbers.ts";

describe("numbers in sentences", () => {
	it("gas", () => {
		assert.equal(gasText(612_345n), "612 k gas");
		assert.equal(gasText(999n), "999 gas");
		assert.equal(gasText(999_499n), "999 k gas");
		assert.equal(gasText(999_500n), "1.00 M gas");
		assert.equal(gasText(1_410_834n), "1.41 M gas");
	});
	it("counts, lists, ranges", () => {
		assert.equal(integer(1_234_567n), "1,234,567");
		assert.equal(counted(1, "batch", "batches"), "1 batch");
		assert.equal(counted(0n, "batch", "batches"), "0 batches");
		assert.equal(listed([]), "");
		assert.equal(listed(["A"]), "A");
		assert.equal(listed(["A", "B"]), "A and B");
		assert.equal(listed(["A", "B", "C"]), "A, B and C");
		assert.equal(rangeOf("step", 5, 8, 12), "steps 5 to 8 of 12");
		assert.equal(rangeOf("step", 12, 12, 12), "step 12 of 12");
	});
	it("scaled integers exactly", () => {
		assert.equal(scaled(512, 10), "0.5");
		assert.equal(scaled(128n, 10), "0.125");
		assert.equal(scaled(1, 10), "0.0009765625");
	});
});
