/** `npm run bench`: every figure of docs/BENCHMARKS.md, measured here and now, each beside a reference from the same run. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { studySteps } from "../build.ts";
import { ROOT, runSteps } from "../checks/steps.ts";
import { type DemoReport, demoReportSchema } from "../demo/report.ts";
import { gasSections } from "./gas.ts";
import { markedSection } from "./markedSection.ts";
import type { Section } from "./sections.ts";

const program = new Command("npm run bench --")
	.description(
		"Measures constraints, setup, proofs, aggregation, training and a demo round; takes about ten minutes on two idle cores.",
	)
	.option("--write", "write docs/BENCHMARKS.md")
	.option("--json <file>", "write the figures there")
	.option(
		"--demo-report <file>",
		"take gas and times of a round from this report of `npm run demo -- --json` instead of running a demo",
	);
program.parse();
const options = program.opts<{ write?: boolean; json?: string; demoReport?: string }>();

/** The default study, and one of images with proofs three times as large. */
const STUDIES = ["studies/wdbc.json", "studies/pneumonia-14.json"];
if (!(await runSteps(studySteps(STUDIES)))) process.exit(1);
const { aggregation, constraints, loadStudyForBench, pipelines, proving, setup, training } = await (async () => {
	const [sections, { loadStudy }] = await Promise.all([import("./sections.ts"), import("./cases.ts")]);
	return { ...sections, loadStudyForBench: loadStudy };
})();
const { closeProver } = await import("../../worker/adapters/prover.ts");

const readDemo = (): DemoReport => {
	if (options.demoReport !== undefined)
		return demoReportSchema.parse(JSON.parse(readFileSync(options.demoReport, "utf8")));
	const folder = mkdtempSync(join(tmpdir(), "bench-"));
	const file = join(folder, "report.json");
	const demo = ["scripts/demo/main.ts", "--json", file, "--folder", join(folder, "demo")];
	const { status } = spawnSync(process.execPath, demo, { cwd: ROOT, stdio: ["ignore", 2, 2] });
	if (status !== 0) throw new Error(`the demo ended with ${status}`);
	const report = demoReportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
	rmSync(folder, { recursive: true });
	return report;
};

/** Written by people, and by the fault suite. */
const KEPT_SECTIONS = ["accuracy", "ideas", "faults", "dapp"];

const study = await loadStudyForBench();
const sections: Section[] = [];
for (const run of [
	() => constraints(study),
	setup,
	() => training(study),
	() => aggregation(study),
	() => proving(study),
	async () => pipelines([study, await loadStudyForBench("pneumonia-14")]),
]) {
	const section = await run();
	process.stderr.write(`${section.title}: ${section.rows.length} rows\n`);
	sections.push(section);
}
sections.push(...(await gasSections()));
await closeProver();
const demo = readDemo();

const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 1 });
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const demoSection = (): string => {
	const lines = demo.rounds.map(({ roundId, seconds, gasTotal, bytes, proofs, evaluation }) => [
		`${roundId}`,
		number(seconds),
		`${proofs.training} + ${proofs.encryption} + ${proofs.keySum}`,
		number(gasTotal),
		number(bytes.bundles + bytes.model),
		`${evaluation.pooled.auc.value?.toFixed(3)}`,
		`${evaluation.pooled.accuracy.value?.toFixed(3)}`,
	]);
	const gas = demo.rounds[0]?.gas ?? {};
	return [
		`## A demo of ${demo.rounds.length} rounds, ${demo.hospitals.length} hospitals, committee ${demo.committee.threshold} of ${demo.committee.members}`,
		`Whole command after the packages were installed: ${number(demo.seconds)} s; audit of ${demo.audit.checks} checks: ${number(demo.audit.seconds)} s; peak memory of the process ${demo.peakMemory} MiB.`,
		table(
			[
				"round",
				"seconds",
				"proofs (training + encryption + key sum)",
				"gas, all transactions",
				"bytes on IPFS",
				"test AUC",
				"accuracy",
			],
			lines,
		),
		"Gas of the first round by kind of transaction, all participants together:",
		table(
			["transaction", "gas"],
			Object.entries(gas).map(([kind, amount]) => [kind, number(amount)]),
		),
	].join("\n\n");
};

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
const text = [
	"# Benchmarks",
	`Measured by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? "unknown CPU"} x ${cpus().length}, Node ${process.versions.node}, commit ${commit}. ` +
		"Medians with least and most of several runs. The ratio is reference / ours: above 1, ours is better. References run in the same process, right after ours.",
	...sections.flatMap(({ title, rows }) => [
		`## ${title}`,
		table(
			["what", "ours", "reference", "ratio"],
			rows.map(({ what, ours, reference, ratio }) => [what, ours, reference, ratio === null ? "" : ratio.toFixed(2)]),
		),
	]),
	demoSection(),
	"",
].join("\n\n");
process.stdout.write(text);
if (options.write === true) {
	const file = join(ROOT, "docs/BENCHMARKS.md");
	const before = readFileSync(file, "utf8");
	const kept = KEPT_SECTIONS.flatMap((name) => markedSection(before, name) ?? []);
	writeFileSync(file, `${[text.trimEnd(), ...kept].join("\n\n")}\n`);
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ sections, demo }, null, "\t")}\n`);
process.exit();
