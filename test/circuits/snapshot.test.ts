import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { type CircuitSize, circuitSizes, SNAPSHOT } from "../../scripts/circuits/snapshot.ts";

/** Most constraints, linear ones counted: with the public signals' rows they stay within a domain of 2^17. */
const MOST_CONSTRAINTS = 131_072;
const MOST_PER_SAMPLE_STEP = 3_000;
const MOST_ENCRYPT_UPDATE = 110_000;

describe("sizes of the deployed circuits", () => {
	let sizes: Readonly<Record<string, CircuitSize>>;
	before(async () => {
		sizes = await circuitSizes();
	});

	it("are those of the snapshot (node scripts/circuits/snapshot.ts --update)", () => {
		assert.deepEqual(sizes, JSON.parse(readFileSync(SNAPSHOT, "utf8")));
	});

	it("keep the budgets", () => {
		for (const [name, { constraints, domainPower, params }] of Object.entries(sizes)) {
			assert.ok(constraints.total <= MOST_CONSTRAINTS, `${name}: ${constraints.total}`);
			assert.ok(domainPower <= 17, `${name}: domain of 2^${domainPower}`);
			if (name.startsWith("EncryptUpdate")) assert.ok(constraints.total <= MOST_ENCRYPT_UPDATE, `${name}`);
			if (name.startsWith("TrainSegment")) {
				const { batchSize = 0, steps = 0 } = params;
				const each = constraints.total / (batchSize * steps);
				assert.ok(each <= MOST_PER_SAMPLE_STEP, `${name}: ${each} a sample-step`);
			}
		}
	});
});
