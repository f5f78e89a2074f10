/** What `npm run demo` can be told. */
import { type Command, Option } from "commander";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { integer } from "../commandLine.ts";

export type DemoOptions = {
	readonly rounds: number;
	readonly study: string;
	readonly data?: readonly string[];
	readonly test?: string;
	readonly samples?: number;
	readonly hospitals: number;
	readonly seed: string;
	readonly json?: string;
	readonly serve?: true;
	readonly byHand?: readonly string[];
	readonly fromScratch?: true;
	readonly keep?: true;
	readonly events?: true;
	readonly port?: number;
	readonly webPort?: number;
	readonly folder?: string;
};

/**
 * Batch order and beacons differ from run to run. Chosen for steadiness, as the study's initialWeightsSeed is: scripts/demo/steadiness.ts.
 */
export const DEFAULT_SEED = "consent";
const MOST_HOSPITALS = 12;

export const withDemoOptions = (command: Command): Command =>
	command
		.addOption(new Option("--rounds <n>", "rounds to run").default(3).argParser(integer(1, 50)))
		.addOption(new Option("--study <file>", "study: a file, or the name of one of studies/").default("wdbc"))
		.option(
			"--data <file...>",
			"rows: one file that is cut into hospitals, or one for each hospital (CSV, .npz, folder of images, store); default: the embedded table of wdbc",
		)
		.option("--test <file>", "held-out rows (default: an archive's test split, or a part of the rows)")
		.addOption(
			new Option(
				"--samples <n>",
				"rows of each hospital, as many of each class (default: 64 images; tables in different sizes)",
			).argParser(integer(1, 32_768)),
		)
		.addOption(
			new Option("--hospitals <n>", "hospitals that one file, or the embedded table, is cut into")
				.default(3)
				.argParser(integer(3, MOST_HOSPITALS)),
		)
		.addOption(new Option("--seed <text>", "chooses the hospitals' rows").default(DEFAULT_SEED))
		.option("--json <file>", "write the report there")
		.option(
			"--serve",
			"at the end start the participants' workers and the dApp, and leave everything running until Ctrl-C",
		)
		.option(
			"--by-hand <name...>",
			"with --serve: whose wallet a person holds, such as hospital-1 member-2; or all, or none (default: hospital-1 coordinator)",
		)
		.option("--from-scratch", "with --serve: no rounds; contracts are deployed, nobody is admitted, there is no study")
		.option("--keep", "at the end leave chain, IPFS gateway and folders as they are until Ctrl-C: no workers, no dApp")
		.option("--events", "standard output is for programs: lines of JSON; what people read goes to standard error")
		.addOption(new Option("--port <n>", "port of the local chain (default: a free one)").argParser(integer(1, 65_535)))
		.addOption(
			new Option("--web-port <n>", "with --serve: port of the dApp (default: 3000, or a free one)").argParser(
				integer(1, 65_535),
			),
		)
		.option("--folder <path>", "new folder for the participants' data (default: .data/demo-<time>)");

/** What commander can't see. @throws DecentraHealthError CONFIG_INVALID */
export const checkDemoOptions = (options: DemoOptions): DemoOptions => {
	const { data = [], serve, keep, fromScratch, byHand, webPort, json } = options;
	const refuse = (message: string, nextStep: string) => {
		throw new DecentraHealthError("CONFIG_INVALID", { message, nextStep });
	};
	if (data.length === 2 || data.length > MOST_HOSPITALS) {
		refuse(
			`${data.length} data files`,
			`Name one file that is cut into hospitals, or one for each of 3 to ${MOST_HOSPITALS} hospitals.`,
		);
	}
	if (serve === undefined && (fromScratch !== undefined || byHand !== undefined || webPort !== undefined)) {
		refuse("--from-scratch, --by-hand and --web-port say what to serve", "Add --serve.");
	}
	if (serve !== undefined && keep !== undefined)
		refuse("--serve and --keep exclude each other", "Leave one of them out.");
	if (fromScratch !== undefined && json !== undefined) {
		refuse("--from-scratch runs no rounds, so there is no report", "Leave --json or --from-scratch out.");
	}
	return options;
};
