/** How Next.js is called: its command line, with an environment that has no telemetry and none of our secrets. */
import { join } from "node:path";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { ROOT } from "../checks/steps.ts";

export const WEB = join(ROOT, "web");
const NEXT = join(ROOT, "node_modules/next/dist/bin/next");

/** Folder of a build, below web/; the variable is also what web/next.config.ts reads. */
export const DIST_VARIABLE = "NEXT_DIST_DIR";
export const distName = (): string => process.env[DIST_VARIABLE] || ".next";

export const nextCommand = (...args: string[]): string[] => [NEXT, ...args];

/** Variables of the workers (the passphrase is one) and of another mode are left out. */
export const nextEnvironment = (
	mode: "production" | "development",
	more: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv => {
	const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("DECENTRAHEALTH_"));
	return {
		...Object.fromEntries(inherited),
		NODE_ENV: mode,
		NEXT_TELEMETRY_DISABLED: "1",
		// Nothing is fetched while a build runs, the list of known browsers and missing compilers included.
		NEXT_IGNORE_INCORRECT_LOCKFILE: "1",
		...more,
	};
};

export const webFailed = (message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError("WEB_FAILED", { message, nextStep });
