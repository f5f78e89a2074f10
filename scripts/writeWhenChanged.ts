/** Writes a generated file: whole or not at all, and only when its text changed, so that what is built from it stays cached. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Synchronous, because Hardhat's configuration generates a file while it is loaded. Makes the folder when it is missing. */
export const writeWhenChanged = (path: string, text: string): void => {
	try {
		if (readFileSync(path, "utf8") === text) return;
	} catch {
		// Not generated yet.
	}
	mkdirSync(dirname(path), { recursive: true });
	// Tests and builds run side by side: nobody may see half a file.
	const temporary = `${path}.${process.pid}.tmp`;
	writeFileSync(temporary, text);
	renameSync(temporary, path);
};
