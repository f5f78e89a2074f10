import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SegmentInput } from "../../../worker/core/training/segmentInput.ts";
import { proveSegments } from "../../../worker/node/trainingProofs.ts";
import type { UpdateNotes } from "../../../worker/node/updateNotes.ts";
import { parseProof } from "../../../worker/protocol/proof.ts";
import { simulatedKey } from "../../support/simulatedGroth16.ts";

const PROOF = parseProof([...simulatedKey("segments", 1).prove([1n])]);
const inputsOf = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ commitmentOut: BigInt(index + 1) }) as SegmentInput);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A prover whose proofs end when they are told to. */
const run = (inputs: readonly SegmentInput[], notes: UpdateNotes = { statement: "", segments: [] }) => {
	const asked: bigint[] = [];
	const ends = new Map<bigint, (error?: Error) => void>();
	const kept: number[] = [];
	const steps: string[] = [];
	const finished = proveSegments(inputs, {
		notes,
		proveSegment: ({ commitmentOut }) => {
			asked.push(commitmentOut);
			return new Promise((resolve, reject) => {
				ends.set(commitmentOut, (error) =>
					error === undefined ? resolve({ proof: PROOF, publicSignals: [] }) : reject(error),
				);
			});
		},
		keep: async () => {
			kept.push(notes.segments.length);
		},
		progress: ({ step, state }) => steps.push(`${step} ${state}`),
	});
	return { asked, kept, steps, notes, finished, end: (at: bigint, error?: Error) => ends.get(at)?.(error) };
};

describe("training proofs", () => {
	it("are asked for two at a time, and noted in order whatever order they end in", async () => {
		const { asked, kept, steps, notes, finished, end } = run(inputsOf(5));
		await turn();
		assert.deepEqual(asked, [1n, 2n]);
		end(2n);
		await turn();
		assert.deepEqual([asked.length, kept], [2, []], "nothing is noted before the first");
		end(1n);
		await turn();
		assert.deepEqual(asked, [1n, 2n, 3n, 4n]);
		assert.deepEqual(kept, [1, 2]);
		end(3n);
		await turn();
		end(5n);
		end(4n);
		await finished;
		assert.deepEqual(kept, [1, 2, 3, 4, 5]);
		assert.deepEqual(
			notes.segments.map(({ commitmentOut }) => commitmentOut),
			[1n, 2n, 3n, 4n, 5n],
		);
		assert.deepEqual(
			steps.filter((step) => step.endsWith("done")),
			[1, 2, 3, 4, 5].map((segment) => `prove training segment ${segment} of 5 done`),
		);
	});

	it("are not made again, but all from the first that is another segment's", async () => {
		const earlier = (...commitments: bigint[]): UpdateNotes => ({
			statement: "",
			segments: commitments.map((commitmentOut) => ({ proof: [...PROOF], commitmentOut })),
			encryption: { bundle: "", proof: [...PROOF], gamma: 0n, y: 0n, y2: 0n, shareDigest: 0n },
		});
		const complete = run(inputsOf(2), earlier(1n, 2n));
		await complete.finished;
		assert.deepEqual([complete.asked, complete.kept], [[], []]);
		assert.ok(complete.notes.encryption !== undefined);
		const changed = run(inputsOf(3), earlier(1n, 7n, 3n));
		await turn();
		assert.deepEqual(changed.asked, [2n, 3n]);
		changed.end(2n);
		changed.end(3n);
		await changed.finished;
		assert.deepEqual(
			changed.notes.segments.map(({ commitmentOut }) => commitmentOut),
			[1n, 2n, 3n],
		);
		assert.equal(changed.notes.encryption, undefined, "it was of other weights");
	});

	it("that fail leave those before them in the notes", async () => {
		const { kept, notes, finished, end } = run(inputsOf(3));
		await turn();
		const rejected = assert.rejects(finished, /second/);
		end(2n, new Error("second"));
		end(1n);
		await turn();
		end(3n, new Error("a later one, which nobody waits for any more"));
		await rejected;
		assert.deepEqual(kept, [1]);
		assert.equal(notes.segments.length, 1);
	});
});
