/** `npm run study`: study files, and what creating a study takes. */
import { Command } from "commander";
import { EXIT } from "../../worker/service/exit.ts";
import { runProgram } from "../commandLine.ts";
import { draftCommand } from "./draftCommand.ts";
import { checkCommand, estimateCommand } from "./estimateCommands.ts";
import { packageCommand } from "./packageCommand.ts";

const program = new Command("npm run study --").description("Drafts, checks and packages study files.").exitOverride();
program.addCommand(draftCommand());
program.addCommand(checkCommand());
program.addCommand(estimateCommand());
program.addCommand(packageCommand());

await runProgram(program, EXIT.misconfigured);
