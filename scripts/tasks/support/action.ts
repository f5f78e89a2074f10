/** Frame of every task: prints its result as text or JSON, and a coded error with its next step. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { errorResult, successfulResult } from "hardhat/utils/result";
import { type DecentraHealthError, isDecentraHealthError } from "../../../worker/protocol/errors.ts";

export type TaskResult = {
	/** Printed as JSON with --json; bigint as decimal strings. */
	readonly json: Readonly<Record<string, unknown>>;
	/** Printed otherwise, a line each. */
	readonly lines: readonly string[];
	/** Why the task fails although it has a result: what it was to check is wrong. */
	readonly failure?: DecentraHealthError;
};

const toJson = (value: unknown): string =>
	JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item));

const described = ({ code, message, nextStep }: DecentraHealthError) => ({ code, message, nextStep });

/** A task's action from a function of its arguments. Standard output carries the result alone. */
export const taskAction =
	<Arguments extends { readonly json: boolean }>(
		run: (args: Arguments, hre: HardhatRuntimeEnvironment) => Promise<TaskResult>,
	) =>
	async (args: Arguments, hre: HardhatRuntimeEnvironment) => {
		try {
			const { json, lines, failure } = await run(args, hre);
			console.log(args.json ? toJson(json) : lines.join("\n"));
			return failure === undefined ? successfulResult(json) : errorResult(described(failure));
		} catch (error) {
			if (!isDecentraHealthError(error)) throw error;
			if (args.json) console.log(toJson({ error: described(error) }));
			else console.error(`${error.code}: ${error.message}\n${error.nextStep}`);
			return errorResult(described(error));
		}
	};
