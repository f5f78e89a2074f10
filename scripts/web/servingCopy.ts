/** A server's own copy of a build: one that is made meanwhile, by a test or another command, does not pull files from under it. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { cp, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isRunning } from "../../worker/adapters/lease/owner.ts";

/** Beside the build, because its files find packages by paths relative to their own. */
const NAME = /^\.next-serving-(?<pid>\d+)-/;
/** Of a build's folder: only builds and the development server read these. */
const NOT_SERVED: readonly string[] = ["cache", "dev", "trace", "trace-build", "diagnostics"];

/** Copies that a killed process left. */
const removeStale = async (web: string): Promise<void> => {
	for (const name of await readdir(web)) {
		const pid = NAME.exec(name)?.groups?.pid;
		if (pid !== undefined && !isRunning(Number(pid))) await rm(join(web, name), { recursive: true, force: true });
	}
};

/** @param web folder of the dApp @param dist its build */
export const servingCopy = async (web: string, dist: string) => {
	await removeStale(web);
	const name = `.next-serving-${process.pid}-${randomUUID().slice(0, 8)}`;
	const path = join(web, name);
	const notServed = NOT_SERVED.map((folder) => join(dist, folder));
	await cp(dist, path, { recursive: true, filter: (source) => !notServed.includes(source) });
	return { name: basename(path), remove: (): void => rmSync(path, { recursive: true, force: true }) };
};
