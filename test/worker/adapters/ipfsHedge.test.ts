/** A store that is silent holds up no other: the next one is asked beside it. Time passes when the test says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type BlockStore,
	blockMissing,
	type IoOptions,
	sha256Digest,
	throwIfAborted,
	unreachable,
} from "../../../worker/adapters/ipfs/blockStore.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import { openStores } from "../../../worker/adapters/ipfs/openStores.ts";
import { withPatience } from "../../../worker/adapters/ipfs/withPatience.ts";
import { serve } from "../../support/httpServer.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const BYTES = new TextEncoder().encode("hello");
const DIGEST = sha256Digest(BYTES);

type Asked = {
	readonly answer: () => void;
	readonly lack: () => void;
	readonly fail: () => void;
	readonly gaveUp: () => boolean;
};

/** A store that answers when the test says so. */
const onCommand = (name: string) => {
	const asked: Asked[] = [];
	const waiting: (() => void)[] = [];
	const get = (digest: `0x${string}`, { signal }: IoOptions = {}) =>
		new Promise<Uint8Array>((resolve, reject) => {
			signal?.addEventListener("abort", () => {
				try {
					throwIfAborted(signal, name);
				} catch (error) {
					reject(error);
				}
			});
			asked.push({
				answer: () => resolve(BYTES),
				lack: () => reject(blockMissing(digest, name)),
				fail: () => reject(unreachable(name, "is down", "Wait.")),
				gaveUp: () => signal?.aborted === true,
			});
			for (const go of waiting.splice(0)) go();
		});
	const store: BlockStore = {
		...diskStore("nowhere"),
		description: name,
		get,
		has: (digest, options) => get(digest, options).then(() => true),
	};
	/** Its request with this number, as soon as it is made. */
	const request = async (number: number): Promise<Asked> => {
		for (;;) {
			const found = asked[number - 1];
			if (found !== undefined) return found;
			await new Promise<void>((resolve) => waiting.push(resolve));
		}
	};
	return { store, request, count: () => asked.length };
};

/** A clock whose time runs out when it is told to. */
const clock = () => {
	let running: (() => void)[] = [];
	const waiting: (() => void)[] = [];
	return {
		wait: (_: number, signal: AbortSignal) =>
			new Promise<void>((resolve) => {
				running.push(resolve);
				signal.addEventListener("abort", () => {
					running = running.filter((one) => one !== resolve);
				});
				for (const go of waiting.splice(0)) go();
			}),
		/** Ends the wait that runs, or the next one that begins. */
		runOut: async (): Promise<void> => {
			if (running.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
			for (const resolve of running.splice(0)) resolve();
		},
		isRunning: () => running.length > 0,
	};
};

test("the next store is asked while the first is silent; the first answer is taken, and the other request given up", async () => {
	const time = clock();
	const [first, second] = [onCommand("first"), onCommand("second")];
	const got = firstOf([first.store, second.store], time).get(DIGEST);
	const silent = await first.request(1);
	assert.equal(second.count(), 0);
	await time.runOut();
	const asked = await second.request(1);
	assert.equal(silent.gaveUp(), false, "it may still answer");
	asked.answer();
	assert.deepEqual(await got, BYTES);
	assert.equal(silent.gaveUp(), true);
	assert.equal(time.isRunning(), false);
});

test("a store that answers late, but first, is no worse for it; nor is the one that was asked beside it", async () => {
	const time = clock();
	const [late, beside] = [onCommand("late"), onCommand("beside")];
	const store = firstOf([withPatience(late.store), withPatience(beside.store)], time);
	for (const round of [1, 2]) {
		const got = store.get(DIGEST);
		const asked = await late.request(round);
		await time.runOut();
		const other = await beside.request(round);
		asked.answer();
		assert.deepEqual(await got, BYTES);
		assert.equal(other.gaveUp(), true);
	}
});

test("a failure has the next one asked at once", async () => {
	const time = clock();
	const [first, second, third] = [onCommand("first"), onCommand("second"), onCommand("third")];
	const got = firstOf([first.store, second.store, third.store], time).has(DIGEST);
	(await first.request(1)).lack();
	(await second.request(1)).fail();
	(await third.request(1)).answer();
	assert.equal(await got, true);
});

test("requests for one block are bounded: at most four at a time", async () => {
	const time = clock();
	const all = Array.from({ length: 6 }, (_, index) => onCommand(`store ${index}`));
	const asked = () => all.filter(({ count }) => count() > 0).length;
	const got = firstOf(
		all.map(({ store }) => store),
		time,
	).get(DIGEST);
	for (const number of [1, 2, 3]) {
		await all[number - 1]?.request(1);
		assert.equal(asked(), number);
		await time.runOut();
	}
	await all[3]?.request(1);
	assert.equal(time.isRunning(), false, "no time makes it more");
	(await all[1]?.request(1))?.lack();
	await all[4]?.request(1);
	assert.equal(asked(), 5);
	for (const index of [0, 2, 3, 4]) (await all[index]?.request(1))?.fail();
	(await all[5]?.request(1))?.lack();
	const error = await rejectsWithCode(got, "IPFS_UNREACHABLE");
	assert.match(error.message, /store 0.*store 1.*store 5/);
});

test("a cancelled request is given up everywhere, and no further store is asked", async () => {
	const time = clock();
	const [first, second, third] = [onCommand("first"), onCommand("second"), onCommand("third")];
	const stop = new AbortController();
	const got = firstOf([first.store, second.store, third.store], time).get(DIGEST, { signal: stop.signal });
	const asked = await first.request(1);
	await time.runOut();
	const beside = await second.request(1);
	stop.abort();
	await rejectsWithCode(got, "ABORTED");
	assert.ok(asked.gaveUp() && beside.gaveUp());
	assert.equal(third.count(), 0);
});

test("a peer that takes connections and never answers costs one block a moment, and the others nothing", async (context) => {
	let requests = 0;
	let connected = (): void => undefined;
	const isAsked = new Promise<void>((resolve) => {
		connected = resolve;
	});
	const silent = await serve(context, () => {
		requests++;
		connected();
	});
	const honest = diskStore(temporaryFolder(context));
	const blocks = await Promise.all([1, 2, 3, 4].map((byte) => honest.put(new Uint8Array(20).fill(byte))));
	const gateway = await startGateway({ store: honest });
	context.after(gateway.close);
	// The moment ends as soon as the silent peer has been asked; its own timeout is longer than any test.
	const wait = (_: number, signal: AbortSignal) =>
		new Promise<void>((resolve) => {
			void isAsked.then(resolve);
			signal.addEventListener("abort", () => resolve());
		});
	const { store } = await openStores(temporaryFolder(context), [silent.href, gateway.url], {
		timeout: 2 ** 30,
		now: () => 0,
		wait,
	});
	for (const digest of blocks) assert.equal(sha256Digest(await store.get(digest)), digest);
	assert.equal(requests, 1);
});
