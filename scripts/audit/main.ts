/** `npm run audit`: verifies a deployment again from the chain's events and IPFS alone. Exit 0: clean; 1: something is wrong; 2: it could not be audited. */
import { Command, CommanderError } from "commander";
import { closeProver } from "../../worker/adapters/prover.ts";
import { runAudit } from "../../worker/node/auditor.ts";
import { isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { chainNumber } from "../commandLine.ts";
import { formatCheck, formatSummary } from "./format.ts";

const EXIT = { clean: 0, mismatch: 1, notAudited: 2 } as const;

const command = new Command("npm run audit --")
	.description("Verifies every proof, bundle, key sum, aggregate and model of a deployment again. Needs no keys.")
	.requiredOption("--rpc <url>", "JSON-RPC address of an Ethereum node")
	.requiredOption("--address <address>", "the RoundManager's address")
	.requiredOption("--ipfs <place>", "folder of blocks, http(s)://GATEWAY or kubo+http(s)://HOST:PORT")
	.option("--study <id>", "only this study", chainNumber)
	.option("--from-block <number>", "block of the deployment; spares a node the blocks before it", chainNumber)
	.option("--json", "write the report as JSON to standard output")
	.exitOverride();

type Options = {
	readonly rpc: string;
	readonly address: string;
	readonly ipfs: string;
	readonly study?: bigint;
	readonly fromBlock?: bigint;
	readonly json?: true;
};

const run = async (args: readonly string[]): Promise<number> => {
	const stop = new AbortController();
	process.once("SIGINT", () => stop.abort());
	const options = command.parse(args, { from: "user" }).opts<Options>();
	const report = await runAudit({
		rpcUrl: options.rpc,
		address: options.address,
		ipfs: options.ipfs,
		studyId: options.study,
		fromBlock: options.fromBlock,
		signal: stop.signal,
		...(options.json ? {} : { onCheck: (check, seconds) => process.stdout.write(`${formatCheck(check, seconds)}\n`) }),
	});
	process.stdout.write(options.json ? `${JSON.stringify(report, null, "\t")}\n` : `${formatSummary(report)}\n`);
	return report.clean ? EXIT.clean : EXIT.mismatch;
};

try {
	process.exitCode = await run(process.argv.slice(2));
} catch (error) {
	if (error instanceof CommanderError) {
		// commander has said it; --help ends here too.
		process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.notAudited;
	} else if (isDecentraHealthError(error)) {
		process.stderr.write(`error ${error.code}: ${error.message}\n  next: ${error.nextStep}\n`);
		process.exitCode = EXIT.notAudited;
	} else {
		throw error;
	}
} finally {
	await closeProver();
}
