import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createGate } from "../../../worker/adapters/prover/gate.ts";

/** Jobs that end when told to, and the names of those let in so far. */
const jobsAt = (gate: ReturnType<typeof createGate>) => {
	const started: string[] = [];
	const ends = new Map<string, (error?: Error) => void>();
	const ask = (name: string, cost: number) =>
		gate.run(cost, () => {
			started.push(name);
			return new Promise<string>((resolve, reject) => {
				ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)));
			});
		});
	return { started, ask, end: (name: string, error?: Error) => ends.get(name)?.(error) };
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a gate", () => {
	it("lets in as many as there is room for, in the order in which they came", async () => {
		const { started, ask, end } = jobsAt(createGate({ jobs: 2, cost: 10 }));
		const all = [ask("a", 4), ask("b", 6), ask("c", 1), ask("d", 9), ask("e", 1)];
		await turn();
		assert.deepEqual(started, ["a", "b"]);
		end("a");
		await turn();
		assert.deepEqual(started, ["a", "b", "c"]);
		end("b");
		await turn();
		assert.deepEqual(started, ["a", "b", "c", "d"], "9 and 1 fit");
		end("c");
		await turn();
		assert.deepEqual(started, ["a", "b", "c", "d", "e"]);
		end("d");
		end("e");
		assert.deepEqual(await Promise.all(all), ["a", "b", "c", "d", "e"]);
	});

	it("lets in what costs more than everything when nothing else runs, and nothing small past it", async () => {
		const { started, ask, end } = jobsAt(createGate({ jobs: 3, cost: 10 }));
		const all = [ask("small", 1), ask("huge", 99), ask("late", 1)];
		await turn();
		assert.deepEqual(started, ["small"]);
		end("small");
		await turn();
		assert.deepEqual(started, ["small", "huge"]);
		end("huge");
		await turn();
		end("late");
		await Promise.all(all);
	});

	it("has room again after a job that failed", async () => {
		const { ask, end } = jobsAt(createGate({ jobs: 1, cost: 1 }));
		const failed = ask("failed", 1);
		const next = ask("next", 1);
		await turn();
		end("failed", new Error("no"));
		await assert.rejects(failed, /no/);
		await turn();
		end("next");
		assert.equal(await next, "next");
	});
});
