/** Blocks as files: FOLDER/<first two digits>/<64 digits>. The embedded default; it needs no other program. */
import { randomUUID } from "node:crypto";
import { access, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
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

const codeOf = (error: unknown): string =>
	error instanceof Error && "code" in error ? String(error.code) : "unknown error";

/**
 * A file is complete or absent: it is written under a temporary name, flushed, then renamed. Every read is checked.
 * @param folder is made at the first `put`
 */
export const diskStore = (folder: string): BlockStore => {
	const description = `block folder ${folder}`;
	const shardOf = (digest: Digest): string => join(folder, requireDigest(digest).slice(2, 4));
	const pathOf = (digest: Digest): string => join(shardOf(digest), digest.slice(2));
	const failed = (verb: string, error: unknown) =>
		unreachable(
			description,
			`cannot be ${verb} (${codeOf(error)})`,
			"Check the folder, its permissions and the free disk space.",
			error,
		);

	const put: BlockStore["put"] = async (bytes, { signal } = {}) => {
		requireBlockSize(bytes);
		throwIfAborted(signal, description);
		const digest = sha256Digest(bytes);
		const temporary = join(shardOf(digest), `.${randomUUID()}.partial`);
		try {
			await mkdir(shardOf(digest), { recursive: true });
			const file = await open(temporary, "wx", 0o644);
			try {
				await file.writeFile(bytes);
				// A digest may go on chain next: its block has to survive a power cut.
				await file.sync();
			} finally {
				await file.close();
			}
			await rename(temporary, pathOf(digest));
		} catch (error) {
			await rm(temporary, { force: true }).catch(() => undefined);
			throw failed("written", error);
		}
		return digest;
	};

	const get: BlockStore["get"] = async (digest, { signal } = {}) => {
		throwIfAborted(signal, description);
		const path = pathOf(digest);
		let bytes: Uint8Array;
		try {
			if ((await stat(path)).size > MAX_BLOCK_BYTES) throw blockTooLarge(digest, description);
			bytes = new Uint8Array(await readFile(path));
		} catch (error) {
			if (codeOf(error) === "BLOCK_TOO_LARGE") throw error;
			if (codeOf(error) === "ENOENT") throw blockMissing(digest, description);
			throw failed("read", error);
		}
		return checkBlock(bytes, digest, description);
	};

	const has: BlockStore["has"] = async (digest, { signal } = {}) => {
		throwIfAborted(signal, description);
		return access(pathOf(digest)).then(
			() => true,
			(error: unknown) => {
				if (codeOf(error) === "ENOENT") return false;
				throw failed("read", error);
			},
		);
	};

	return { description, put, get, has };
};
