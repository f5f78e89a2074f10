/** How a command ends: its exit code, and what it says when something is wrong. */
import { type DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";

/** 0: done, or stopped by a signal. 1: something went wrong while it ran. 2: it could not start as it is configured. */
export const EXIT = { done: 0, failed: 1, misconfigured: 2 } as const;

/** On standard error, for people; with `json` for programs. */
export const printError = (error: unknown, json = false): void => {
	if (!isDecentraHealthError(error)) {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		process.stderr.write(`error UNEXPECTED: ${text}\n`);
		return;
	}
	const { code, message, nextStep }: DecentraHealthError = error;
	process.stderr.write(
		json
			? `${JSON.stringify({ error: { code, message, nextStep } })}\n`
			: `error ${code}: ${message}\n  next: ${nextStep}\n`,
	);
};
