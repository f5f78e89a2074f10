/** One process on one folder: two would sign with the same nonces, and a member's two processes could open two sets. */
import { join } from "node:path";
import { systemErrorCode } from "../adapters/atomicFile.ts";
import { type Held, type Lease, type LeaseOptions, leaseHolder, takeLease } from "../adapters/lease/lease.ts";
import { placeHere } from "../adapters/lease/owner.ts";
import { DecentraHealthError } from "../protocol/errors.ts";

export const LOCK_NAME = "worker.lock";

export type LockOptions = Pick<LeaseOptions, "expires" | "place" | "onLost">;

const locked = (folder: string, { owner }: Held, here: string): DecentraHealthError =>
	new DecentraHealthError("FOLDER_LOCKED", {
		message:
			owner === undefined
				? `another program works in ${folder}`
				: `process ${owner.pid} on ${owner.host} works in ${folder}`,
		nextStep:
			owner?.place === here
				? "Stop that process first (kill its id), or give this worker a folder of its own."
				: "Stop the worker on that computer or in that container first, or give this worker a folder of its own.",
	});

/** To end a worker with whose folder another one has taken over. */
export const folderLost = (folder: string): DecentraHealthError =>
	new DecentraHealthError("FOLDER_LOCKED", {
		message: `another worker has taken over ${folder}: this one did not run for longer than its lease lasted`,
		nextStep: "Nothing to do if the other one is to go on; otherwise stop it first, then start this one again.",
	});

/** Who works in the folder now; undefined when nobody does. */
export const folderOwner = async (
	folder: string,
	options: LockOptions = {},
): Promise<DecentraHealthError | undefined> => {
	const held = await leaseHolder(join(folder, LOCK_NAME), options);
	return held === undefined ? undefined : locked(folder, held, options.place ?? (await placeHere()));
};

/**
 * Takes the folder for this process until `release`, or until the process is gone: what a killed one left is taken over, at once on the same
 * computer and in the same container, otherwise when it was not renewed for the time of a lease.
 * @throws DecentraHealthError FOLDER_LOCKED, CONFIG_INVALID when the folder can't be written
 */
export const lockFolder = async (folder: string, options: LockOptions = {}): Promise<Lease> => {
	const taken = await takeLease(join(folder, LOCK_NAME), options).catch((error: unknown) => {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `the folder ${folder} cannot be written (${systemErrorCode(error)})`,
			nextStep: "Check the path, its permissions and the free disk space.",
		});
	});
	if ("release" in taken) return taken;
	throw locked(folder, taken, options.place ?? (await placeHere()));
};
