/** Blocks as files: FOLDER/<first two digits>/<64 digits>. The embedded default; it needs no other program. */
import { constants } from "node:fs";
import { access, open } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode, writeFileAtomic } from "../atomicFile.ts";
import {
	type BlockStore,
	blockMissing,
	blockTooLarge,
	checkBlock,
	MAX_BLOCK_BYTES,
	requireBlockSize,
	sha256Digest,
	throwIfAborted,
	unreachable,
} from "./blockStore.ts";
import { type Digest, requireDigest } from "./cid.ts";

/**
 * A file is complete or absent: it is written under a temporary name, flushed, then renamed. Every read is checked.
 * @param folder is made at the first `put`
 */
export const diskStore = (folder: string): BlockStore => {
	const description = `block folder ${folder}`;
	const pathOf = (digest: Digest): string => join(folder, requireDigest(digest).slice(2, 4), digest.slice(2));
	const failed = (verb: string, error: unknown) =>
		unreachable(
			description,
			`cannot be ${verb} (${systemErrorCode(error)})`,
			"Check the folder, its permissions and the free disk space.",
			error,
		);

	const put: BlockStore["put"] = async (bytes, { signal } = {}) => {
		requireBlockSize(bytes);
		throwIfAborted(signal, description);
		const digest = sha256Digest(bytes);
		try {
			// A digest may go on chain next: its block has to survive a power cut, so it is flushed.
			await writeFileAtomic(pathOf(digest), bytes, { mode: 0o644, folderMode: 0o755 });
		} catch (error) {
			throw failed("written", error);
		}
		return digest;
	};

	const get: BlockStore["get"] = async (digest, { signal } = {}) => {
		throwIfAborted(signal, description);
		const path = pathOf(digest);
		let bytes: Uint8Array;
		try {
			bytes = await readStart(path, MAX_BLOCK_BYTES + 1);
		} catch (error) {
			if (systemErrorCode(error) === "ENOENT") throw blockMissing(digest, description);
			throw failed("read", error);
		}
		if (bytes.length > MAX_BLOCK_BYTES) throw blockTooLarge(digest, description);
		return checkBlock(bytes, digest, description);
	};

	const has: BlockStore["has"] = async (digest, { signal } = {}) => {
		throwIfAborted(signal, description);
		return access(pathOf(digest)).then(
			() => true,
			(error: unknown) => {
				if (systemErrorCode(error) === "ENOENT") return false;
				throw failed("read", error);
			},
		);
	};

	return { description, put, get, has };
};

/** At most so many bytes, whatever the file's size is said to be and however it grows; a pipe or a device is not waited for. */
const readStart = async (path: string, most: number): Promise<Uint8Array> => {
	const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const { size } = await file.stat();
		let buffer = new Uint8Array(Math.min(most, size + 1));
		let length = 0;
		for (;;) {
			const { bytesRead } = await file.read(buffer, length, buffer.length - length);
			length += bytesRead;
			if (bytesRead === 0 || length === most) return buffer.slice(0, length);
			if (length < buffer.length) continue;
			const larger = new Uint8Array(Math.min(most, 2 * length));
			larger.set(buffer);
			buffer = larger;
		}
	} finally {
		await file.close();
	}
};
