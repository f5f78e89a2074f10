/** What a worker expects its proofs of a round to take. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closeProver, type prove } from "../../../worker/adapters/prover.ts";
import { estimateStudy } from "../../../worker/core/estimate/estimateStudy.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { startExpectation } from "../../../worker/service/open/expectation.ts";
import { loadStudy } from "../../support/wdbc.ts";

const study = loadStudy();
const { circuits } = estimateStudy(study, { speed: { secondsPerConstraint: 1, source: "" } });
const SAMPLES = 12 * study.batchSize;

/** A prover that takes the time it is told, one proof after the other, however many are asked for at once. */
const slowly = (seconds: number) => {
	let time = 0;
	const queue: (() => void)[] = [];
	const proveIt: typeof prove = () =>
		new Promise((resolve) => {
			queue.push(() => resolve({ proof: [], publicSignals: [] } as never));
		});
	return {
		now: () => time,
		proveIt,
		/** The oldest proof is done. */
		finish: async () => {
			time += seconds * 1000;
			queue.shift()?.();
			await new Promise((resolve) => setImmediate(resolve));
		},
	};
};

const circuit = (name: string) => ({ name }) as Parameters<typeof prove>[0];

describe("a hospital's expectation", () => {
	it("is nothing before there was a proof, and then follows the last ones' speed", async () => {
		const { now, proveIt, finish } = slowly(6);
		const { of, timed } = startExpectation({ role: "hospital", study, samples: SAMPLES, measureFirst: false }, now);
		assert.equal(of(undefined), undefined);
		const proving = timed(proveIt);
		// Two at once, as the pipeline asks: each takes six seconds.
		const both = [proving(circuit("TrainSegmentWdbc"), {}), proving(circuit("TrainSegmentWdbc"), {})];
		await finish();
		await finish();
		await Promise.all(both);
		const secondsPerConstraint = 6 / circuits.train.constraints;
		const { seconds, proofs } = estimateStudy(study, {
			speed: { secondsPerConstraint, source: "" },
			samples: SAMPLES,
		});
		assert.deepEqual(of(undefined), { seconds: Number(seconds.hospital.toFixed(1)), proofs: proofs.hospital });
		// 12 batches, all epochs, a few steps a segment; then the encryption.
		assert.equal(proofs.hospital, Math.ceil((12 * study.epochs) / study.stepsPerSegment) + 1);
	});

	it("is what this machine was measured with before there was a proof", async (context) => {
		context.after(closeProver);
		const { of } = startExpectation({ role: "hospital", study, samples: SAMPLES, measureFirst: true });
		for (let found = of(undefined); ; found = of(undefined)) {
			if (found !== undefined) {
				assert.ok(found.seconds > 0.1 && found.seconds < 3_600, String(found.seconds));
				return;
			}
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	});

	it("forgets what was long ago", async () => {
		const { now, proveIt, finish } = slowly(60);
		const { of, timed } = startExpectation({ role: "hospital", study, samples: SAMPLES, measureFirst: false }, now);
		const proving = timed(proveIt);
		const slow = proving(circuit("EncryptUpdateWdbc"), {});
		await finish();
		await slow;
		const before = of(undefined)?.seconds ?? 0;
		for (let count = 0; count < 8; count++) {
			const fast = timed(async () => ({ proof: [], publicSignals: [] }) as never)(circuit("EncryptUpdateWdbc"), {});
			await fast;
		}
		assert.deepEqual([before > 0, of(undefined)?.seconds], [true, 0]);
	});
});

describe("a member's expectation", () => {
	it("is about as many key sum proofs as the round's updates take", async () => {
		const { now, proveIt, finish } = slowly(2);
		const { of, timed } = startExpectation({ role: "committee", study, measureFirst: false }, now);
		const proof = timed(proveIt)(circuit("KeySumWdbc"), {});
		await finish();
		await proof;
		const round = (expectedUpdates: number, frozen?: number) =>
			({
				opening: { expectedUpdates },
				updates: Array.from({ length: frozen ?? 0 }, () => ({})),
				...(frozen === undefined ? {} : { frozen: {} }),
			}) as unknown as RoundRecord;
		const { keySumSlots } = study;
		assert.deepEqual(of(undefined), { seconds: 2, proofs: 1 });
		assert.deepEqual(of(round(2 * keySumSlots + 1)), { seconds: 6, proofs: 3 });
		assert.deepEqual(of(round(2 * keySumSlots + 1, keySumSlots)), { seconds: 2, proofs: 1 });
	});
});
