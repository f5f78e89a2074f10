/** What `npm audit` says, judged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeAudit } from "../../../scripts/checks/audit.ts";

const report = (...found: { name: string; severity: string; via: readonly unknown[] }[]): string =>
	JSON.stringify({
		auditReportVersion: 2,
		vulnerabilities: Object.fromEntries(found.map((one) => [one.name, { ...one, isDirect: false, range: "<2" }])),
		metadata: {
			vulnerabilities: { moderate: found.filter(({ severity }) => severity === "moderate").length, total: 9 },
		},
	});

test("nothing, or nothing grave, is fine", () => {
	assert.equal(judgeAudit(report()).kind, "clean");
	const { kind, text } = judgeAudit(report({ name: "a", severity: "moderate", via: ["b"] }));
	assert.equal(kind, "clean");
	assert.match(text, /1 moderate/);
});

test("from high on it fails, and says which package and why", () => {
	const found = report(
		{ name: "left", severity: "critical", via: [{ title: "Prototype pollution" }] },
		{ name: "right", severity: "high", via: ["left"] },
		{ name: "middle", severity: "low", via: ["left"] },
	);
	const { kind, text } = judgeAudit(found);
	assert.equal(kind, "weak");
	assert.equal(text, "critical: left <2: Prototype pollution\nhigh: right <2: by left");
});

test("a registry without an answer is no clean report", () => {
	for (const output of ["", "<html>", "{}", '{"message":"405 Method Not Allowed","statusCode":405}']) {
		assert.equal(judgeAudit(output).kind, "unanswered", output);
	}
	assert.match(judgeAudit('{"message":"405 Method Not Allowed"}').text, /405.*nothing was checked/);
});
