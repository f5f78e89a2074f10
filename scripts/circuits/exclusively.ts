/** One process after the other, for work that takes moments: builds run side by side. */
import { readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isTaken, systemErrorCode, writeFileAtomic } from "../../worker/adapters/atomicFile.ts";

const WAIT_MS = 50;

export const isAlive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: there is one, of another user.
		return systemErrorCode(error) !== "ESRCH";
	}
};

/** @param path of a file that exists while somebody runs; one that a killed process left is taken over */
export const exclusively = async <T>(path: string, run: () => Promise<T>): Promise<T> => {
	for (;;) {
		try {
			await writeFileAtomic(path, `${process.pid}`, { exclusive: true, folderMode: 0o755 });
			break;
		} catch (error) {
			if (!isTaken(error)) throw error;
		}
		const owner = Number(await readFile(path, "utf8").catch(() => "0"));
		if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
		await sleep(WAIT_MS);
	}
	try {
		return await run();
	} finally {
		await rm(path, { force: true });
	}
};
