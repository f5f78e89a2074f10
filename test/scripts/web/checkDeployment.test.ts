/** What has to be there before the dApp is served: against a node and gateways that answer as told. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { findDeployment } from "../../../scripts/web/checkDeployment.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const ROUND_MANAGER = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";
const REGISTRY = `0x${"11".repeat(20)}`;
const HASH = `0x${"22".repeat(32)}`;

const serve = async (context: TestContext, answer: (body: string) => { status: number; text: string }) => {
	const server = createServer(async (request, response) => {
		let body = "";
		for await (const chunk of request) body += String(chunk);
		const { status, text } = answer(body);
		response.writeHead(status, { "Content-Type": "application/json" }).end(text);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	context.after(() => {
		server.close();
		server.closeAllConnections();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A chain of a few blocks; `code` is what every address holds. */
const node = (context: TestContext, code: string): Promise<string> =>
	serve(context, (body) => {
		// It has no WebSocket.
		if (body === "") return { status: 404, text: "" };
		const { id, method }: { id: number; method: string } = JSON.parse(body);
		const results: Readonly<Record<string, unknown>> = {
			eth_chainId: "0x7a69",
			eth_blockNumber: "0x5",
			eth_getCode: code,
			eth_call: `0x${REGISTRY.slice(2).padStart(64, "0")}`,
			eth_getBlockByNumber: { number: "0x0", hash: HASH, timestamp: "0x0", transactions: [] },
		};
		return { status: 200, text: JSON.stringify({ jsonrpc: "2.0", id, result: results[method] }) };
	});

const gateway = async (context: TestContext): Promise<string> => {
	const { url, close } = await startGateway({ store: diskStore(temporaryFolder(context)) });
	context.after(close);
	return url;
};

test("a deployment that is there: chain, contracts, first block, gateways", async (context) => {
	const [rpcUrl, ipfs] = [await node(context, "0x60"), await gateway(context)];
	const warnings: string[] = [];
	const source = { rpcUrl, address: ROUND_MANAGER.toLowerCase(), gateways: [ipfs, "http://127.0.0.1:1"] };
	assert.deepEqual(await findDeployment(source, (text) => warnings.push(text)), {
		chain: { id: 31337, name: "Local development chain", rpcUrl },
		roundManager: ROUND_MANAGER,
		fromBlock: 0,
		gateways: source.gateways,
	});
	assert.deepEqual(warnings, ["http://127.0.0.1:1 does not answer"]);
});

test("no contract there, no gateway that answers, a server that is no gateway, a WebSocket that is none", async (context) => {
	const [rpcUrl, ipfs, address] = [await node(context, "0x60"), await gateway(context), ROUND_MANAGER];
	const refused = (changes: object, code: Parameters<typeof rejectsWithCode>[1]) =>
		rejectsWithCode(
			findDeployment({ rpcUrl, address, gateways: [ipfs], ...changes }, () => undefined),
			code,
		);
	await refused({ rpcUrl: await node(context, "0x") }, "CONTRACT_MISSING");
	await refused({ gateways: ["http://127.0.0.1:1"] }, "IPFS_UNREACHABLE");
	await refused({ gateways: [await serve(context, () => ({ status: 404, text: "" }))] }, "IPFS_UNREACHABLE");
	await refused({ webSocketUrl: "http://127.0.0.1:1" }, "CONFIG_INVALID");
	await refused({ webSocketUrl: rpcUrl.replace("http", "ws") }, "RPC_UNREACHABLE");
});
