import assert from "node:assert/strict";
import { test } from "node:test";
import { faultSection, summary } from "../../scripts/faults/report.ts";
import type { Verdict } from "../support/faults/runScenario.ts";
import { SCENARIOS, SHORT } from "../support/faults/scenarios/all.ts";

const verdict = (changes: Partial<Verdict>): Verdict => ({
	...{ scenario: "calm", seed: 1, seconds: 4, ending: "Finalized", violations: [], problems: [], linkFaults: 0 },
	folder: "",
	...changes,
});

test("the table has a row for each scenario that was run, with its outcomes", () => {
	const verdicts = [verdict({}), verdict({ seed: 2, seconds: 6, ending: "Failed: Cancelled", violations: ["x"] })];
	const lines = faultSection(SCENARIOS, verdicts).split("\n");
	assert.match(lines[0] ?? "", /^## /);
	assert.equal(lines.filter((line) => line.startsWith("|")).length, 3);
	assert.equal(lines.at(-1), "| calm | nothing | 2 | Finalized 1, Failed: Cancelled 1 | 1 | 5.0 |");
	assert.match(
		summary(verdicts),
		/^2 runs, 1 with something wrong; Finalized 1, Failed: Cancelled 1; 5\.0 s each, 6\.0 s at most$/,
	);
	assert.equal(summary([]), "nothing was run");
});

test("scenarios have names of their own, and the short form is made of them", () => {
	const names = SCENARIOS.map(({ name }) => name);
	assert.equal(new Set(names).size, names.length);
	for (const name of names) assert.match(name, /^[a-z]+(?:-[a-z]+)*$/);
	for (const name of SHORT) assert.ok(names.includes(name), name);
	for (const { fault, name } of SCENARIOS) assert.ok(!fault.includes("|") && fault.length > 0, name);
});
