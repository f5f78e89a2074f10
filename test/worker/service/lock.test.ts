/** One process on one folder, whatever the last one died of. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { folderOwner, LOCK_NAME, lockFolder } from "../../../worker/service/lock.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const startOf = (pid: number): string => {
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
};

const writeLock = (folder: string, owner: Readonly<Record<string, unknown>>): void =>
	writeFileSync(join(folder, LOCK_NAME), JSON.stringify({ host: hostname(), id: "old", ...owner }));

describe("a worker's folder", () => {
	it("is one process' at a time, until it is released", async (context) => {
		const folder = temporaryFolder(context);
		const lock = await lockFolder(folder);
		const { nextStep } = await rejectsWithCode(lockFolder(folder), "FOLDER_LOCKED");
		assert.match(nextStep, /Stop that process/);
		assert.equal((await folderOwner(folder))?.code, "FOLDER_LOCKED");
		await lock.release();
		assert.equal(await folderOwner(folder), undefined);
		await (await lockFolder(folder)).release();
		assert.deepEqual(readdirSync(folder), []);
	});

	it("goes to one of several that want it at once, also when a dead one's lock is there", async (context) => {
		const folder = temporaryFolder(context);
		for (const stale of [false, true]) {
			if (stale) writeLock(folder, { pid: 2 ** 22 + 1, startedAt: "1" });
			const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
			const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
			assert.equal(won.length, 1);
			await won[0]?.value.release();
		}
	});

	it("is refused while a process of another program run works in it", async (context) => {
		const folder = temporaryFolder(context);
		const child = spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"]);
		context.after(() => child.kill("SIGKILL"));
		const pid = child.pid ?? 0;
		writeLock(folder, { pid, startedAt: startOf(pid) });
		await rejectsWithCode(lockFolder(folder), "FOLDER_LOCKED");
		child.kill("SIGKILL");
		await once(child, "exit");
		await (await lockFolder(folder)).release();
	});

	it("is taken over from a process whose id now belongs to another one, from itself in an earlier life, and from a damaged lock", async (context) => {
		const folder = temporaryFolder(context);
		writeLock(folder, { pid: process.ppid, startedAt: "1" });
		await (await lockFolder(folder)).release();
		writeLock(folder, { pid: process.pid, startedAt: "1" });
		await (await lockFolder(folder)).release();
		writeFileSync(join(folder, LOCK_NAME), "{");
		await (await lockFolder(folder)).release();
	});

	it("is left to another computer, of which nothing can be known", async (context) => {
		const folder = temporaryFolder(context);
		writeLock(folder, { pid: 1, startedAt: "1", host: "elsewhere" });
		const { nextStep } = await rejectsWithCode(lockFolder(folder), "FOLDER_LOCKED");
		assert.match(nextStep, /delete/);
	});

	it("keeps another process' lock when its own was taken from it", async (context) => {
		const folder = temporaryFolder(context);
		const lock = await lockFolder(folder);
		writeLock(folder, { pid: process.pid, startedAt: startOf(process.pid) });
		await lock.release();
		assert.ok(existsSync(join(folder, LOCK_NAME)));
	});

	it("has to be one that can be written", async (context) => {
		const file = join(temporaryFolder(context), "file");
		writeFileSync(file, "");
		await rejectsWithCode(lockFolder(file), "CONFIG_INVALID");
	});
});
