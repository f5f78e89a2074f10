/** What `npm run demo` refuses before anything is built. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { checkDemoOptions, type DemoOptions, withDemoOptions } from "../../../scripts/demo/options.ts";
import { namesByHand } from "../../../scripts/demo/serve/names.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";

const parse = (...args: string[]): DemoOptions =>
	checkDemoOptions(
		withDemoOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }))
			.parse(args, { from: "user" })
			.opts(),
	);

const refused = (...args: string[]) => throwsWithCode(() => parse(...args), "CONFIG_INVALID");

test("defaults, and what serving can be told", () => {
	assert.deepEqual(parse(), { rounds: 3, study: "wdbc", hospitals: 3, seed: "consent" });
	const { serve, fromScratch, byHand, webPort, events } = parse(
		...["--serve", "--from-scratch", "--by-hand", "hospital-1", "member-2", "--web-port", "4000", "--events"],
	);
	assert.deepEqual([serve, fromScratch, byHand, webPort, events], [true, true, ["hospital-1", "member-2"], 4000, true]);
});

test("options that say how to serve need --serve, and contradictions are refused", () => {
	refused("--from-scratch");
	refused("--by-hand", "all");
	refused("--web-port", "3000");
	refused("--serve", "--keep");
	refused("--serve", "--from-scratch", "--json", "report.json");
	refused("--data", "a.csv", "b.csv");
});

const SIZE = { hospitals: 3, members: 3 };

test("whose wallets are in a person's hands", () => {
	assert.deepEqual([...namesByHand(undefined, SIZE)], ["hospital-1", "coordinator"]);
	assert.deepEqual([...namesByHand(["none"], SIZE)], []);
	assert.deepEqual([...namesByHand(["member-3", "hospital-2"], SIZE)], ["member-3", "hospital-2"]);
	assert.deepEqual([...namesByHand(["all"], { hospitals: 1, members: 1 })], ["coordinator", "hospital-1", "member-1"]);
});

test("a name that nobody has is refused, with those that there are", () => {
	for (const names of [["hospital-4"], ["hospital-1", "nobody"], ["all", "hospital-1"], [""]]) {
		const { nextStep } = throwsWithCode(() => namesByHand(names, SIZE), "CONFIG_INVALID");
		assert.match(nextStep, /coordinator, hospital-1, hospital-2, hospital-3, member-1, member-2, member-3/);
	}
});
