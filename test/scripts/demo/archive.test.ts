/** The gateway that browsers ask: it has what the participants have, also when they are gone. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openArchive } from "../../../scripts/demo/serve/archive.ts";
import { freePorts } from "../../../scripts/ports.ts";
import { sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a block comes from whoever has it, and stays when its publisher vanishes", async (context) => {
	const folder = temporaryFolder(context);
	const own = diskStore(join(folder, "hospital"));
	const digest = await own.put(bytesOf("an update"));
	const hospital = await startGateway({ store: own });
	const [port = 0, nobody = 0] = await freePorts(2);
	const peers = [`http://127.0.0.1:${nobody}`, hospital.url];
	const archive = await openArchive({ blocks: join(folder, "archive"), peers, port });
	context.after(archive.close);
	assert.equal(archive.url, `http://127.0.0.1:${port}`);
	const browser = gatewayStore(new URL(archive.url));
	assert.deepEqual(await browser.get(digest), bytesOf("an update"));
	await hospital.close();
	assert.deepEqual(await browser.get(digest), bytesOf("an update"));
	await rejectsWithCode(browser.get(sha256Digest(bytesOf("nobody has it"))), "IPFS_UNREACHABLE");
});

test("what it is given it has, and what nobody has is missing", async (context) => {
	const folder = temporaryFolder(context);
	const empty = await startGateway({ store: diskStore(join(folder, "empty")) });
	context.after(empty.close);
	const [port = 0] = await freePorts(1);
	const archive = await openArchive({ blocks: join(folder, "archive"), peers: [empty.url], port });
	context.after(archive.close);
	const browser = gatewayStore(new URL(archive.url));
	const digest = await archive.put(bytesOf("held-out rows"));
	assert.deepEqual(await browser.get(digest), bytesOf("held-out rows"));
	await rejectsWithCode(browser.get(sha256Digest(bytesOf("nobody has it"))), "BLOCK_MISSING");
});
