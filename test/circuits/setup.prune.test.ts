import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { markUsed, pruneCircuits } from "../../scripts/circuits/prune.ts";

const HASH = "0123456789abcdef0123456789abcdef";
const DAY = 24 * 3600 * 1000;

describe("pruning of compiled circuits", () => {
	let cache: string;
	beforeEach(async () => {
		cache = await mkdtemp(join(tmpdir(), "prune-"));
	});
	afterEach(() => rm(cache, { recursive: true }));

	/** A folder with a file in it, last used so many days ago. */
	const folder = async (days: number, ...path: readonly string[]): Promise<string> => {
		const made = join(cache, ...path);
		await mkdir(made, { recursive: true });
		await writeFile(join(made, "circuit.r1cs"), "");
		await age(days, made);
		return made;
	};
	const age = (days: number, path: string) => {
		const time = new Date(Date.now() - days * DAY);
		return utimes(path, time, time);
	};
	const left = async () => (await readdir(cache, { recursive: true })).filter((path) => !path.endsWith("r1cs")).sort();

	it("removes circuits, keys and remains of killed processes that nobody used for days, and nothing else", async () => {
		const other = HASH.replace("0", "f");
		await folder(3, "KeySumOld", HASH);
		await folder(3, "TrainSegmentWdbc", HASH);
		const current = await folder(0, "TrainSegmentWdbc", other);
		await folder(3, "TrainSegmentWdbc", other, "development-keys-1");
		await folder(0, "TrainSegmentWdbc", other, "development-keys-2");
		await folder(3, "TrainSegmentWdbc", other, ".keys-1");
		await folder(0, "TrainSegmentWdbc", ".work-1");
		await folder(3, "TrainSegmentWdbc", ".work-2");
		await folder(3, "bench", "Sponge", HASH);
		await folder(3, "dishonest", `${HASH.slice(8)}.123`);
		await writeFile(join(cache, "manifest.json"), "{}");
		await age(3, join(cache, "manifest.json"));
		await age(0, current);
		assert.equal(await pruneCircuits(cache), 7);
		const kept = ["", "/.work-1", `/${other}`, `/${other}/development-keys-2`].map((path) => `TrainSegmentWdbc${path}`);
		assert.deepEqual(
			(await left()).filter((path) => !/^(KeySumOld|bench(\/Sponge)?|dishonest)$/.test(path)),
			[...kept, "manifest.json"],
		);
		assert.equal(await pruneCircuits(cache), 0);
	});

	it("removes emptied folders when they are old, too", async () => {
		await mkdir(join(cache, "KeySumOld"));
		await mkdir(join(cache, "KeySumNew"));
		await age(3, join(cache, "KeySumOld"));
		await pruneCircuits(cache);
		assert.deepEqual(await left(), ["KeySumNew"]);
	});

	it("keeps what is used again, also when several processes prune", async () => {
		const used = await folder(3, "TrainSegmentWdbc", HASH);
		await markUsed(used);
		await folder(3, "EncryptUpdateWdbc", HASH);
		const removed = await Promise.all(Array.from({ length: 4 }, () => pruneCircuits(cache)));
		assert.equal(
			removed.reduce((sum, count) => sum + count, 0),
			1,
		);
		assert.ok((await left()).includes(`TrainSegmentWdbc/${HASH}`));
	});

	it("has nothing to do where there is no cache", async () => {
		assert.equal(await pruneCircuits(join(cache, "none")), 0);
		await markUsed(join(cache, "none"));
	});
});
