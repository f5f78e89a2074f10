/** A JSON-RPC node for browsers that serves a synthetic chain: single requests and batches, blocks that go on, filters; it counts what it is asked. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { type Address, type Hex, hexToBigInt, isAddressEqual, keccak256, numberToHex, padHex, toHex } from "viem";
import { headerOf, type SyntheticChain } from "../audit/ledgerWriter.ts";
import { callView, encodeLog } from "../audit/rpcServer.ts";

export type ChainServer = {
	readonly url: string;
	/** Requests by method, those in a batch one by one. */
	readonly counts: ReadonlyMap<string, number>;
	/** HTTP requests with at least one of them. */
	readonly posts: () => number;
	/** Appends so many empty blocks. */
	readonly mine: (blocks?: bigint) => void;
	readonly close: () => Promise<void>;
};

type Request = { readonly id: number; readonly method: string; readonly params?: readonly unknown[] };
type LogFilter = {
	readonly fromBlock?: string;
	readonly toBlock?: string;
	readonly address?: Address | readonly Address[];
	readonly topics?: readonly unknown[];
};

const ZERO = padHex("0x", { size: 32 });
const MOST_BYTES = 1_000_000;
const HEADERS = {
	"Content-Type": "application/json",
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Allow-Headers": "content-type",
	"Access-Control-Max-Age": "600",
};

