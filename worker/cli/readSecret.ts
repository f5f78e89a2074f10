/** A secret from a file or from standard input; typed on a terminal it is not shown. */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { systemErrorCode } from "../adapters/atomicFile.ts";
import { DecentraHealthError } from "../protocol/errors.ts";

export const readSecret = async (file: string | undefined, question: string): Promise<string> => {
	if (file !== undefined) {
		return readFile(file, "utf8").catch((error: unknown) => {
			throw new DecentraHealthError("CONFIG_INVALID", {
				message: `${file} can't be read (${systemErrorCode(error)})`,
				nextStep: "Check the path and its permissions.",
			});
		});
	}
	if (!process.stdin.isTTY) return text(process.stdin);
	process.stderr.write(question);
	const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
	const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
	try {
		return await terminal.question("");
	} finally {
		terminal.close();
		process.stderr.write("\n");
	}
};
