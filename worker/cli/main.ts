/** `npm run worker`: the long-running workers of hospitals, committee members and coordinator. */
import { Command, CommanderError } from "commander";
import { takeEnvironment } from "../adapters/passphrase.ts";
import { ROLES, type Role } from "../service/config/schema.ts";
import { EXIT, printError } from "../service/exit.ts";
import { VERSION } from "../service/version.ts";
import { dataCommand } from "./dataCommands.ts";
import { configurationHelp } from "./help.ts";
import { keystoreCommand } from "./keystoreCommands.ts";

const DESCRIPTIONS: Readonly<Record<Role, string>> = {
	hospital: "commits to a data set, trains, proves, encrypts and submits in every round",
	committee: "keeps the bundles, opens its share of the sum and attests to the model in every round",
	coordinator: "admits participants and opens rounds",
};

type Options = {
	readonly config?: string;
	readonly dryRun?: true;
	readonly once?: true;
	readonly json?: boolean;
};

let exitCode: number = EXIT.done;

const roleCommand = (role: Role): Command =>
	new Command(role)
		.description(DESCRIPTIONS[role])
		.option("--config <file>", "JSON file; what it leaves out comes from the environment")
		.option("--dry-run", "check everything, change nothing")
		.option("--once", "do what is due now, then end")
		.option("--json", "log lines, checks and errors as JSON")
		.addHelpText("after", configurationHelp(role))
		.action(async ({ config, dryRun, once, json = false }: Options) => {
			const environment = takeEnvironment();
			// Loaded only now: provers and chain clients cost --help a second otherwise.
			if (dryRun) {
				const { runDryRun } = await import("./dryRunCommand.ts");
				exitCode = await runDryRun(role, config, environment, json);
			} else {
				const { runWorkerProcess } = await import("../service/workerProcess.ts");
				exitCode = await runWorkerProcess({ role, configFile: config, environment, once, json });
			}
		});

const program = new Command("npm run worker --")
	.description(
		"Follows the chain and does what its role has to do, until it is stopped. Safe to kill at any point: it goes on where it was.",
	)
	.version(VERSION)
	.exitOverride();
for (const role of ROLES) program.addCommand(roleCommand(role));
program.addCommand(keystoreCommand());
program.addCommand(
	dataCommand((code) => {
		exitCode = code;
	}),
);
for (const command of program.commands) {
	for (const one of [command, ...command.commands]) one.copyInheritedSettings(program);
}

try {
	await program.parseAsync();
} catch (error) {
	if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? EXIT.done : EXIT.misconfigured;
	else {
		printError(error);
		exitCode = EXIT.misconfigured;
	}
}
// snarkjs and the chain's client keep handles open that have nothing left to do.
process.exit(exitCode);
