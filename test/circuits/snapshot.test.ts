import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { type CircuitSize, circuitSizes, SNAPSHOT } from "../../scripts/circuits/snapshot.ts";

/** Most constraints, linear ones counted: with the public signals' rows they stay within a domain of 2^17. */
const MOST_CONSTRAINTS = 131_072;
const MOST_PER_SAMPLE_STEP = 3_000;
/** Of the default study: its proof and its training's take a domain of 2^16. */
const MOST_ENCRYPT_UPDATE = 65_000;
const MOST_PER_SLOT = 5_100;
const MOST_KEY_SUM_REST = 1_200;

describe("sizes of the circuits", () => {
	let sizes: Readonly<Record<string, CircuitSize>>;
	before(async () => {
		sizes = await circuitSizes();
	});

	it("are those of the snapshot (node scripts/circuits/snapshot.ts --update)", () => {
		assert.deepEqual(sizes, JSON.parse(readFileSync(SNAPSHOT, "utf8")));
	});

	it("let an encryption's proof of the default study stay in a domain of 2^16", () => {
		const { constraints, domainPower } = sizes.EncryptUpdateWdbc ?? {};
		assert.ok(constraints !== undefined && constraints.total <= MOST_ENCRYPT_UPDATE);
		assert.equal(domainPower, 16);
	});

	it("are linear in a key sum's slots", () => {
		const [few, most] = [sizes.KeySumWdbc, sizes.KeySumSixteenSlots];
		assert.ok(few !== undefined && most !== undefined);
		const slots = Number(most.params.slots) - Number(few.params.slots);
		const each = (most.constraints.total - few.constraints.total) / slots;
		assert.equal(Math.round(each), each);
		assert.ok(each <= MOST_PER_SLOT, `${each} a slot`);
	});

	it("keep the budgets", () => {
		for (const [name, { constraints, domainPower, params }] of Object.entries(sizes)) {
			assert.ok(constraints.total <= MOST_CONSTRAINTS, `${name}: ${constraints.total}`);
			assert.ok(domainPower <= 17, `${name}: domain of 2^${domainPower}`);
			assert.equal(constraints.linear, 0, name);
			if (name.startsWith("KeySum")) {
				assert.ok(
					constraints.total <= Number(params.slots) * MOST_PER_SLOT + MOST_KEY_SUM_REST,
					`${name}: ${constraints.total}`,
				);
			}
			if (name.startsWith("TrainSegment")) {
				const each = constraints.total / (Number(params.batchSize) * Number(params.steps));
				assert.ok(each <= MOST_PER_SAMPLE_STEP, `${name}: ${each} a sample-step`);
			}
		}
	});
});
