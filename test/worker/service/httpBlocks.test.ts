/** Blocks that the coordinator's page publishes: what is taken, from whom, and how much of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BlockStore, MAX_BLOCK_BYTES, unreachable } from "../../../worker/adapters/ipfs/blockStore.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { encodeStudy } from "../../../worker/core/codecs/study.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { circuitDoubles } from "../../support/proverDouble.ts";
import { ORIGIN, startLocalServer } from "../../support/service/localServer.ts";
import { assertDocumented } from "../../support/service/openapi.ts";
import type { Answer } from "../../support/service/request.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { loadStudy } from "../../support/wdbc.ts";

const PATH = "/v1/blocks";
const TYPE = { "Content-Type": "application/octet-stream" };
const codeOf = ({ json }: Answer): unknown => (json as { code?: unknown } | undefined)?.code;
const post = (body: Uint8Array | string, headers: Readonly<Record<string, string>> = TYPE) => ({
	method: "POST",
	headers,
	body,
});

const study = loadStudy();
const model = encodeModel(Array.from({ length: 73 }, (_, index) => index - 30));
const BLOCKS = [
	encodeStudy(study),
	...circuitDoubles(study.keySumSlots).verificationKeys,
	model,
	encodeModel([1, 2], [[3n, 4n]]),
];

/** Remembers what was put. */
const recording = (folder: string) => {
	const put: Uint8Array[] = [];
	const disk = diskStore(folder);
	const store: BlockStore = {
		...disk,
		put: (bytes, options) => {
			put.push(bytes);
			return disk.put(bytes, options);
		},
	};
	return { store, put };
};

describe("a block of a study", () => {
	it("is published in the coordinator's own store, before the chain was read", async (context) => {
		const { store } = recording(temporaryFolder(context));
		const { ask } = await startLocalServer(context, { role: "coordinator", published: store });
		for (const block of BLOCKS) {
			const answer = await ask(PATH, { ...post(block), headers: { ...TYPE, Origin: ORIGIN } });
			assertDocumented("POST", PATH, answer);
			const { hex: digest } = contentDigest(block);
			assert.deepEqual([answer.status, answer.json], [201, { digest, cid: cidOf(digest) }]);
			assert.deepEqual(await store.get(digest), new Uint8Array(block));
			// Again is the same.
			assert.deepEqual((await ask(PATH, post(block))).json, answer.json);
		}
	});

	it("is refused when it is none, or not whole", async (context) => {
		const { store, put } = recording(temporaryFolder(context));
		const { ask, faults } = await startLocalServer(context, { role: "coordinator", published: store });
		const text = (value: string) => new TextEncoder().encode(value);
		const [definition = assert.fail(), key = assert.fail()] = BLOCKS;
		const changed = JSON.stringify({ ...JSON.parse(new TextDecoder().decode(key)), curve: "bls12381" });
		for (const bytes of [
			new Uint8Array(),
			text("hello"),
			text("{}"),
			text("null"),
			text("<script>alert(1)</script>"),
			definition.slice(0, -1),
			text(JSON.stringify({ ...study, minUpdates: -1 })),
			text(changed),
			new Uint8Array([...key, 32]),
			model.slice(0, 11),
			model.slice(0, -1),
			new Uint8Array([...model, 0]),
			// As many weights as 32 bits can say.
			Uint8Array.from(model, (byte, index) => (index >= 8 && index < 12 ? 0xff : byte)),
			new Uint8Array(MAX_BLOCK_BYTES).fill(0xff),
		]) {
			const answer = await ask(PATH, post(bytes));
			assertDocumented("POST", PATH, answer);
			assert.deepEqual(
				[answer.status, codeOf(answer)],
				[400, "BLOCK_REFUSED"],
				new TextDecoder().decode(bytes.slice(0, 40)),
			);
		}
		assert.deepEqual([put, faults], [[], []]);
	});

	it("has at most 1 MiB, and no other route takes such bodies or so much", async (context) => {
		const { store, put } = recording(temporaryFolder(context));
		const { ask } = await startLocalServer(context, { role: "coordinator", published: store });
		const large = new Uint8Array(MAX_BLOCK_BYTES + 1);
		const refused = async (path: string, asked: Parameters<typeof ask>[1], status: number, code: string) => {
			const answer = await ask(path, asked).catch((error: NodeJS.ErrnoException) => {
				// The server may end a connection that goes on sending.
				assert.equal(status, 413, error.code);
				return undefined;
			});
			if (answer === undefined) return;
			assert.deepEqual([answer.status, codeOf(answer)], [status, code]);
			assertDocumented("POST", path, answer);
		};
		await refused(PATH, post(large), 413, "BODY_TOO_LARGE");
		// Without a length said beforehand.
		await refused(PATH, post(large, { ...TYPE, "Transfer-Encoding": "chunked" }), 413, "BODY_TOO_LARGE");
		await refused(
			"/v1/transactions/prepare",
			post(large, { "Content-Type": "application/json" }),
			413,
			"BODY_TOO_LARGE",
		);
		await refused("/v1/transactions/prepare", post(model), 415, "BODY_TYPE");
		for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x", "image/png"]) {
			await refused(PATH, post(model, { "Content-Type": type }), 415, "BODY_TYPE");
		}
		await refused(PATH, { method: "POST" }, 400, "REQUEST_INVALID");
		assert.deepEqual(put, []);
	});

	it("is refused without the token, from another origin, and by workers of other roles", async (context) => {
		const { store, put } = recording(temporaryFolder(context));
		const coordinator = await startLocalServer(context, { role: "coordinator", published: store });
		const anonymous = await coordinator.askAnonymously(PATH, post(model));
		assertDocumented("POST", PATH, anonymous);
		assert.equal(anonymous.status, 401);
		const foreign = await coordinator.ask(PATH, post(model, { ...TYPE, Origin: "https://evil.example" }));
		assertDocumented("POST", PATH, foreign);
		assert.deepEqual([foreign.status, codeOf(foreign)], [403, "ORIGIN_REFUSED"]);
		for (const role of ["hospital", "committee"] as const) {
			const answer = await (await startLocalServer(context, { role })).ask(PATH, post(model));
			assertDocumented("POST", PATH, answer);
			assert.deepEqual([answer.status, codeOf(answer)], [403, "ROLE_REFUSED"]);
		}
		assert.deepEqual(put, []);
	});

	it("is answered with the store's own problem when the store does not take it", async (context) => {
		const store: BlockStore = {
			...diskStore(temporaryFolder(context)),
			put: async () => {
				throw unreachable("block folder", "cannot be written (ENOSPC)", "Check the free disk space.");
			},
		};
		const { ask, faults } = await startLocalServer(context, { role: "coordinator", published: store });
		const answer = await ask(PATH, post(model));
		assertDocumented("POST", PATH, answer);
		assert.deepEqual([answer.status, codeOf(answer)], [503, "IPFS_UNREACHABLE"]);
		assert.deepEqual(faults, []);
	});
});
