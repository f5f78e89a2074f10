/** What a hospital's page is told about its data: counts and names, and no value of a row. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { formatCsv } from "../../../worker/adapters/dataset/csv.ts";
import { examineData } from "../../../worker/node/examineData.ts";
import { summarize } from "../../../worker/service/doctorSummary.ts";
import { openDataset } from "../../../worker/service/open/dataset.ts";
import { IDENTITY, startLocalServer } from "../../support/service/localServer.ts";
import { assertDocumented } from "../../support/service/openapi.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { loadStudy, loadWdbc } from "../../support/wdbc.ts";

const study = loadStudy();
const SEED = new Uint8Array(32).fill(7);

const write = (context: TestContext, text: string): string => {
	const path = join(temporaryFolder(context), "rows.csv");
	writeFileSync(path, text);
	return path;
};
const csvOf = async (from: number, to: number): Promise<string> =>
	formatCsv((await loadWdbc()).slice(from, to), study.preprocessing);

/** Numbers of the file's cells that no count or column has by chance. */
const cellsOf = (csv: string): readonly string[] =>
	csv
		.split("\n")
		.slice(1)
		.flatMap((line) => line.split(","))
		.filter((cell) => /^\d+\.\d{3,}$/.test(cell));

describe("the doctor's summary", () => {
	it("is what the page is told, and no row is in it", async (context) => {
		const csv = await csvOf(0, 24);
		const [header, first, ...others] = csv.trim().split("\n");
		const repeated = `${[header, first, first, ...others].join("\n")}\n`;
		const data = write(context, repeated);
		const { summary } = await openDataset({ data }, study, SEED);
		assert.equal(summary.report.verdict, "problems");
		const found = summary.report.findings.find(({ code }) => code === "duplicates");
		assert.deepEqual([found?.severity, found?.count], ["problem", 1]);
		assert.match(found?.text ?? "", /^train: 1 row the same as an earlier row\. Remove/);
		const { ask, state } = await startLocalServer(context);
		state.opened({ ...IDENTITY, dataset: summary });
		const answer = await ask("/v1/dataset");
		assertDocumented("GET", "/v1/dataset", answer);
		assert.deepEqual((answer.json as typeof summary).report, summary.report);
		const cells = cellsOf(csv);
		assert.ok(cells.length > 100);
		assert.deepEqual(
			cells.filter((cell) => answer.text.includes(cell)),
			[],
		);
	});

	it("puts the worst first, with names of columns and counts", async (context) => {
		const csv = await csvOf(0, 24);
		const lines = csv.trim().split("\n");
		const column = lines[0]?.split(",")[0] ?? "";
		const spoilt = lines.map((line, at) => (at === 2 || at === 3 ? line.replace(/^[^,]*/, "Smith123") : line));
		const report = await examineData({ path: write(context, `${spoilt.join("\n")}\n`), study });
		const { verdict, findings } = summarize(report);
		assert.equal(verdict, "unusable");
		const [worst] = findings;
		assert.deepEqual([worst?.severity, worst?.code, worst?.count], ["unusable", "DATASET_VALUE", 2]);
		assert.ok(worst?.text.includes(column));
		assert.ok(!JSON.stringify(findings).includes("Smith123"));
	});

	it("says that fine data are fine", () => {
		assert.deepEqual(summarize({ findings: [], exitCode: 0 }), { verdict: "fine", findings: [] });
	});
});
