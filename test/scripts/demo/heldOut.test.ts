/** The rows that browsers evaluate models on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { heldOutBlock } from "../../../scripts/demo/serve/heldOut.ts";
import { MAX_BLOCK_BYTES } from "../../../worker/adapters/ipfs/blockStore.ts";
import { decodeStore } from "../../../worker/core/dataset/store.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { loadStudy } from "../../support/wdbc.ts";

const study = loadStudy();
const { inputCount } = architectureOf(study);
const samples = (count: number) =>
	Array.from({ length: count }, (_, index) => ({
		inputs: new Uint8Array(inputCount).fill(index % 251),
		label: index % 2,
	}));

test("all rows in one block of the study", () => {
	const rows = samples(209);
	const block = heldOutBlock(study, rows, "the embedded table");
	assert.ok(block !== undefined);
	assert.deepEqual(decodeStore(block.bytes, study, "block"), rows);
	assert.equal(block.description, "209 held-out rows: the embedded table");
	assert.equal(heldOutBlock(study, [], "nothing"), undefined);
});

test("more rows than a block holds: as many as it does, and it says so", () => {
	const rows = samples(50_000);
	const block = heldOutBlock(study, rows, "x".repeat(300));
	assert.ok(block !== undefined);
	assert.ok(block.bytes.length <= MAX_BLOCK_BYTES);
	assert.ok(block.bytes.length > MAX_BLOCK_BYTES * 0.9);
	const kept = decodeStore(block.bytes, study, "block");
	assert.deepEqual(kept, rows.slice(0, kept.length));
	assert.match(block.description, new RegExp(`^the first ${kept.length} of 50000 held-out rows: x+$`));
	assert.equal(block.description.length, 200);
});
