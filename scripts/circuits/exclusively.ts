/** One process after the other, for work that takes moments: builds run side by side. */
import { setTimeout as sleep } from "node:timers/promises";
import { takeLease } from "../../worker/adapters/lease/lease.ts";

const WAIT_MS = 50;

/** @param path of a file that exists while somebody runs; one that a killed process left is taken over */
export const exclusively = async <T>(path: string, run: () => Promise<T>): Promise<T> => {
	for (;;) {
		const lease = await takeLease(path, { folderMode: 0o755 });
		if ("release" in lease) {
			try {
				return await run();
			} finally {
				await lease.release();
			}
		}
		await sleep(WAIT_MS);
	}
};
