/** One process on one folder, whatever the last one died of and wherever it ran. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type Owner, ownerHere, ownerText, parseOwner, placeHere } from "../../../worker/adapters/lease/owner.ts";
import { folderOwner, LOCK_NAME, lockFolder } from "../../../worker/service/lock.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

/** A lock as a process left it that was killed, here or in another place. */
const writeLock = async (folder: string, changes: Partial<Owner>): Promise<void> => {
	const owner = await ownerHere("old", await placeHere());
	writeFileSync(join(folder, LOCK_NAME), ownerText({ ...owner, ...changes }));
};

const ELSEWHERE = "3f2a9c1d7b10/another-boot/pid:[1]";

const renewalsIn = (folder: string): string | undefined =>
	parseOwner(readFileSync(join(folder, LOCK_NAME), "utf8"))?.renewals;

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
			if (stale) await writeLock(folder, { pid: 2 ** 22 + 1, startedAt: "1" });
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
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		await writeLock(folder, { pid, startedAt: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "" });
		await rejectsWithCode(lockFolder(folder), "FOLDER_LOCKED");
		child.kill("SIGKILL");
		await once(child, "exit");
		await (await lockFolder(folder)).release();
	});

	it("is taken over at once from a process whose id now belongs to another one, and from itself in an earlier life", async (context) => {
		const folder = temporaryFolder(context);
		for (const pid of [process.ppid, process.pid]) {
			await writeLock(folder, { pid, startedAt: "1" });
			// A lease would last for ever.
			await (await lockFolder(folder, { expires: 2 ** 31 - 1 })).release();
		}
	});

	it("is taken over from a container that was killed, and from a damaged lock, once the lease has expired", async (context) => {
		const folder = temporaryFolder(context);
		// Process 1 is alive here too; it is another one.
		await writeLock(folder, { pid: 1, host: "3f2a9c1d7b10", place: ELSEWHERE });
		await (await lockFolder(folder, { expires: 200 })).release();
		writeFileSync(join(folder, LOCK_NAME), "{");
		await (await lockFolder(folder, { expires: 200 })).release();
		assert.deepEqual(readdirSync(folder), []);
	});

	it("is left to a worker on another computer as long as it lives, whatever its main thread does", async (context) => {
		const folder = temporaryFolder(context);
		const lock = await lockFolder(folder, { place: ELSEWHERE, expires: 600 });
		const before = renewalsIn(folder);
		// Keeps the main thread until the renewal: without a thread of its own there would be none.
		while (renewalsIn(folder) === before);
		// Ends with the next renewal, long before so long a lease.
		const { nextStep } = await rejectsWithCode(lockFolder(folder, { expires: 60_000 }), "FOLDER_LOCKED");
		assert.match(nextStep, /that computer or in that container/);
		await lock.release();
		await (await lockFolder(folder)).release();
	});

	it("goes to one of those on several computers that find the same expired lock at once", async (context) => {
		const folder = temporaryFolder(context);
		await writeLock(folder, { pid: 1, place: ELSEWHERE });
		const places = Array.from({ length: 6 }, (_, index) => `host-${index}/boot/pid:[2]`);
		const outcomes = await Promise.allSettled(places.map((place) => lockFolder(folder, { place, expires: 8_000 })));
		const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
		assert.equal(won.length, 1);
		for (const outcome of outcomes) {
			if (outcome.status === "rejected") assert.equal(outcome.reason.code, "FOLDER_LOCKED");
		}
		await won[0]?.value.release();
		assert.deepEqual(readdirSync(folder), []);
	});

	it("is lost with a word, and another process' lock kept, when it was taken from a worker that stood still", async (context) => {
		const folder = temporaryFolder(context);
		const taken = new EventEmitter();
		const lost = once(taken, "lost");
		const lock = await lockFolder(folder, { expires: 600, onLost: () => taken.emit("lost") });
		rmSync(join(folder, LOCK_NAME));
		const other = await lockFolder(folder, { place: ELSEWHERE });
		// A worker's servers keep its process; the lease does not.
		const alive = setInterval(() => undefined, 1_000);
		await lost;
		clearInterval(alive);
		await lock.release();
		assert.equal(parseOwner(readFileSync(join(folder, LOCK_NAME), "utf8"))?.place, ELSEWHERE);
		await other.release();
	});

	it("has to be one that can be written", async (context) => {
		const file = join(temporaryFolder(context), "file");
		writeFileSync(file, "");
		await rejectsWithCode(lockFolder(file), "CONFIG_INVALID");
	});
});
