/** The chain as the workers read it: one deployment behind one RPC URL, and its events. */
import {
	type Address,
	type Chain,
	createPublicClient,
	defineChain,
	encodeAbiParameters,
	getAddress,
	type Hex,
	http,
	isAddress,
	keccak256,
	type PublicClient,
	parseAbi,
	type Transport,
} from "viem";
import { type Deployment, decodeEvent, type LedgerEvent } from "../../core/ledger/events.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { deploymentBlock } from "./deploymentBlock.ts";
import { chainError, isUnreachable } from "./errors.ts";
import { readLogs } from "./readLogs.ts";

export type ChainConnection = {
	readonly client: PublicClient<Transport, Chain>;
	readonly chain: Chain;
	readonly rpcUrl: string;
	readonly deployment: Deployment;
	/**
	 * 16 hexadecimal digits that stand for chain id, first block and RoundManager. A development chain starts over with the same ids, accounts
	 * and contract addresses: notes about one must not be taken for notes about the next.
	 */
	readonly scope: string;
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
	/** Block of the deployment; by default it is searched for. */
	readonly fromBlock?: bigint | undefined;
	readonly signal?: AbortSignal | undefined;
};

type Client = PublicClient<Transport, Chain>;

const registriesAbi = parseAbi([
	"function HOSPITAL_REGISTRY() view returns (address)",
	"function MODEL_REGISTRY() view returns (address)",
]);

const RPC_TIMEOUT = 30_000;
/** How often events are read again because the chain changed meanwhile. */
const READ_ATTEMPTS = 4;

const connectClient = async (rpcUrl: string, expectedChainId: number | undefined, signal: AbortSignal | undefined) => {
	if (!/^https?:\/\//.test(rpcUrl) || !URL.canParse(rpcUrl)) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "the RPC URL is no http:// or https:// address",
			nextStep: "Give the JSON-RPC address of an Ethereum node, for example http://127.0.0.1:8545.",
		});
	}
	const transport = http(rpcUrl, {
		timeout: RPC_TIMEOUT,
		retryCount: 2,
		...(signal === undefined ? {} : { fetchOptions: { signal } }),
	});
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
	return { chain, client: createPublicClient({ chain, transport, cacheTime: 0 }) };
};

const readDeployment = async (client: Client, roundManager: Address): Promise<Deployment> => {
	const missing = (what: string) =>
		new DecentraHealthError("CONTRACT_MISSING", {
			message: `${what} at ${roundManager} on chain ${client.chain.id}`,
			nextStep: "Give the RoundManager's address as the deployment printed it, and the RPC URL of the same chain.",
		});
	const hasCode = async (address: Address): Promise<boolean> => ((await client.getCode({ address })) ?? "0x") !== "0x";
	if (!(await hasCode(roundManager))) throw missing("there is no contract");
	const read = async (functionName: "HOSPITAL_REGISTRY" | "MODEL_REGISTRY"): Promise<Address> => {
		const address = await client
			.readContract({ address: roundManager, abi: registriesAbi, functionName })
			.catch((error: unknown) => {
				if (isUnreachable(error)) throw error;
				throw missing("there is no RoundManager of this project");
			});
		if (!(await hasCode(address))) throw missing("there is no RoundManager of this project");
		return address;
	};
	const [hospitalRegistry, modelRegistry] = await Promise.all([read("HOSPITAL_REGISTRY"), read("MODEL_REGISTRY")]);
	return { hospitalRegistry, modelRegistry, roundManager };
};

const scopeOf = async (client: Client, roundManager: Address): Promise<string> => {
	const { hash } = await client.getBlock({ blockNumber: 0n });
	const parameters = [{ type: "uint256" }, { type: "bytes32" }, { type: "address" }] as const;
	return keccak256(encodeAbiParameters(parameters, [BigInt(client.chain.id), hash, roundManager])).slice(2, 18);
};

/** Events up to one block of one chain: read again when a reorganization swapped the block meanwhile. */
const readEventLog = async (
	client: Client,
	deployment: Deployment,
	{ fromBlock, confirmations }: { readonly fromBlock: bigint; readonly confirmations: number },
): Promise<EventLog> => {
	for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
		const latest = await client.getBlockNumber();
		const blockNumber = latest > BigInt(confirmations) ? latest - BigInt(confirmations) : 0n;
		const { hash, timestamp } = await client.getBlock({ blockNumber });
		const addresses = Object.values(deployment);
		const logs = await readLogs(client, { addresses, from: fromBlock, to: blockNumber });
		const again: { readonly hash: Hex } | undefined = await client.getBlock({ blockNumber }).catch(() => undefined);
		if (again?.hash !== hash) continue;
		return { events: logs.flatMap((log) => decodeEvent(log, deployment) ?? []), blockNumber, timestamp };
	}
	throw new DecentraHealthError("RPC_FAILED", {
		message: "the chain was reorganized each time its events were read",
		nextStep: "Wait a little and repeat; if it goes on, use another RPC node.",
	});
};

/**
 * Connects to a deployment.
 * @throws DecentraHealthError CONFIG_INVALID, RPC_UNREACHABLE, RPC_WRONG_CHAIN, RPC_FAILED, CONTRACT_MISSING, ABORTED
 */
export const connectChain = async (options: ConnectOptions): Promise<ChainConnection> => {
	const { rpcUrl, address, expectedChainId, signal } = options;
	if (!isAddress(address)) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "the contract address is not an Ethereum address",
			nextStep:
				"Give the RoundManager's address: 0x and 40 hexadecimal digits, with a right checksum if in mixed case.",
		});
	}
	try {
		const { chain, client } = await connectClient(rpcUrl, expectedChainId, signal);
		const deployment = await readDeployment(client, getAddress(address));
		const scope = await scopeOf(client, address);
		const fromBlock = options.fromBlock ?? (await deploymentBlock(client, Object.values(deployment)));
		return {
			client,
			chain,
			rpcUrl,
			deployment,
			scope,
			readEvents: ({ confirmations = 0 } = {}) =>
				readEventLog(client, deployment, { fromBlock, confirmations }).catch((error: unknown) => {
					throw chainError(error, "reading the contracts' events");
				}),
		};
	} catch (error) {
		throw chainError(error, "connecting to the deployment");
	}
};
