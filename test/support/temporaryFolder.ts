/** A folder that is removed when the test, or the suite, ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What node:test hands to a test, or its hooks. */
type Ending = { readonly after: (end: () => void) => void };

export const temporaryFolder = (context: Ending): string => {
	const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
};
