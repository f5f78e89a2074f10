/** Small files that only their owner may read (0600, new folders 0700), written whole or not at all. */
import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DecentraHealthError } from "../protocol/errors.ts";

const MAX_BYTES = 65_536;

const codeOf = (error: unknown): string =>
	error instanceof Error && "code" in error ? String(error.code) : "unknown error";

const notAccessible = (path: string, verb: string, error: unknown): DecentraHealthError =>
	new DecentraHealthError("KEYSTORE_MISSING", {
		message: `keystore ${path} cannot be ${verb} (${codeOf(error)})`,
		nextStep: "Check the path, its permissions and the free disk space.",
	});

/** Writes a temporary file beside `path`, flushes it, and lets `publish` put it in place. */
const write = async (path: string, text: string, publish: (temporary: string) => Promise<void>): Promise<void> => {
	const folder = dirname(path);
	const temporary = join(folder, `.${basename(path)}.${randomUUID()}.partial`);
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		const file = await open(temporary, "wx", 0o600);
		try {
			await file.writeFile(text);
			await file.sync();
		} finally {
			await file.close();
		}
		await publish(temporary);
	} catch (error) {
		// Making the folder fails with EEXIST too, when a file has its name.
		if (codeOf(error) === "EEXIST" && error instanceof Error && "syscall" in error && error.syscall === "link") {
			throw new DecentraHealthError("KEYSTORE_EXISTS", {
				message: `keystore ${path} already exists`,
				nextStep: "Use it, or move it away first: keys that were registered with it are lost with it.",
			});
		}
		throw notAccessible(path, "written", error);
	} finally {
		await rm(temporary, { force: true }).catch(() => undefined);
	}
};

/** A hard link fails when the name is taken, even if another process took it a moment ago. @throws DecentraHealthError KEYSTORE_EXISTS, KEYSTORE_MISSING */
export const createPrivateFile = (path: string, text: string): Promise<void> =>
	write(path, text, (temporary) => link(temporary, path));

/** @throws DecentraHealthError KEYSTORE_MISSING when it cannot be written */
export const replacePrivateFile = (path: string, text: string): Promise<void> =>
	write(path, text, (temporary) => rename(temporary, path));

/** @throws DecentraHealthError KEYSTORE_MISSING, KEYSTORE_CORRUPT when it is far too large */
export const readPrivateFile = async (path: string): Promise<string> => {
	let size: number;
	try {
		const file = await open(path, "r");
		try {
			size = (await file.stat()).size;
			if (size <= MAX_BYTES) return await file.readFile("utf8");
		} finally {
			await file.close();
		}
	} catch (error) {
		if (codeOf(error) === "ENOENT") {
			throw new DecentraHealthError("KEYSTORE_MISSING", {
				message: `there is no keystore at ${path}`,
				nextStep: "Create one first, or correct the path.",
			});
		}
		throw notAccessible(path, "read", error);
	}
	throw new DecentraHealthError("KEYSTORE_CORRUPT", {
		message: `keystore ${path} has ${size} bytes: it is something else`,
		nextStep: "Correct the path, or restore the file from a backup.",
	});
};
