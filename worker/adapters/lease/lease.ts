/**
 * A file that one process at a time holds, also across computers and containers that share a folder. The holder renews it; it expires when it was not
 * renewed for so long, by the clock of whoever waits for that: clocks are never compared. A holder whose process can be seen to have ended
 * is not waited for.
 */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { isTaken } from "../atomicFile.ts";
import { isAlive, type Owner, ownerHere, ownerText, parseOwner, placeHere, renewalsOffset } from "./owner.ts";
import type { Renewing } from "./renewThread.ts";

export type LeaseOptions = {
	/** Milliseconds without a renewal after which the lease is anybody's. */
	readonly expires?: number | undefined;
	/** Permissions of folders that are missing; by default their owner's alone. */
	readonly folderMode?: number | undefined;
	/** Where this process' id means something; tests play another computer. */
	readonly place?: string | undefined;
	/** Somebody else has it: this process was stopped for longer than the lease lasts. */
	readonly onLost?: (() => void) | undefined;
};

export type Lease = { readonly release: () => Promise<void> };

/** Held by somebody who is alive; undefined for a file that no owner of ours wrote, and that changes all the same. */
export type Held = { readonly owner: Owner | undefined };

export const DEFAULT_EXPIRES = 30_000;
/** Renewals in the time of a lease. */
const RENEWALS = 6;
/** Looks at a lease that may expire. */
const LOOKS = 60;
/** Between two tries to get a lease that is just being taken over, milliseconds. */
const PAUSE = 20;

const readText = (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);

/** Nothing can be held there: undefined; otherwise the owner's text, which is the same as long as it does not renew. */
const aliveAt = async (
	path: string,
	place: string,
	expires: number,
): Promise<{ text: string; held: boolean } | undefined> => {
	const text = await readText(path);
	if (text === undefined) return undefined;
	const owner = parseOwner(text);
	if (owner?.place === place) return { text, held: await isAlive(owner) };
	const deadline = performance.now() + expires;
	while (performance.now() < deadline) {
		await sleep(expires / LOOKS);
		const now = await readText(path);
		if (now === undefined) return undefined;
		if (now !== text) return { text: now, held: true };
	}
	return { text, held: false };
};

/** Who holds the lease now; undefined when nobody does. Takes as long as a lease when the holder may be on another computer. */
export const leaseHolder = async (
	path: string,
	{ expires = DEFAULT_EXPIRES, place }: LeaseOptions = {},
): Promise<Held | undefined> => {
	const found = await aliveAt(path, place ?? (await placeHere()), expires);
	return found?.held ? { owner: parseOwner(found.text) } : undefined;
};

const hold = (path: string, file: FileHandle, text: string, expires: number, onLost: () => void): Lease => {
	const renewing: Renewing = {
		path,
		descriptor: file.fd,
		offset: renewalsOffset(text),
		every: expires / RENEWALS,
		expires,
	};
	const thread = new Worker(new URL("./renewThread.ts", import.meta.url), { workerData: renewing });
	thread.on("message", onLost);
	// Whoever can't renew loses the lease later than others take it for lost: it says so at once.
	thread.on("error", onLost);
	thread.unref();
	const ended = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
	return {
		release: async () => {
			thread.off("message", onLost);
			thread.postMessage("release");
			thread.ref();
			await ended;
			const there = await stat(path).catch(() => undefined);
			if (there?.ino === (await file.stat()).ino) await rm(path, { force: true });
			await file.close();
		},
	};
};

/**
 * Takes the lease, or says who holds it.
 * @throws the system's own error when the folder can't be written
 */
export const takeLease = async (path: string, options: LeaseOptions = {}): Promise<Lease | Held> => {
	const { expires = DEFAULT_EXPIRES, folderMode = 0o700, onLost = () => undefined } = options;
	const place = options.place ?? (await placeHere());
	const id = randomUUID();
	const text = ownerText(await ownerHere(id, place));
	const temporary = join(dirname(path), `.${basename(path)}.${id}.partial`);
	await mkdir(dirname(path), { recursive: true, mode: folderMode });
	const file = await open(temporary, "wx+", 0o600);
	try {
		await file.writeFile(text);
		await file.sync();
		for (;;) {
			const isFree = await link(temporary, path).then(
				() => true,
				(error: unknown) => {
					if (isTaken(error)) return false;
					throw error;
				},
			);
			if (isFree) return hold(path, file, text, expires, onLost);
			const found = await aliveAt(path, place, expires);
			if (found === undefined) continue;
			if (found.held) {
				await file.close();
				return { owner: parseOwner(found.text) };
			}
			// Of all that find this very lease expired, one replaces it: it holds a lease on doing so, named after what is to be replaced.
			const successor = `${path}.${createHash("sha256").update(found.text).digest("hex").slice(0, 16)}`;
			const right = await takeLease(successor, { ...options, onLost: undefined });
			if (!("release" in right)) {
				await sleep(PAUSE);
				continue;
			}
			try {
				if ((await readText(path)) !== found.text) continue;
				await rename(temporary, path);
				return hold(path, file, text, expires, onLost);
			} finally {
				await right.release();
			}
		}
	} catch (error) {
		await file.close().catch(() => undefined);
		throw error;
	} finally {
		await rm(temporary, { force: true });
	}
};
