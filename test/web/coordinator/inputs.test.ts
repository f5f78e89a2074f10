import assert from "node:assert/strict";
import { test } from "node:test";
import { readAddress } from "../../../web/lib/coordinator/addressInput.ts";
import {
	durationsOf,
	secondsOf,
	submissionWarning,
	suggestedDurations,
} from "../../../web/lib/coordinator/durations.ts";
import { readReview, writeReview } from "../../../web/lib/coordinator/openingReview.ts";
import { MAX_DURATION } from "../../../worker/protocol/durations.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

const problemOf = (text: string): string => {
	const input = readAddress(text);
	return input.kind === "problem" ? input.problem : assert.fail(`${text} is accepted`);
};

test("an address is taken with its checksum or in one case, and comes out with its checksum", () => {
	for (const text of [ADDRESS, ` ${ADDRESS}\n`, ADDRESS.toLowerCase(), `0x${ADDRESS.slice(2).toUpperCase()}`]) {
		assert.deepEqual(readAddress(text), { kind: "address", address: ADDRESS });
	}
	assert.deepEqual(readAddress("  "), { kind: "empty" });
});

test("every way to get an address wrong has its own words", () => {
	assert.match(problemOf(ADDRESS.slice(2)), /starts with 0x/);
	assert.match(problemOf(`${ADDRESS}0`), /this has 41/);
	assert.match(problemOf("0x70"), /this has 2/);
	assert.match(problemOf(`${ADDRESS.slice(0, -1)}g`), /0-9 and a-f/);
	// One digit exchanged, capitals kept.
	assert.match(problemOf(ADDRESS.replace("79C8", "79C9")), /checksum/);
	assert.match(problemOf(ADDRESS.replace("C518", "c518")), /checksum/);
	assert.match(problemOf(`0x${"0".repeat(40)}`), /zero address/);
});

/** Phases of seconds are for development chains. */
const [DEVELOPMENT, SEPOLIA] = [31337, 11155111];

test("durations are whole seconds up to 365 days in any unit, at least an hour where it is in earnest", () => {
	assert.match(JSON.stringify(secondsOf({ amount: 3_599, unit: "s" }, SEPOLIA)), /At least an hour/);
	assert.deepEqual(secondsOf({ amount: 1, unit: "h" }, SEPOLIA), { seconds: 3_600 });
	assert.deepEqual(secondsOf({ amount: 1.5, unit: "h" }, DEVELOPMENT), { seconds: 5_400 });
	assert.deepEqual(secondsOf({ amount: "90", unit: "s" }, DEVELOPMENT), { seconds: 90 });
	assert.deepEqual(secondsOf({ amount: 365, unit: "d" }, DEVELOPMENT), { seconds: MAX_DURATION });
	for (const [amount, unit] of [
		["", "min"],
		[0, "d"],
		[-1, "s"],
		[0.5, "s"],
		[366, "d"],
		["x", "s"],
	] as const) {
		assert.ok("problem" in secondsOf({ amount, unit }, DEVELOPMENT), `${amount} ${unit}`);
	}
	const suggested = suggestedDurations(true);
	assert.deepEqual(durationsOf(suggested, DEVELOPMENT), { submission: 1_800, checking: 600, attestation: 600 });
	assert.equal(durationsOf({ ...suggested, checking: { amount: "", unit: "s" } }, DEVELOPMENT), undefined);
	assert.ok(durationsOf(suggestedDurations(false), SEPOLIA) !== undefined);
	assert.match(submissionWarning(59, 60.5) ?? "", /about 2 min/);
	assert.equal(submissionWarning(61, 60.5), undefined);
	assert.equal(submissionWarning(1, undefined), undefined);
});

test("an opening under review comes back from the page's address, and nothing else does", () => {
	const review = {
		roundId: 12n,
		committee: [ADDRESS],
		durations: { submission: 90, checking: 20, attestation: MAX_DURATION },
	} as const;
	const text = writeReview(review);
	assert.deepEqual(readReview(text), review);
	for (const damaged of [
		{ ...text, round: "0" },
		{ ...text, round: "1e3" },
		{ ...text, committee: "" },
		{ ...text, committee: ADDRESS.replace("79C8", "79C9") },
		{ ...text, committee: Array.from({ length: 8 }, () => ADDRESS).join(",") },
		{ ...text, durations: "90,20" },
		{ ...text, durations: "90,20,5,5" },
		{ ...text, durations: "90,20,0" },
		{ ...text, durations: "90,20,1.5" },
		{ ...text, durations: `90,20,${MAX_DURATION + 1}` },
		{ ...text, durations: undefined },
	]) {
		assert.equal(readReview(damaged), undefined, JSON.stringify(damaged));
	}
});
