/** How far the proofs are, by the worker's jobs and what it expects. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { provingProgress } from "../../../web/lib/worker/progress.ts";
import type { Job } from "../../../web/lib/worker/schemas.ts";

const START = Date.parse("2026-01-01T00:00:00.000Z");
let id = 0;
const job = (step: string, state: Job["state"], at: number, seconds?: number): Job => ({
	id: ++id,
	step,
	state,
	startedAt: new Date(START + 1000 * at).toISOString(),
	...(seconds === undefined ? {} : { seconds }),
});
const now = (seconds: number): number => START + 1000 * seconds;
/** Three training proofs and one of the encryption. */
const expects = { seconds: 20, proofs: 4 };

test("nothing runs, nothing is shown", () => {
	assert.equal(provingProgress([], expects, now(0)), undefined);
	assert.equal(provingProgress([job("prove training segment 1 of 3", "done", 0, 4)], expects, now(5)), undefined);
});

test("finished proofs and a part of the one that runs", () => {
	const jobs = [
		job("submit the update of round 1", "done", -100, 1),
		job("prove training segment 1 of 3", "done", 0, 5),
		job("prove training segment 2 of 3", "running", 5),
	];
	const progress = provingProgress(jobs, expects, now(7.5));
	assert.equal(progress?.label, "Training proof 2 of 3");
	assert.equal(progress?.fraction, 1.5 / 4);
	assert.equal(progress?.remaining, 12.5);
	assert.equal(progress?.total, 7.5);
	assert.equal(progress?.jobs.length, 2, "what belongs to an earlier round is left out");
});

test("a worker that was started again counts what it had proven before", () => {
	const jobs = [job("prove training segment 3 of 3", "running", 0)];
	assert.equal(provingProgress(jobs, expects, now(0))?.fraction, 2 / 4);
	const encrypting = [job("prove the encryption", "running", 0)];
	const progress = provingProgress(encrypting, expects, now(60));
	assert.equal(progress?.label, "Encryption proof");
	assert.equal(progress?.fraction, 3.95 / 4, "a proof that takes longer is not finished");
	assert.ok((progress?.remaining ?? 0) > 0);
});

test("while one is proven, the witness of the next is computed: the older counts", () => {
	const jobs = [job("prove training segment 1 of 3", "running", 0), job("prove training segment 2 of 3", "running", 2)];
	const progress = provingProgress(jobs, expects, now(2.5));
	assert.equal(progress?.label, "Training proof 1 of 3");
	assert.equal(progress?.fraction, 0.5 / 4);
});

test("a busy machine takes longer than the worker has measured", () => {
	const jobs = [
		job("prove training segment 1 of 3", "done", 0, 20),
		job("prove training segment 2 of 3", "running", 20),
	];
	assert.equal(provingProgress(jobs, expects, now(30))?.remaining, 50);
});

test("stopped jobs are not shown twice", () => {
	const jobs = [
		job("prove training segment 1 of 3", "stopped", 0),
		job("prove training segment 1 of 3", "running", 10),
	];
	const progress = provingProgress(jobs, null, now(12));
	assert.equal(progress?.jobs.length, 1);
	assert.equal(progress?.remaining, undefined, "without a measurement nothing is promised");
	assert.equal(progress?.fraction, 0);
});

test("a member's proofs", () => {
	const jobs = [
		job("confirm 3 bundles of round 1", "done", -5, 1),
		job("verify the proofs of 3 updates", "done", 0, 1),
		job("prove key sum part 2 of 2", "running", 1),
	];
	const progress = provingProgress(jobs, { seconds: 8, proofs: 2 }, now(3));
	assert.equal(progress?.label, "Key sum proof 2 of 2");
	assert.equal(progress?.fraction, 1.5 / 2);
	const other = provingProgress([job("recompute the model of round 1", "running", 0)], null, now(1));
	assert.equal(other?.label, "Recompute the model of round 1");
});
