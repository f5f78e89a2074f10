/** The API's bearer token: new at every start, shown once. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../adapters/atomicFile.ts";

export const TOKEN_NAME = "http-token";

export type TokenPlace = {
	/** Where the token is now, for the log. */
	readonly description: string;
	readonly remove: () => Promise<void>;
};

/** For a person at a terminal. */
export const printToken = (token: string): void => {
	process.stderr.write(`bearer token of the local API, shown only now: ${token}\n`);
};

/**
 * On a terminal it is printed and written nowhere. Without one, standard error is some log that others may read: the token then is a file
 * that only its owner may read (0600), which ends with the process. It opens nothing but this process, so no restart needs the old one.
 */
export const showToken = async (
	token: string,
	{ folder, show }: { readonly folder: string; readonly show: ((token: string) => void) | undefined },
): Promise<TokenPlace> => {
	const path = join(folder, TOKEN_NAME);
	// What a killed process left opens nothing any more.
	await rm(path, { force: true });
	if (show !== undefined) {
		show(token);
		return { description: "the terminal", remove: async () => undefined };
	}
	await writeFileAtomic(path, `${token}\n`);
	return { description: path, remove: () => rm(path, { force: true }) };
};
