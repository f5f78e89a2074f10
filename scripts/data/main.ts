/** `npm run data`: public data sets for trying things out. They go to .data/datasets, which is never committed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { listSplits } from "../../worker/adapters/dataset/npz.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { EXIT } from "../../worker/service/exit.ts";
import { ROOT } from "../checks/steps.ts";
import { runProgram } from "../commandLine.ts";
import { PUBLIC_DATASETS, type PublicDataset } from "./datasets.ts";
import { download, md5Of } from "./download.ts";

const FOLDER = join(ROOT, ".data", "datasets");

const datasetOf = (name: string): PublicDataset => {
	const found = PUBLIC_DATASETS.find((dataset) => dataset.name === name);
	if (found !== undefined) return found;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: `there is no data set "${name}"`,
		nextStep: `Name one of: ${PUBLIC_DATASETS.map((dataset) => dataset.name).join(", ")}.`,
	});
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const offlineHelp = ({ name, url, file }: PublicDataset, folder: string): string =>
	[
		"Without a network on this machine:",
		`  1. On another one, download ${url}`,
		`  2. Copy it to ${join(folder, file)}`,
		`  3. npm run data -- verify ${name}`,
	].join("\n");

const verify = async (dataset: PublicDataset, path: string): Promise<void> => {
	if (!existsSync(path)) {
		throw new DecentraHealthError("DATASET_UNREADABLE", {
			message: `there is no ${path}`,
			nextStep: `Run \`npm run data -- fetch ${dataset.name}\`, or copy the official file there.`,
		});
	}
	const found = await md5Of(path);
	if (found !== dataset.md5) {
		throw new DecentraHealthError("DOWNLOAD_MISMATCH", {
			message: `${path} has MD5 ${found}; the official file has ${dataset.md5}`,
			nextStep:
				"Fetch it again. A repacked archive with the same images has another MD5: it can be used, and `npm run worker -- data doctor` says what is in it.",
		});
	}
	say(`${path}: the official file (MD5 ${found}), splits ${(await listSplits(path)).join(", ")}`);
};

const program = new Command("npm run data --").description("Public data sets to try things out with.").exitOverride();

program
	.command("fetch")
	.description("download a public data set, going on where an earlier download broke off")
	.argument("<name>", PUBLIC_DATASETS.map(({ name }) => name).join(", "))
	.option("--folder <path>", "where the file goes", FOLDER)
	.option("--url <url>", "another server that has the same file")
	.action(async (name: string, { folder, url }: { readonly folder: string; readonly url?: string }) => {
		const dataset = datasetOf(name);
		const path = join(folder, dataset.file);
		if (existsSync(path)) {
			await verify(dataset, path);
			return;
		}
		say(`${dataset.title}\n${dataset.licence}`);
		try {
			const { resumedAt } = await download({ ...dataset, url: url ?? dataset.url, path });
			if (resumedAt > 0) say(`went on at byte ${resumedAt}`);
		} catch (error) {
			say(offlineHelp(dataset, folder));
			throw error;
		}
		await verify(dataset, path);
	});

program
	.command("verify")
	.description("check that a file is the official one")
	.argument("<name>", PUBLIC_DATASETS.map(({ name }) => name).join(", "))
	.option("--file <path>", "by default where `fetch` puts it")
	.action(async (name: string, { file }: { readonly file?: string }) => {
		const dataset = datasetOf(name);
		await verify(dataset, file ?? join(FOLDER, dataset.file));
	});

program
	.command("list")
	.description("the data sets that can be fetched")
	.action(() => {
		for (const { name, title, licence } of PUBLIC_DATASETS) say(`${name}  ${title}\n  ${licence}`);
	});

await runProgram(program, EXIT.failed);
