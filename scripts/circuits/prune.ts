/** Removes compiled circuits and keys that nobody has used for days: every change of a circuit leaves its predecessor behind. */
import { randomBytes } from "node:crypto";
import { readdir, rename, rm, rmdir, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemErrorCode } from "../../worker/adapters/atomicFile.ts";

/** Far longer than any process works on with a circuit that is not the current one any more. */
const UNUSED_MS = 2 * 24 * 3600 * 1000;

/** Folders that a content hash names, keys beside a circuit, and what a killed process left half done. */
const REMOVABLE = /^([0-9a-f]{24,32}(\..+)?|development-keys.*|\..+)$/;

const orGone = async <T>(action: Promise<T>): Promise<T | undefined> =>
	action.catch((error: unknown) => {
		// Another process was faster.
		if (systemErrorCode(error) === "ENOENT") return undefined;
		throw error;
	});

/** Says that a cached folder was used now, so that nobody removes it. */
export const markUsed = async (folder: string): Promise<void> => {
	const now = new Date();
	await orGone(utimes(folder, now, now));
};

const isUnused = async (path: string): Promise<boolean> => {
	const found = await orGone(stat(path));
	return found !== undefined && found.mtimeMs < Date.now() - UNUSED_MS;
};

/** Out of sight in one rename, then gone; back in place when somebody used it in between. */
const remove = async (path: string): Promise<boolean> => {
	const aside = join(dirname(path), `.pruned-${randomBytes(6).toString("hex")}`);
	await orGone(rename(path, aside));
	if (await isUnused(aside)) {
		await rm(aside, { recursive: true, force: true });
		return true;
	}
	await orGone(rename(aside, path));
	return false;
};

/**
 * Removes what is unused below a folder of compiled circuits (<name>/<hash>/, with keys in it). Safe beside other processes: whatever they
 * use or make carries a new time.
 * @returns how many folders are gone
 */
export const pruneCircuits = async (cache: string): Promise<number> => {
	let removed = 0;
	for (const entry of (await orGone(readdir(cache, { withFileTypes: true }))) ?? []) {
		if (!entry.isDirectory()) continue;
		const path = join(cache, entry.name);
		if (REMOVABLE.test(entry.name) && (await isUnused(path))) {
			if (await remove(path)) removed++;
			continue;
		}
		const isOld = await isUnused(path);
		removed += await pruneCircuits(path);
		// Once more with an old time: nobody is about to write into it.
		if (isOld) await rmdir(path).catch(() => undefined);
	}
	return removed;
};
