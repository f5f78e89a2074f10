/** What several commands parse and how they end. */
import { type Command, CommanderError, InvalidArgumentError } from "commander";
import { EXIT, printError } from "../worker/service/exit.ts";

/** Of an option: a whole number in this range. */
export const integer = (least: number, most: number) => (text: string) => {
	const value = Number(text);
	if (!Number.isInteger(value) || value < least || value > most) {
		throw new InvalidArgumentError(`not a whole number from ${least} to ${most}`);
	}
	return value;
};

/** Of an option: a block's number, or an id. */
export const chainNumber = (text: string): bigint => {
	if (!/^[0-9]{1,18}$/.test(text)) throw new InvalidArgumentError("Not a whole number.");
	return BigInt(text);
};

/** Runs a program of subcommands that has exitOverride(). @param failed exit code of a subcommand that threw */
export const runProgram = async (program: Command, failed: number): Promise<void> => {
	for (const command of program.commands) command.copyInheritedSettings(program);
	try {
		await program.parseAsync();
	} catch (error) {
		if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.misconfigured;
		else {
			printError(error);
			process.exitCode = failed;
		}
	}
};
