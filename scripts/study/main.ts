/** `npm run study`: study files before anything is compiled. */
import { Command, CommanderError } from "commander";
import { EXIT, printError } from "../../worker/service/exit.ts";
import { draftCommand } from "./draftCommand.ts";
import { checkCommand, estimateCommand } from "./estimateCommands.ts";

const program = new Command("npm run study --").description("Drafts and checks study files.").exitOverride();
program.addCommand(draftCommand());
program.addCommand(checkCommand());
program.addCommand(estimateCommand());
for (const command of program.commands) command.copyInheritedSettings(program);

try {
	await program.parseAsync();
} catch (error) {
	if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.misconfigured;
	else {
		printError(error);
		process.exitCode = EXIT.misconfigured;
	}
}
