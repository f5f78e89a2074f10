/** A keystore's file: only its owner may read it (0600, new folders 0700), and it is written whole or not at all. */
import { open } from "node:fs/promises";
import { DecentraHealthError } from "../protocol/errors.ts";
import { isTaken, systemErrorCode, writeFileAtomic } from "./atomicFile.ts";

const MAX_BYTES = 65_536;

const notAccessible = (path: string, verb: string, error: unknown): DecentraHealthError =>
	new DecentraHealthError("KEYSTORE_MISSING", {
		message: `keystore ${path} cannot be ${verb} (${systemErrorCode(error)})`,
		nextStep: "Check the path, its permissions and the free disk space.",
	});

/** @throws DecentraHealthError KEYSTORE_EXISTS, KEYSTORE_MISSING when it cannot be written */
export const createPrivateFile = async (path: string, text: string): Promise<void> => {
	try {
		await writeFileAtomic(path, text, { exclusive: true });
	} catch (error) {
		if (!isTaken(error)) throw notAccessible(path, "written", error);
		throw new DecentraHealthError("KEYSTORE_EXISTS", {
			message: `keystore ${path} already exists`,
			nextStep: "Use it, or move it away first: keys that were registered with it are lost with it.",
		});
	}
};

/** @throws DecentraHealthError KEYSTORE_MISSING when it cannot be written */
export const replacePrivateFile = (path: string, text: string): Promise<void> =>
	writeFileAtomic(path, text).catch((error: unknown) => {
		throw notAccessible(path, "written", error);
	});

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
		if (systemErrorCode(error) === "ENOENT") {
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
