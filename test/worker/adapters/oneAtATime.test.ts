import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { oneAtATime } from "../../../worker/adapters/oneAtATime.ts";

test("jobs run one after the other in the order in which they came, also after one that failed", async () => {
	const run = oneAtATime();
	const events: string[] = [];
	const job = (name: string, error?: Error) => async () => {
		events.push(`${name} begins`);
		await sleep(1);
		events.push(`${name} ends`);
		if (error !== undefined) throw error;
		return name;
	};
	const [first, failed, last] = [run(job("first")), run(job("failed", new Error("no"))), run(job("last"))];
	await assert.rejects(failed, /no/);
	assert.deepEqual(await Promise.all([first, last]), ["first", "last"]);
	const order = ["first", "failed", "last"].flatMap((name) => [`${name} begins`, `${name} ends`]);
	assert.deepEqual(events, order);
});
