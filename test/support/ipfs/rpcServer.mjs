/**
 * js-ipfs' implementation of the Kubo RPC API over a temporary repository, without any network: written by others, in another
 * language than Kubo, with the same calls. Runs in the folder that independentRpcServer.ts installed it into; prints its address.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "ipfs-core";
import { HttpApi } from "ipfs-http-server";

const repo = await mkdtemp(join(tmpdir(), "decentrahealth-js-ipfs-"));
const ipfs = await create({
	repo,
	silent: true,
	offline: true,
	start: false,
	config: { Addresses: { Swarm: [], API: "/ip4/127.0.0.1/tcp/0", Gateway: "" }, Bootstrap: [] },
});
const api = new HttpApi(ipfs);
await api.start();

// The parent holds the other end of standard input: when it ends or dies, so does this.
process.stdin.on("end", async () => {
	await rm(repo, { recursive: true, force: true });
	process.exit(0);
});
process.stdin.resume();
process.stdout.write(`${JSON.stringify({ url: api._apiServers[0].info.uri })}\n`);
