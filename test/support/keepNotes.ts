/** A participant's folder as a backup has it: what a chain's snapshot is to the chain. */
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @returns puts the folder back as it is now, however often */
export const keepNotes = (folder: string): { readonly restore: () => void; readonly forget: () => void } => {
	const backup = mkdtempSync(join(tmpdir(), "decentrahealth-notes-"));
	const existed = existsSync(folder);
	if (existed) cpSync(folder, backup, { recursive: true });
	return {
		restore: () => {
			rmSync(folder, { recursive: true, force: true });
			if (existed) cpSync(backup, folder, { recursive: true });
		},
		forget: () => rmSync(backup, { recursive: true }),
	};
};
