/** `npm run export`: a proven model for use elsewhere. Exit 0: written; 1: the model is not proven; 2: refused or not to be had. */
import { Command, CommanderError } from "commander";
import { closeProver } from "../../worker/adapters/prover.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { printError } from "../../worker/service/exit.ts";
import { formatCheck } from "../audit/format.ts";
import { chainNumber } from "../commandLine.ts";
import { exportModel } from "./exportModel.ts";

const EXIT = { done: 0, unproven: 1, refused: 2 } as const;

const command = new Command("npm run export --")
	.description(
		"Audits a study, then writes one of its models as a TensorFlow.js LayersModel with a model card. Needs no keys.",
	)
	.requiredOption("--rpc <url>", "JSON-RPC address of an Ethereum node")
	.requiredOption("--address <address>", "the RoundManager's address")
	.requiredOption("--ipfs <place>", "folder of blocks, http(s)://GATEWAY or kubo+http(s)://HOST:PORT")
	.requiredOption("--out <folder>", "a new folder")
	.option("--study <id>", "id or name; by default the only one")
	.option("--model <id>", "by default the study's current model", chainNumber)
	.option("--data <file>", "labelled rows to evaluate the model on: a file or folder that the study reads")
	.option("--split <name>", "of an .npz archive: train, val or test")
	.option("--from-block <number>", "block of the deployment; spares a node the blocks before it", chainNumber)
	.exitOverride();

type Options = {
	readonly rpc: string;
	readonly address: string;
	readonly ipfs: string;
	readonly out: string;
	readonly study?: string;
	readonly model?: bigint;
	readonly data?: string;
	readonly split?: string;
	readonly fromBlock?: bigint;
};

const run = async (args: readonly string[]): Promise<void> => {
	const stop = new AbortController();
	process.once("SIGINT", () =>
		stop.abort(
			new DecentraHealthError("ABORTED", {
				message: "the export was stopped",
				nextStep: "Run it again; nothing was written.",
			}),
		),
	);
	const { rpc, model, ...options } = command.parse(args, { from: "user" }).opts<Options>();
	const card = await exportModel({
		...options,
		rpcUrl: rpc,
		modelId: model,
		signal: stop.signal,
		onCheck: (check, seconds) => process.stderr.write(`${formatCheck(check, seconds)}\n`),
	});
	const { evaluation, audit, agreement } = card;
	process.stdout.write(
		[
			`model ${card.model.modelId} of study ${card.study.studyId} (${card.study.definition.name}) is in ${options.out}`,
			`audit: ${audit.ok} checks ok, ${audit.warnings} warnings, ${audit.skipped} skipped, none failed`,
			`exported floats and fixed point differ by at most ${agreement.largestDifference.toExponential(1)} on ${agreement.samples} samples`,
			evaluation === null
				? "not evaluated: no --data"
				: `AUC ${evaluation.metrics.auc.value?.toFixed(3) ?? "n/a"}, accuracy ${evaluation.metrics.accuracy.value?.toFixed(3)} on ${evaluation.metrics.sampleCount} samples`,
			"not for clinical use",
			"",
		].join("\n"),
	);
};

try {
	await run(process.argv.slice(2));
} catch (error) {
	if (error instanceof CommanderError) {
		process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.refused;
	} else if (isDecentraHealthError(error)) {
		printError(error);
		process.exitCode = error.code === "MODEL_UNPROVEN" ? EXIT.unproven : EXIT.refused;
	} else {
		throw error;
	}
} finally {
	await closeProver();
}
