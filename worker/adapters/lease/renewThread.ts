/** Thread that renews a lease: a process that computes for a minute on its main thread is alive all the same. */
import { fdatasyncSync, fstatSync, statSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { renewalsText } from "./owner.ts";

export type Renewing = {
	readonly path: string;
	/** Open for writing on the very file that was put at `path`: what another process puts there is never written to. */
	readonly descriptor: number;
	/** From where in the file the renewals are. */
	readonly offset: number;
	/** Milliseconds between two renewals, and without any after which others take the lease over. */
	readonly every: number;
	readonly expires: number;
};

const { path, descriptor, offset, every, expires } = workerData as Renewing;

let renewals = 0;
let renewedAt = performance.now();

const renew = (): boolean => {
	try {
		if (statSync(path).ino !== fstatSync(descriptor).ino) return false;
		writeSync(descriptor, renewalsText(++renewals), offset);
		fdatasyncSync(descriptor);
		renewedAt = performance.now();
		return true;
	} catch {
		// A full disk, or a server that is away: others can't see us before it is back.
		return performance.now() - renewedAt < expires;
	}
};

const timer = setInterval(() => {
	if (renew()) return;
	clearInterval(timer);
	parentPort?.postMessage("lost");
}, every);
parentPort?.once("message", () => {
	clearInterval(timer);
	parentPort?.close();
});
