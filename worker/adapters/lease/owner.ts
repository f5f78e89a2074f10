/** Who holds a lease, and whether that process can still be seen from here. */
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { systemErrorCode } from "../atomicFile.ts";

const ownerSchema = z.strictObject({
	pid: z.int().min(1),
	/** For people. */
	host: z.string(),
	/** Where process ids mean the same: a machine since its start, and a container in it. Another container may have the same host name. */
	place: z.string(),
	/** When the process started, as its system tells it; empty where it does not. A process id is used again, even by ourselves in a container. */
	startedAt: z.string(),
	id: z.string(),
	/** Renewals so far, of a fixed width: written in place. */
	renewals: z.string(),
});
export type Owner = z.infer<typeof ownerSchema>;

export const RENEWALS_WIDTH = 12;
export const renewalsText = (count: number): string => String(count).padStart(RENEWALS_WIDTH, "0");

/** Renewals stand last, so that a renewal writes these bytes only. */
export const ownerText = (owner: Owner): string => `${JSON.stringify(owner)}\n`;

/** From where in {@link ownerText} the renewals are. */
export const renewalsOffset = (text: string): number => text.length - '"}\n'.length - RENEWALS_WIDTH;

/** Undefined for what a power cut damaged, and for what another program wrote. */
export const parseOwner = (text: string): Owner | undefined => {
	try {
		return ownerSchema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
};

/** The 22nd field of /proc/PID/stat (proc(5)): clock ticks from boot to the process' start. The 2nd field may hold spaces and parentheses. */
const startOf = async (pid: number): Promise<string> => {
	const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
	return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
};

/** Systems without /proc have no containers either: the host's name is the place. */
export const placeHere = async (): Promise<string> => {
	const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
	const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
	return [hostname(), boot.trim(), namespace].join("/");
};

export const ownerHere = async (id: string, place: string): Promise<Owner> => ({
	pid: process.pid,
	host: hostname(),
	place,
	startedAt: await startOf(process.pid),
	id,
	renewals: renewalsText(0),
});

export const isRunning = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: there is one, of another user.
		return systemErrorCode(error) !== "ESRCH";
	}
};

/** Of an owner whose place is ours. */
export const isAlive = async ({ pid, startedAt }: Owner): Promise<boolean> =>
	isRunning(pid) && (await startOf(pid)) === startedAt;
