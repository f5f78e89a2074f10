/** The limits that calls are signed for, beside what the calls use. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gasLimitOf } from "../../../worker/core/estimate/gasLimit.ts";
import gas from "../../contracts/gas.json" with { type: "json" };

const list = (length: number): readonly unknown[] => Array.from({ length });
const numberIn = (what: string, pattern: RegExp): number => Number(pattern.exec(what)?.[1] ?? assert.fail(what));

/** Arguments as long as a snapshot's name says. */
const ARGUMENTS: Readonly<Record<string, (what: string) => readonly unknown[]>> = {
	submitUpdate: (what) => [1n, "0x", list(numberIn(what, /(\d+) training/)), []],
	confirmAvailability: (what) => [1n, list(/first/.test(what) ? 1 : numberIn(what, /(\d+) updates/))],
	freeze: () => [1n],
	postKeySum: (what) => [1n, "0x", [], list(/in \d+ proofs/.test(what) ? numberIn(what, /in (\d+) proofs/) : 1)],
	attest: () => [1n],
	openRound: (what) => [1n, list(numberIn(what, /(\d+) members/)), []],
	challengeUpdate: () => [1n],
};

/** Of calls whose arguments don't tell their size, the limit is the largest one's. */
const SIZED_BY_STATE = ["freeze", "challengeUpdate"];

test("every measured call has room below its limit, and not much more", () => {
	const seen = new Set<string>();
	for (const [what, used] of Object.entries(gas)) {
		const functionName = what.split(",")[0] ?? "";
		const argumentsOf = ARGUMENTS[functionName];
		if (argumentsOf === undefined) continue;
		seen.add(functionName);
		const limit = Number(gasLimitOf({ functionName, args: argumentsOf(what) }));
		assert.ok(limit >= 1.5 * used, `${what}: ${used} gas, limit ${limit}`);
		if (!SIZED_BY_STATE.includes(functionName)) assert.ok(limit <= 6 * used, `${what}: ${used} gas, limit ${limit}`);
	}
	assert.deepEqual([...seen].sort(), Object.keys(ARGUMENTS).sort());
});

test("a call that is not in the table has a limit too, and arguments that are not what was expected raise none", () => {
	assert.equal(gasLimitOf({ functionName: "admitHospital", args: ["0x"] }), 1_500_000n);
	assert.equal(gasLimitOf({ functionName: "submitUpdate", args: [] }), 1_100_000n);
	assert.ok(gasLimitOf({ functionName: "submitUpdate", args: [1n, "0x", list(48), []] }) < 2n ** 24n);
	assert.ok(gasLimitOf({ functionName: "postKeySum", args: [1n, "0x", [], list(64)] }) < 2n ** 24n);
});
