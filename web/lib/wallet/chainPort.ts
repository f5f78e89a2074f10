/** The consortium's chain for sending, through the page's own node. */
import {
	BlockNotFoundError,
	createPublicClient,
	http,
	TransactionNotFoundError,
	TransactionReceiptNotFoundError,
} from "viem";
import { viemChain } from "../chain/client.ts";
import type { DappConfig } from "../config/schema.ts";
import type { ChainPort } from "./ports.ts";

/** Rejects unless the error says that there is no such thing (yet). */
const noneIf =
	(...kinds: readonly (new (...args: never[]) => Error)[]) =>
	(error: unknown): undefined => {
		if (!kinds.some((kind) => error instanceof kind)) throw error;
		return undefined;
	};

export const createChainPort = (chain: DappConfig["chain"]): ChainPort => {
	const transport = http(chain.rpcUrl, { timeout: 30_000, retryCount: 2 });
	const client = createPublicClient({ chain: viemChain(chain), transport, cacheTime: 0 });
	return {
		estimateGas: ({ from, to, data }) => client.estimateGas({ account: from, to: to ?? null, data }),
		replay: ({ from, to, data }, blockNumber) =>
			client.call({ account: from, data, blockNumber, ...(to === undefined ? {} : { to }) }),
		maxFeePerGas: () =>
			client.estimateFeesPerGas().then(
				({ maxFeePerGas }) => maxFeePerGas,
				() => client.getGasPrice(),
			),
		balance: (address) => client.getBalance({ address }),
		blockNumber: () => client.getBlockNumber(),
		nextNonce: (address) => client.getTransactionCount({ address, blockTag: "latest" }),
		transaction: (hash) => client.getTransaction({ hash }).catch(noneIf(TransactionNotFoundError)),
		receipt: async (hash) => {
			const receipt = await client.getTransactionReceipt({ hash }).catch(noneIf(TransactionReceiptNotFoundError));
			if (receipt === undefined) return undefined;
			const { status, gasUsed, blockNumber } = receipt;
			return { succeeded: status === "success", gasUsed, blockNumber };
		},
		transactionsOf: async (blockNumber) => {
			const block = await client.getBlock({ blockNumber, includeTransactions: true }).catch(noneIf(BlockNotFoundError));
			return block?.transactions ?? [];
		},
	};
};
