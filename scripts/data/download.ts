/** One file over HTTP: resumed where it broke off, checked, and put in place when it is complete. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemErrorCode } from "../../worker/adapters/atomicFile.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";

export type DownloadOptions = {
	readonly url: string;
	/** Where the file goes; until it is complete, what is there of it is in `path`.partial. */
	readonly path: string;
	/** Hex. */
	readonly md5: string;
	readonly mostBytes: number;
	/** Connections that may break off in a row without a byte of progress; by default 4. */
	readonly attempts?: number;
	/** Longest silence of the server; by default 30 s. */
	readonly silenceMilliseconds?: number;
	readonly onProgress?: (bytes: number, resumed: boolean) => void;
};

export const md5Of = async (path: string): Promise<string> => {
	const hash = createHash("md5");
	for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
	return hash.digest("hex");
};

const sizeOf = (path: string): Promise<number> =>
	stat(path).then(
		({ size }) => size,
		() => 0,
	);

/** The server's answer is final: trying again changes nothing. */
const FINAL = new Set([400, 401, 403, 404, 410]);

const failed = (url: string, why: string): DecentraHealthError =>
	new DecentraHealthError("DOWNLOAD_FAILED", {
		message: `${new URL(url).host} did not give the file: ${why}`,
		nextStep:
			"Run the command again: it goes on where it broke off. Without a network, get the file elsewhere and check it with `data verify`.",
	});

/** First byte of a 206 answer; undefined when it does not say. */
const startOf = (range: string | null): number | undefined => {
	const found = /^bytes (\d+)-/.exec(range ?? "");
	return found?.[1] === undefined ? undefined : Number(found[1]);
};

/** One connection: appends what it gives. @returns whether the file is complete */
const receive = async (partial: string, options: DownloadOptions): Promise<boolean> => {
	const { url, mostBytes, silenceMilliseconds = 30_000, onProgress } = options;
	const have = await sizeOf(partial);
	const stop = new AbortController();
	let timer = setTimeout(() => stop.abort(), silenceMilliseconds);
	try {
		const headers = have > 0 ? { Range: `bytes=${have}-` } : {};
		const answer = await fetch(url, { headers, signal: stop.signal });
		// Of a file that is complete there is nothing past its end; the digest decides whether it is.
		if (answer.status === 416) return true;
		if (FINAL.has(answer.status)) throw failed(url, `status ${answer.status}`);
		const resumed = answer.status === 206 && startOf(answer.headers.get("content-range")) === have;
		if (answer.body === null || (answer.status !== 200 && !resumed)) return false;
		// A server that ignores the range sends everything again.
		const file = await open(partial, resumed ? "a" : "w", 0o644);
		try {
			let bytes = resumed ? have : 0;
			const reader = answer.body.getReader();
			for (
				let { value: chunk, done } = await reader.read();
				!done && chunk !== undefined;
				{ value: chunk, done } = await reader.read()
			) {
				clearTimeout(timer);
				timer = setTimeout(() => stop.abort(), silenceMilliseconds);
				bytes += chunk.length;
				if (bytes > mostBytes) {
					throw new DecentraHealthError("DOWNLOAD_MISMATCH", {
						message: `the file is larger than ${mostBytes} bytes: it is another one`,
						nextStep: "Check the address; nothing was kept.",
					});
				}
				await file.write(chunk);
				onProgress?.(bytes, resumed);
			}
			await file.sync();
		} finally {
			await file.close();
		}
		return true;
	} finally {
		clearTimeout(timer);
	}
};

const attempt = async (
	partial: string,
	options: DownloadOptions,
): Promise<{ readonly complete: boolean; readonly why: string }> => {
	try {
		return { complete: await receive(partial, options), why: "it sent something else" };
	} catch (error) {
		if (error instanceof DecentraHealthError) throw error;
		// fetch puts the system's error into the cause.
		const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
		const code = systemErrorCode(cause);
		return { complete: false, why: code === "unknown error" || code === "20" ? "the connection broke off" : code };
	}
};

/**
 * @returns the bytes that were received already before
 * @throws DecentraHealthError DOWNLOAD_FAILED (the part is kept), DOWNLOAD_MISMATCH (nothing is kept)
 */
export const download = async (options: DownloadOptions): Promise<{ readonly resumedAt: number }> => {
	const { url, path, md5, attempts = 4 } = options;
	const partial = `${path}.partial`;
	await mkdir(dirname(path), { recursive: true });
	const resumedAt = await sizeOf(partial);
	for (let silent = 0; ; ) {
		const before = await sizeOf(partial);
		const { complete, why } = await attempt(partial, options).catch(async (error: unknown): Promise<never> => {
			if (error instanceof DecentraHealthError && error.code === "DOWNLOAD_MISMATCH")
				await rm(partial, { force: true });
			throw error;
		});
		if (complete) break;
		silent = (await sizeOf(partial)) > before ? 0 : silent + 1;
		if (silent >= attempts) throw failed(url, why);
		await delay(Math.min(4_000, 250 * 2 ** silent));
	}
	const found = await md5Of(partial);
	if (found !== md5) {
		await rm(partial, { force: true });
		throw new DecentraHealthError("DOWNLOAD_MISMATCH", {
			message: `the file's MD5 is ${found}, the official one's ${md5}; it was removed`,
			nextStep: "Run the command again; if it is the same, the server has another file.",
		});
	}
	await rename(partial, path);
	return { resumedAt };
};
