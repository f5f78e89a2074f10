/** `npm run study`: study files before anything is compiled. */
import { Command } from "commander";
import { EXIT } from "../../worker/service/exit.ts";
import { runProgram } from "../commandLine.ts";
import { draftCommand } from "./draftCommand.ts";
import { checkCommand, estimateCommand } from "./estimateCommands.ts";

const program = new Command("npm run study --").description("Drafts and checks study files.").exitOverride();
program.addCommand(draftCommand());
program.addCommand(checkCommand());
program.addCommand(estimateCommand());

await runProgram(program, EXIT.misconfigured);