export const startChainServer = async (chain: SyntheticChain): Promise<ChainServer> => {
	const counts = new Map<string, number>();
	let posts = 0;
	let latest = chain.events.at(-1)?.place.blockNumber ?? 0n;
	const logs = chain.events.map((event) => encodeLog(chain, event));
	const filters = new Map<Hex, { readonly filter?: LogFilter; seen: bigint }>();
	const transactions = new Map(logs.map((log) => [log.transactionHash, log.blockNumber]));

	const blockOf = (tag: unknown): bigint =>
		typeof tag === "string" && tag.startsWith("0x") ? hexToBigInt(tag as Hex) : tag === "earliest" ? 0n : latest;
	const hashOf = (number: bigint): Hex => keccak256(toHex(`block ${number}`));
	const block = (number: bigint) => {
		if (number > latest) return null;
		const { timestamp, parentHash, prevRandao } = chain.headers.get(number) ?? headerOf(number);
		const [root, empty] = [ZERO, "0x"];
		return {
			number: numberToHex(number),
			hash: hashOf(number),
			timestamp: numberToHex(timestamp),
			parentHash,
			mixHash: prevRandao,
			baseFeePerGas: "0x3b9aca00",
			gasLimit: "0x1c9c380",
			gasUsed: "0x0",
			miner: padHex("0x", { size: 20 }),
			nonce: "0x0000000000000000",
			difficulty: "0x0",
			size: "0x200",
			extraData: empty,
			logsBloom: padHex("0x", { size: 256 }),
			sha3Uncles: root,
			stateRoot: root,
			receiptsRoot: root,
			transactionsRoot: root,
			transactions: [],
			uncles: [],
		};
	};
	const logsOf = ({ fromBlock, toBlock, address, topics = [] }: LogFilter, above = -1n) => {
		const [from, to] = [
			fromBlock === undefined ? latest : blockOf(fromBlock),
			toBlock === undefined ? latest : blockOf(toBlock),
		];
		const addresses = address === undefined ? undefined : ([address].flat() as Address[]);
		const [first] = topics;
		const names = first === undefined || first === null ? undefined : [first].flat();
		return logs.filter((log) => {
			const number = hexToBigInt(log.blockNumber);
			if (number < from || number > to || number <= above) return false;
			if (addresses !== undefined && !addresses.some((other) => isAddressEqual(other, log.address))) return false;
			return names === undefined || names.includes(log.topics[0]);
		});
	};
	const receipt = (hash: Hex) => {
		const blockNumber = transactions.get(hash);
		if (blockNumber === undefined) return null;
		const number = hexToBigInt(blockNumber);
		return {
			transactionHash: hash,
			transactionIndex: "0x0",
			blockNumber,
			blockHash: hashOf(number),
			from: padHex("0x1", { size: 20 }),
			to: chain.deployment.roundManager,
			contractAddress: null,
			cumulativeGasUsed: "0x95000",
			// As different as transactions are, and the same each time.
			gasUsed: numberToHex(50_000n + (hexToBigInt(hash) % 600_000n)),
			effectiveGasPrice: "0x3b9aca00",
			logs: logs.filter((log) => log.transactionHash === hash),
			logsBloom: padHex("0x", { size: 256 }),
			status: "0x1",
			type: "0x2",
		};
	};
	const newFilter = (filter?: LogFilter): Hex => {
		const id = numberToHex(filters.size + 1);
		filters.set(id, { seen: latest, ...(filter === undefined ? {} : { filter }) });
		return id;
	};
	const changes = (id: Hex) => {
		const watched = filters.get(id);
		if (watched === undefined) return [];
		const { seen, filter } = watched;
		watched.seen = latest;
		if (filter !== undefined) return logsOf({ ...filter, fromBlock: "earliest", toBlock: "latest" }, seen);
		return Array.from({ length: Number(latest - seen) }, (_, index) => hashOf(seen + BigInt(index) + 1n));
	};

	const answer = (method: string, params: readonly unknown[]): unknown => {
		switch (method) {
			case "eth_chainId":
				return numberToHex(chain.chainId);
			case "net_version":
				return String(chain.chainId);
			case "eth_blockNumber":
				return numberToHex(latest);
			case "eth_getCode":
				return Object.values(chain.deployment).some((known) => isAddressEqual(known, params[0] as Address))
					? "0xfe"
					: "0x";
			case "eth_getBalance":
				return numberToHex(10n ** 18n);
			case "eth_gasPrice":
				return "0x3b9aca00";
			case "eth_call":
				return callView(chain, (params[0] as { data: Hex }).data);
			case "eth_getLogs":
				return logsOf(params[0] as LogFilter);
			case "eth_getBlockByNumber":
				return block(blockOf(params[0]));
			case "eth_getTransactionReceipt":
				return receipt(params[0] as Hex);
			case "eth_newBlockFilter":
				return newFilter();
			case "eth_newFilter":
				return newFilter(params[0] as LogFilter);
			case "eth_getFilterChanges":
				return changes(params[0] as Hex);
			case "eth_uninstallFilter":
				return filters.delete(params[0] as Hex);
			default:
				throw new RangeError(`no method ${method}`);
		}
	};
	const respond = ({ id, method, params = [] }: Request) => {
		counts.set(method, (counts.get(method) ?? 0) + 1);
		try {
			return { jsonrpc: "2.0", id, result: answer(method, params) };
		} catch (error) {
			return { jsonrpc: "2.0", id, error: { code: -32601, message: String(error) } };
		}
	};

	const server = createServer(async (incoming, outgoing) => {
		if (incoming.method !== "POST") {
			outgoing.writeHead(204, HEADERS).end();
			return;
		}
		const chunks: Buffer[] = [];
		let bytes = 0;
		for await (const chunk of incoming) {
			bytes += (chunk as Buffer).length;
			if (bytes > MOST_BYTES) return void outgoing.writeHead(413).end();
			chunks.push(chunk as Buffer);
		}
		posts++;
		const asked = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Request | readonly Request[];
		const body = Array.isArray(asked) ? asked.map(respond) : respond(asked as Request);
		// As the nodes of providers do.
		outgoing.writeHead(200, { ...HEADERS, "Content-Encoding": "gzip" }).end(gzipSync(JSON.stringify(body)));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		counts,
		posts: () => posts,
		mine: (blocks = 1n) => {
			latest += blocks;
		},
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
};
