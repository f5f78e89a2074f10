/** The chain as the workers read it: one deployment behind one RPC URL, and its events. */
import {
	type Address,
	type Chain,
	encodeAbiParameters,
	getAddress,
	isAddress,
	keccak256,
	type PublicClient,
	type Transport,
} from "viem";
import type { Deployment } from "../../core/ledger/events.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { readDeployment } from "./deployment.ts";
import { deploymentBlock } from "./deploymentBlock.ts";
import { chainError } from "./errors.ts";
import { belowLatest, createEventReader, type EventLog } from "./readEvents.ts";
import type { ChainReader } from "./reader.ts";
import { openRpc, requireRpcUrl } from "./rpc.ts";
import { type Agreement, createWitnesses } from "./witnesses.ts";

export type { EventLog } from "./readEvents.ts";

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
	/** All events of the deployment up to a block at least `confirmations` deep, with that block's number, hash and timestamp. */
	readonly readEvents: (options?: { readonly confirmations?: number }) => Promise<EventLog>;
	/**
	 * Has every witness confirm what `readEvents` returned for a block: the same hash, and the same events up to it. For what can't be taken back:
	 * without witnesses, one RPC node is believed.
	 * @throws DecentraHealthError RPC_DISAGREE, RPC_UNREACHABLE, RPC_FAILED, RPC_WRONG_CHAIN, ABORTED
	 */
	readonly requireAgreement: Agreement;
};

export type ConnectOptions = {
	readonly rpcUrl: string;
	/** Address of the RoundManager, which knows the other contracts. */
	readonly address: string;
	/** RPC URLs of further nodes, run by others, that have to confirm what this one says before it is acted on for good. */
	readonly witnesses?: readonly string[] | undefined;
	readonly expectedChainId?: number | undefined;
	/** Block of the deployment; by default it is searched for. */
	readonly fromBlock?: bigint | undefined;
	readonly signal?: AbortSignal | undefined;
};

const scopeOf = async (client: ChainReader, roundManager: Address): Promise<string> => {
	const { hash } = await client.getBlock({ blockNumber: 0n });
	const parameters = [{ type: "uint256" }, { type: "bytes32" }, { type: "address" }] as const;
	return keccak256(encodeAbiParameters(parameters, [BigInt(client.chain.id), hash, roundManager])).slice(2, 18);
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
		const witnessUrls = options.witnesses ?? [];
		// Before anything is asked: a witness that can't be one shows when the configuration is read, not when it is needed.
		for (const url of witnessUrls) requireRpcUrl(url);
		const { chain, client } = await openRpc(rpcUrl, { expectedChainId, signal });
		const deployment = await readDeployment(client, getAddress(address));
		const scope = await scopeOf(client, address);
		const fromBlock = options.fromBlock ?? (await deploymentBlock(client, Object.values(deployment)));
		const read = createEventReader(client, { deployment, fromBlock });
		const witnesses = createWitnesses(witnessUrls, { chainId: chain.id, deployment, fromBlock, signal });
		return {
			client,
			chain,
			rpcUrl,
			deployment,
			scope,
			readEvents: async ({ confirmations = 0 } = {}) => {
				try {
					const log = await read(belowLatest(confirmations));
					witnesses.remember(log);
					return log;
				} catch (error) {
					throw chainError(error, "reading the contracts' events");
				}
			},
			requireAgreement: witnesses.requireAgreement,
		};
	} catch (error) {
		throw chainError(error, "connecting to the deployment");
	}
};
