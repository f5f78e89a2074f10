/** One thing that `--dry-run` looks at. */
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import { type Problem, problemOf } from "../state.ts";

export type PreflightCheck = {
	/** "keystore", "chain" and so on. */
	readonly name: string;
	/** A warning does not stop a worker; a skipped check needs one that failed. */
	readonly status: "ok" | "warning" | "failed" | "skipped";
	readonly detail: string;
	readonly problem?: Problem;
};

/** What a check found out; `warning` when the worker can start, but will wait for something. */
export type Finding = { readonly detail: string; readonly warning?: boolean };

export type Checks = {
	/** Runs a check and notes down how it ended. @returns what it opened, undefined when it failed or was skipped */
	readonly check: <T>(
		name: string,
		run: (() => Promise<Finding & { readonly value?: T }>) | undefined,
	) => Promise<T | undefined>;
	readonly list: () => readonly PreflightCheck[];
};

/** @param onCheck told about each check when it is done */
export const createChecks = (onCheck: (check: PreflightCheck) => void = () => undefined): Checks => {
	const checks: PreflightCheck[] = [];
	const note = (check: PreflightCheck): void => {
		checks.push(check);
		onCheck(check);
	};
	return {
		list: () => checks,
		check: async (name, run) => {
			if (run === undefined) {
				note({ name, status: "skipped", detail: "needs a check above that failed" });
				return undefined;
			}
			try {
				const { detail, warning = false, value } = await run();
				note({ name, status: warning ? "warning" : "ok", detail });
				return value;
			} catch (error) {
				if (isDecentraHealthError(error) && error.code === "ABORTED") throw error;
				const problem = problemOf(error);
				note({ name, status: "failed", detail: problem.message, problem });
				return undefined;
			}
		},
	};
};

export const refusal = (code: DecentraHealthError["code"], message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError(code, { message, nextStep });
