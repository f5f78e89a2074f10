/** One process on one folder: two would sign with the same nonces, and a member's two processes could open two sets. */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { isTaken, systemErrorCode, writeFileAtomic } from "../adapters/atomicFile.ts";
import { DecentraHealthError } from "../protocol/errors.ts";

export const LOCK_NAME = "worker.lock";

const ownerSchema = z.strictObject({
	pid: z.int().min(1),
	host: z.string(),
	/** When the process started, as its system tells it; empty where it does not. A process id is used again, even by ourselves in a container. */
	startedAt: z.string(),
	id: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

/** The 22nd field of /proc/PID/stat (proc(5)): clock ticks from boot to the process' start. The 2nd field may hold spaces and parentheses. */
const startOf = async (pid: number): Promise<string> => {
	const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
	return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
};

const isAlive = async ({ pid, startedAt }: Owner): Promise<boolean> => {
	try {
		process.kill(pid, 0);
	} catch (error) {
		// EPERM: there is one, of another user.
		if (systemErrorCode(error) === "ESRCH") return false;
	}
	return (await startOf(pid)) === startedAt;
};

/** Undefined for no lock, and for one that a power cut damaged. */
const readOwner = async (path: string): Promise<Owner | undefined> => {
	const text = await readFile(path, "utf8").catch(() => undefined);
	if (text === undefined) return undefined;
	try {
		return ownerSchema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
};

const locked = (folder: string, { pid, host }: Owner): DecentraHealthError =>
	new DecentraHealthError("FOLDER_LOCKED", {
		message: `process ${pid} on ${host} works in ${folder}`,
		nextStep:
			host === hostname()
				? "Stop that process first (kill its id), or give this worker a folder of its own."
				: `Stop that worker first. If that computer is gone for good, delete ${join(folder, LOCK_NAME)}.`,
	});

/** Who works in the folder now; undefined when nobody does. */
export const folderOwner = async (folder: string): Promise<DecentraHealthError | undefined> => {
	const owner = await readOwner(join(folder, LOCK_NAME));
	if (owner === undefined) return undefined;
	return owner.host !== hostname() || (await isAlive(owner)) ? locked(folder, owner) : undefined;
};

export type FolderLock = { readonly release: () => Promise<void> };

const ATTEMPTS = 5;

/**
 * Takes the folder for this process until `release`, or until the process is gone: what a killed one left is taken over.
 * @throws DecentraHealthError FOLDER_LOCKED, CONFIG_INVALID when the folder can't be written
 */
export const lockFolder = async (folder: string): Promise<FolderLock> => {
	const path = join(folder, LOCK_NAME);
	const id = randomUUID();
	const own: Owner = { pid: process.pid, host: hostname(), startedAt: await startOf(process.pid), id };
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		try {
			await writeFileAtomic(path, `${JSON.stringify(own)}\n`, { exclusive: true });
			return {
				release: async () => {
					if ((await readOwner(path))?.id === id) await rm(path, { force: true });
				},
			};
		} catch (error) {
			if (!isTaken(error)) {
				throw new DecentraHealthError("CONFIG_INVALID", {
					message: `the folder ${folder} cannot be written (${systemErrorCode(error)})`,
					nextStep: "Check the path, its permissions and the free disk space.",
				});
			}
		}
		const refusal = await folderOwner(folder);
		if (refusal !== undefined) throw refusal;
		// Moved away under another name, so that of several processes that see the same old lock only one removes it.
		const stale = await readOwner(path);
		const aside = join(folder, `${LOCK_NAME}.${id}`);
		const moved = await rename(path, aside).then(
			() => true,
			() => false,
		);
		if (moved) {
			const taken = await readOwner(aside);
			if (taken?.id !== stale?.id && taken !== undefined && (await isAlive(taken))) {
				// Another process was faster with both steps: its lock goes back.
				await rename(aside, path).catch(() => undefined);
				throw locked(folder, taken);
			}
			await rm(aside, { force: true });
		}
	}
	throw new DecentraHealthError("FOLDER_LOCKED", {
		message: `other processes are taking ${folder} at the same time`,
		nextStep: "Start one worker at a time on a folder.",
	});
};
