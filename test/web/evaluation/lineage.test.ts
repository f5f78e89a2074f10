/** A study's models and rounds, as table and as graph. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { COLUMN, type Lineage, lineageGraph, ROW, studyLineage } from "../../../web/lib/evaluation/lineage.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { HOSPITALS } from "../../support/audit/syntheticConsortium.ts";
import { troubledChain } from "../../support/audit/troubledChain.ts";

let lineage: Lineage;
before(() => {
	lineage = studyLineage(foldEvents(troubledChain().events), 1n);
});

test("models with the rounds and hospitals that made them; the latest is current", () => {
	const { models } = lineage;
	assert.deepEqual(
		models.map(({ modelId, parent, current }) => [modelId, parent, current]),
		[
			[1n, 0n, false],
			[2n, 1n, false],
			[3n, 2n, true],
		],
	);
	assert.equal(models[0]?.round, undefined);
	const round = models[1]?.round;
	assert.deepEqual([round?.roundId, round?.phase, round?.attestations], [1n, "Finalized", 3]);
	assert.deepEqual(
		round?.contributors.map(({ hospital }) => hospital),
		[...HOSPITALS],
	);
	// 7, 4 and 5 batches of 8.
	assert.equal(round?.samples, 128);
});

test("rounds that failed or go on are shown, with what they were", () => {
	assert.deepEqual(
		lineage.rounds.map(({ roundId, phase, failure }) => [roundId, phase, failure]),
		[
			[1n, "Finalized", undefined],
			[2n, "Failed", "NotEnoughUpdates"],
			[3n, "Failed", "Cancelled"],
			[4n, "Failed", "NotEnoughAvailable"],
			[5n, "Finalized", undefined],
			[6n, "Failed", "StudyClosed"],
		],
	);
	assert.deepEqual(studyLineage(foldEvents(troubledChain().events), 2n), { models: [], rounds: [] });
});

test("the graph: one line of models and their rounds, others below where they began, none on top of another", () => {
	const { nodes, edges } = lineageGraph(lineage);
	assert.deepEqual(
		nodes.filter(({ y }) => y === 0).map(({ id, x }) => [id, x]),
		[
			["model-1", 0],
			["round-1", COLUMN],
			["model-2", 2 * COLUMN],
			["round-5", 3 * COLUMN],
			["model-3", 4 * COLUMN],
		],
	);
	const failed = nodes.filter(({ y }) => y > 0);
	assert.deepEqual(
		failed.map(({ id, x, y }) => [id, x, y]),
		[
			...[2, 3, 4].map((round, index) => [`round-${round}`, 3 * COLUMN, (index + 1) * ROW]),
			["round-6", 5 * COLUMN, ROW],
		],
	);
	assert.equal(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size, nodes.length);
	assert.deepEqual(
		edges.map(({ source, target }) => `${source} > ${target}`),
		[
			...["model-1 > round-1", "round-1 > model-2"],
			...[2, 3, 4, 5].map((round) => `model-2 > round-${round}`),
			...["round-5 > model-3", "model-3 > round-6"],
		],
	);
});
