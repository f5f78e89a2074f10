/** Files that are complete or absent, also after a power cut: written under a temporary name in the same folder, flushed, put in place, folder flushed. */
import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export type AtomicFileOptions = {
	/** Permissions of the file; by default its owner's alone. */
	readonly mode?: number;
	/** Permissions of folders that are missing; by default their owner's alone. */
	readonly folderMode?: number;
	/** Whether to fail with EEXIST, from the system call `link`, when the name is taken, even if another process took it a moment ago. */
	readonly exclusive?: boolean;
};

/** Some systems refuse to open or flush a folder; there, renaming is all that can be done. */
const flushFolder = async (folder: string): Promise<void> => {
	const handle = await open(folder, "r").catch(() => undefined);
	await handle?.sync().catch(() => undefined);
	await handle?.close();
};

/** @throws the system's own error; then `path` is as it was and no temporary file is left */
export const writeFileAtomic = async (
	path: string,
	content: string | Uint8Array,
	{ mode = 0o600, folderMode = 0o700, exclusive = false }: AtomicFileOptions = {},
): Promise<void> => {
	const folder = dirname(path);
	const temporary = join(folder, `.${basename(path)}.${randomUUID()}.partial`);
	try {
		await mkdir(folder, { recursive: true, mode: folderMode });
		const file = await open(temporary, "wx", mode);
		try {
			await file.writeFile(content);
			await file.sync();
		} finally {
			await file.close();
		}
		await (exclusive ? link(temporary, path) : rename(temporary, path));
		await flushFolder(folder);
	} finally {
		await rm(temporary, { force: true }).catch(() => undefined);
	}
};

/** The code of a system error, such as ENOENT; nothing else of it, as messages may hold more than a path. */
export const systemErrorCode = (error: unknown): string =>
	error instanceof Error && "code" in error ? String(error.code) : "unknown error";

/** True when {@link writeFileAtomic} failed because the name was taken. Making the folder fails with EEXIST too, when a file has its name. */
export const isTaken = (error: unknown): boolean =>
	systemErrorCode(error) === "EEXIST" && error instanceof Error && "syscall" in error && error.syscall === "link";
