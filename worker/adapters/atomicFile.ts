/** Files that are complete or absent: written under a temporary name in the same folder, flushed, then renamed. */
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** @param mode permissions of the file; a folder that is missing is made for its owner alone */
export const writeFileAtomic = async (path: string, content: string | Uint8Array, mode = 0o600): Promise<void> => {
	const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`);
	try {
		await mkdir(dirname(path), { recursive: true, mode: 0o700 });
		const file = await open(temporary, "wx", mode);
		try {
			await file.writeFile(content);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(temporary, path);
	} finally {
		await rm(temporary, { force: true }).catch(() => undefined);
	}
};
