/** `npm run simulate`: a study's federation in exact fixed point, without proofs, for choosing hyperparameters. Exit 0: done; 1: refused or failed. */
import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Address } from "viem";
import { writeFileAtomic } from "../../worker/adapters/atomicFile.ts";
import { DEFAULT_STUDY, readStudyFile } from "../../worker/adapters/studyFile.ts";
import { PARTITION_FORMS, type Partition, parsePartition } from "../../worker/core/simulate/partition.ts";
import type { DeploymentId } from "../../worker/protocol/deploymentId.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { printError } from "../../worker/service/exit.ts";
import { readSimulationData } from "./data.ts";
import { makeReport, NOT_PROVEN, partitionText } from "./report.ts";
import { runSeeds } from "./runSeeds.ts";
import { simulationTable } from "./table.ts";

const integer = (least: number, most: number) => (text: string) => {
	const value = Number(text);
	if (!/^\d{1,9}$/.test(text) || value < least || value > most) {
		throw new InvalidArgumentError(`not a whole number from ${least} to ${most}`);
	}
	return value;
};

const partition = (text: string): Partition => {
	const parsed = parsePartition(text);
	if (parsed === undefined) throw new InvalidArgumentError(`not one of ${PARTITION_FORMS}`);
	return parsed;
};

const deployment = (text: string): DeploymentId => {
	const [, chainId, roundManager = ""] = /^([1-9]\d{0,14}):(0x[0-9a-fA-F]{40})$/.exec(text) ?? [];
	if (chainId === undefined) throw new InvalidArgumentError("not a chain id, a colon and an address: 31337:0x...");
	return { chainId: Number(chainId), roundManager: roundManager as Address };
};

const program = new Command("npm run simulate --")
	.description(`Trains a study's federation in exact fixed point, without proofs, and compares it. ${NOT_PROVEN}`)
	.option("--study <file>", "a study's file, or the name of one in studies/", DEFAULT_STUDY)
	.option(
		"--data <files...>",
		"rows: one file is cut into hospitals, several are one hospital each (default for wdbc: data/wdbc.csv)",
	)
	.option("--test <file>", "held-out rows (default: an archive's test split, else 30 % of the rows)")
	.addOption(new Option("--hospitals <n>", "how many").default(3).argParser(integer(1, 64)))
	.addOption(new Option("--partition <kind>", PARTITION_FORMS).default({ kind: "iid" }, "iid").argParser(partition))
	.addOption(new Option("--rounds <n>", "rounds").default(4).argParser(integer(1, 1000)))
	.addOption(new Option("--samples <n>", "rows per hospital, on average (default: all)").argParser(integer(1, 2 ** 20)))
	.option("--balance", "as many training rows of each class")
	.addOption(
		new Option("--seeds <n>", "repetitions with other splits, initial weights and batch orders")
			.default(1)
			.argParser(integer(1, 1000)),
	)
	.option("--seed <text>", "names the first repetition", "simulation")
	.addOption(
		new Option(
			"--deployment <chainId:address>",
			"start from the study's own initial weights there: the RoundManager's address (default: a stand-in deployment for each repetition)",
		).argParser(deployment),
	)
	.option("--no-baselines", "leave out float FedAvg, local and central training")
	.option("--json <file>", "write the report there")
	.option("--html <file>", "write the report with charts there");

type Options = {
	readonly study: string;
	readonly data?: readonly string[];
	readonly test?: string;
	readonly hospitals: number;
	readonly partition: Partition;
	readonly rounds: number;
	readonly samples?: number;
	readonly balance?: true;
	readonly seeds: number;
	readonly seed: string;
	readonly deployment?: DeploymentId;
	readonly baselines: boolean;
	readonly json?: string;
	readonly html?: string;
};

/** Better refused now than after all rounds. */
const requireWritable = async (path: string | undefined): Promise<void> => {
	if (path === undefined) return;
	await access(dirname(resolve(path)), constants.W_OK).catch((cause: unknown) => {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `the report ${path} can't be written`,
			nextStep: "Name a file in a folder that exists and that you may write to.",
			cause,
		});
	});
};

const run = async (options: Options): Promise<void> => {
	const startedAt = performance.now();
	const stop = new AbortController();
	process.once("SIGINT", () =>
		stop.abort(
			new DecentraHealthError("ABORTED", {
				message: "the simulation was cancelled",
				nextStep: "Run the command again.",
			}),
		),
	);
	await requireWritable(options.json);
	await requireWritable(options.html);
	const study = await readStudyFile(options.study);
	const { hospitals, rounds, samples, baselines, test, balance = false } = options;
	process.stdout.write(`${NOT_PROVEN}\n`);
	const data = await readSimulationData({ study, data: options.data ?? [], test, balance, signal: stop.signal });
	const seeds = Array.from({ length: options.seeds }, (_, index) =>
		index === 0 ? options.seed : `${options.seed}-${index + 1}`,
	);
	const say = (what: string): void => {
		const elapsed = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(7);
		process.stderr.write(`[${elapsed} s] ${what}\n`);
	};
	say(data.description);
	const work = {
		study,
		data,
		hospitals,
		partition: options.partition,
		samples,
		rounds,
		baselines,
		deployment: options.deployment,
	};
	const reports = await runSeeds(work, seeds, say, stop.signal);
	const report = makeReport({
		study,
		data: data.description,
		testSamples: data.test.length,
		partition: data.kind === "natural" ? "one file each" : partitionText(options.partition),
		seeds: reports,
		startedAt,
	});
	process.stdout.write(`${simulationTable(report)}\n`);
	process.stdout.write(
		`${Math.round(report.summary.stepsPerSecond)} training steps a second and thread; ${report.seconds.toFixed(1)} s in all\n`,
	);
	if (options.json !== undefined) await writeFileAtomic(options.json, `${JSON.stringify(report, null, "\t")}\n`);
	if (options.html !== undefined) {
		// The charting library, only where charts are drawn.
		const { simulationPage } = await import("./html.ts");
		await writeFileAtomic(options.html, simulationPage(report));
	}
};

program.parse();
try {
	await run(program.opts<Options>());
} catch (error) {
	const coded =
		error instanceof RangeError
			? new DecentraHealthError("CONFIG_INVALID", {
					message: error.message,
					nextStep: "Use fewer --hospitals, fewer --samples or more rows.",
				})
			: error;
	if (!isDecentraHealthError(coded)) throw error;
	printError(coded);
	process.exitCode = 1;
}
