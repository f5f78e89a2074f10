/** The chain as the workers read it: one deployment behind one RPC URL, and its events. */
import {
	type Address,
	type Chain,
	createPublicClient,
	defineChain,
	http,
	isAddress,
	type PublicClient,
	parseAbi,
	type Transport,
} from "viem";
import { type Deployment, decodeEvent, type LedgerEvent, type RawLog } from "../../core/ledger/events.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { chainError } from "./errors.ts";

export type ChainConnection = {
	readonly client: PublicClient<Transport, Chain>;
	readonly chain: Chain;
	readonly rpcUrl: string;
	readonly deployment: Deployment;
	/** All events of the deployment up to a block at least `confirmations` deep, with that block's number and timestamp. */
	readonly readEvents: (options?: { readonly confirmations?: number }) => Promise<EventLog>;
};

export type EventLog = {
	readonly events: readonly LedgerEvent[];
	readonly blockNumber: bigint;
	/** Unix seconds. */
	readonly timestamp: bigint;
};

export type ConnectOptions = {
	readonly rpcUrl: string;
	/** Address of the RoundManager, which knows the other contracts. */
	readonly address: string;
	readonly expectedChainId?: number | undefined;
	/** Block of the deployment; 0 reads everything. */
	readonly fromBlock?: bigint | undefined;
	readonly signal?: AbortSignal | undefined;
};

const registriesAbi = parseAbi([
	"function HOSPITAL_REGISTRY() view returns (address)",
	"function MODEL_REGISTRY() view returns (address)",
]);

const RPC_TIMEOUT = 30_000;
/** Most blocks asked for at once; halved for a node that allows fewer. */
const LOG_RANGE = 10_000n;

const connectClient = async (rpcUrl: string, expectedChainId: number | undefined, signal: AbortSignal | undefined) => {
	if (!/^https?:\/\//.test(rpcUrl)) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "the RPC URL does not start with http:// or https://",
			nextStep: "Give the JSON-RPC address of an Ethereum node, for example http://127.0.0.1:8545.",
		});
	}
	const transport = http(rpcUrl, {
		timeout: RPC_TIMEOUT,
		retryCount: 2,
		...(signal === undefined ? {} : { fetchOptions: { signal } }),
	});
	try {
		const chainId = await createPublicClient({ transport }).getChainId();
		if (expectedChainId !== undefined && chainId !== expectedChainId) {
			throw new DecentraHealthError("RPC_WRONG_CHAIN", {
				message: `the RPC node serves chain ${chainId}, not ${expectedChainId}`,
				nextStep: "Use the RPC URL of the chain that the contracts are deployed on.",
			});
		}
		const chain = defineChain({
			id: chainId,
			name: `chain ${chainId}`,
			nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
			rpcUrls: { default: { http: [rpcUrl] } },
		});
		return { chain, client: createPublicClient({ chain, transport, pollingInterval: 250, cacheTime: 0 }) };
	} catch (error) {
		throw chainError(error, "connecting to the RPC node");
	}
};

const readDeployment = async (client: PublicClient<Transport, Chain>, roundManager: Address): Promise<Deployment> => {
	const missing = (what: string, cause?: unknown) =>
		new DecentraHealthError("CONTRACT_MISSING", {
			message: `${what} at ${roundManager} on chain ${client.chain.id}`,
			nextStep: "Give the RoundManager's address as the deployment printed it, and the RPC URL of the same chain.",
			cause,
		});
	const code = await client.getCode({ address: roundManager });
	if (code === undefined || code === "0x") throw missing("there is no contract");
	const read = (functionName: "HOSPITAL_REGISTRY" | "MODEL_REGISTRY") =>
		client.readContract({ address: roundManager, abi: registriesAbi, functionName }).catch((error: unknown) => {
			throw missing("there is no RoundManager of this project", error);
		});
	const [hospitalRegistry, modelRegistry] = await Promise.all([read("HOSPITAL_REGISTRY"), read("MODEL_REGISTRY")]);
	return { hospitalRegistry, modelRegistry, roundManager };
};

const readLogs = async (client: PublicClient, deployment: Deployment, from: bigint, to: bigint): Promise<RawLog[]> => {
	const logs: RawLog[] = [];
	let range = LOG_RANGE;
	for (let start = from; start <= to; ) {
		const end = start + range - 1n < to ? start + range - 1n : to;
		try {
			logs.push(...(await client.getLogs({ address: Object.values(deployment), fromBlock: start, toBlock: end })));
			start = end + 1n;
		} catch (error) {
			// Nodes refuse ranges or answers over their own limits, each with another message.
			if (range <= 16n) throw error;
			range /= 2n;
		}
	}
	return logs;
};

/**
 * Connects to a deployment.
 * @throws DecentraHealthError CONFIG_INVALID, RPC_UNREACHABLE, RPC_WRONG_CHAIN, CONTRACT_MISSING
 */
export const connectChain = async (options: ConnectOptions): Promise<ChainConnection> => {
	const { rpcUrl, address, expectedChainId, fromBlock = 0n, signal } = options;
	if (!isAddress(address)) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "the contract address is not an Ethereum address",
			nextStep:
				"Give the RoundManager's address: 0x and 40 hexadecimal digits, with a right checksum if in mixed case.",
		});
	}
	const { chain, client } = await connectClient(rpcUrl, expectedChainId, signal);
	try {
		const deployment = await readDeployment(client, address);
		return {
			client,
			chain,
			rpcUrl,
			deployment,
			readEvents: async ({ confirmations = 0 } = {}) => {
				try {
					const latest = await client.getBlockNumber();
					const blockNumber = latest > BigInt(confirmations) ? latest - BigInt(confirmations) : 0n;
					const [logs, block] = await Promise.all([
						readLogs(client, deployment, fromBlock, blockNumber),
						client.getBlock({ blockNumber }),
					]);
					const events = logs.flatMap((log) => decodeEvent(log, deployment) ?? []);
					return { events, blockNumber, timestamp: block.timestamp };
				} catch (error) {
					throw chainError(error, "reading the contracts' events");
				}
			},
		};
	} catch (error) {
		throw chainError(error, "reading the deployment");
	}
};
