/** `--dry-run`: the list of checks, and whether a worker could start. */

import type { Environment } from "../service/config/environment.ts";
import { loadConfig } from "../service/config/loadConfig.ts";
import type { Role } from "../service/config/schema.ts";
import { EXIT, printError } from "../service/exit.ts";
import type { PreflightCheck } from "../service/preflight/check.ts";
import { dryRun, hasPassed } from "../service/preflight/dryRun.ts";

const MARKS = { ok: "ok     ", warning: "warning", failed: "FAILED ", skipped: "skipped" } as const;

const formatCheck = ({ name, status, detail, problem }: PreflightCheck): string =>
	`${MARKS[status]}  ${name.padEnd(20)}${detail}${problem === undefined ? "" : `  (${problem.code})\n         next: ${problem.nextStep}`}`;

/** @returns the exit code */
export const runDryRun = async (
	role: Role,
	file: string | undefined,
	environment: Environment,
	json: boolean,
): Promise<number> => {
	try {
		const config = await loadConfig(role, { file, environment });
		const onCheck = (check: PreflightCheck): void => void process.stdout.write(`${formatCheck(check)}\n`);
		const checks = await dryRun({ config, environment, ...(json ? {} : { onCheck }) });
		const passed = hasPassed(checks);
		process.stdout.write(
			json
				? `${JSON.stringify({ passed, checks })}\n`
				: `${passed ? "the worker can start" : "the worker can't start like this"}; nothing was changed\n`,
		);
		return passed ? EXIT.done : EXIT.misconfigured;
	} catch (error) {
		printError(error, json);
		return EXIT.misconfigured;
	}
};
