/** Seven seats, four of which suffice, among eight members: two rounds that a coordinator's worker opens and members' workers finish. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { decodeModel } from "../../../worker/core/codecs/model.ts";
import { memberStep } from "../../../worker/node/committee.ts";
import { coordinatorStep } from "../../../worker/node/coordinator.ts";
import { hospitalStep } from "../../../worker/node/hospital.ts";
import { crashing } from "../../support/crash.ts";
import { proverDouble } from "../../support/proverDouble.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";
import { DURATIONS, enrollWorkers, plaintextModel, type WorkerConsortium } from "../../support/workerConsortium.ts";

/** A key sum over three updates takes two proofs. */
const SIZE = { members: 8, committee: { members: 7, threshold: 4 }, keySumSlots: 2 } as const;

const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
let chain: WorkerChain;
let consortium: WorkerConsortium;

before(async () => {
	chain = await startWorkerChain(SIZE.keySumSlots);
	consortium = await enrollWorkers(chain, folder, SIZE);
	await consortium.join();
});
after(async () => {
	await closeProver();
	await chain.stop();
	rmSync(folder, { recursive: true });
});

const steps = async (...indices: readonly number[]): Promise<readonly string[]> => {
	const kinds: string[] = [];
	for (const index of indices) kinds.push((await memberStep(await consortium.member(index), 1n)).kind);
	return kinds;
};
const repeated = (kind: string, count: number): readonly string[] => Array.from({ length: count }, () => kind);
const coordinate = async (rounds?: number) => {
	const { coordinator, studyId, pool } = consortium;
	return (await coordinatorStep(coordinator, { studyId, pool, durations: DURATIONS, rounds })).kind;
};
const seatsOf = async (roundId: bigint): Promise<readonly number[]> =>
	(await consortium.round(roundId)).round.opening.committee.map((member) => consortium.pool.indexOf(member));

test("four of seven members finish a round; the eighth waits for its turn", async () => {
	assert.equal(await coordinate(), "openRound");
	assert.equal(await coordinate(), "wait");
	assert.deepEqual(await seatsOf(1n), [0, 1, 2, 3, 4, 5, 6]);
	for (const index of [0, 1, 2]) await hospitalStep(await consortium.hospital(index), 1n, consortium.study);
	assert.deepEqual(await steps(7, 1, 2, 4), ["wait", ...repeated("confirmAvailability", 3)]);
	assert.equal(await coordinate(), "wait");
	assert.deepEqual(await steps(6), ["confirmAvailability"]);
	assert.equal(await coordinate(), "freeze");
	// Its watch and its opening put three bundles each; it dies when the first proof is written down.
	const double = proverDouble();
	const crash = crashing({ at: 3 + 3 + 1, after: true });
	await assert.rejects(memberStep(await consortium.member(6, crash, 0, double), 1n), /after journal/);
	assert.equal((await memberStep(await consortium.member(6, undefined, 0, double), 1n)).kind, "postKeySum");
	assert.equal(double.made.length, 2);
	assert.deepEqual(await steps(4, 2, 7), [...repeated("postKeySum", 2), "wait"]);
	assert.equal((await consortium.round(1n)).round.phase, "Frozen");
	assert.deepEqual(await steps(1), ["postKeySum"]);
	assert.deepEqual(await steps(1, 2, 4, 6), repeated("attest", 4));
	const { round } = await consortium.round(1n);
	assert.equal(round.phase, "Finalized");
	assert.deepEqual(
		round.keySums.map(({ index, proofs }) => [index, proofs.length]),
		[7, 5, 3, 2].map((seat) => [seat, 2]),
	);
	const expected = plaintextModel(consortium, round.opening.beacon);
	const bytes = await consortium.store.get(round.finalized?.modelDigest ?? "0x");
	assert.deepEqual(decodeModel(bytes, expected.length), expected);
});

test("the next round seats the eighth; hospitals train on the model after they recomputed it", async () => {
	assert.equal(await coordinate(1), "wait");
	assert.equal(await coordinate(2), "openRound");
	assert.deepEqual(await seatsOf(2n), [1, 2, 3, 4, 5, 6, 7]);
	for (const index of [0, 1, 2]) {
		const { kind } = await hospitalStep(await consortium.hospital(index), 1n, consortium.study);
		assert.equal(kind, "submitUpdate");
	}
	assert.deepEqual(await steps(0, 7, 1, 2, 3), ["wait", ...repeated("confirmAvailability", 4)]);
	assert.deepEqual(await steps(5), ["freeze"]);
	assert.deepEqual(await steps(7, 0, 3, 5, 1), ["postKeySum", "wait", ...repeated("postKeySum", 3)]);
	assert.deepEqual(await steps(7, 3, 5, 1), repeated("attest", 4));
	assert.equal((await consortium.round(2n)).round.phase, "Finalized");
	assert.equal(await coordinate(2), "wait");
});
