/**
 * A transactor without a key: it offers the call to the user's wallet and waits until the chain shows that it was made, by that wallet or by
 * a contract that it acts through, or that it can't be made any more.
 */
import { type Address, encodeFunctionData, type Hex, type TransactionReceipt } from "viem";
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import { chainError } from "../../adapters/chain/errors.ts";
import type { ContractCall, Transactor } from "../../adapters/chain/transactor.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { Clock } from "../loop/clock.ts";
import { isOfferedAction, type Offers } from "./offers.ts";

export type ExternalTransactorOptions = {
	readonly connection: ChainConnection;
	readonly address: Address;
	readonly offers: Offers;
	readonly signal: AbortSignal;
	readonly clock: Clock;
	/** Milliseconds between two looks at the chain. */
	readonly poll: number;
};

/** Blocks before the offer that are searched too: the user may have signed what an earlier process offered. */
const EARLIER_BLOCKS = 16n;

/** The transaction that made this call: every call of ours emits an event of the contract called. */
const findCall = async (
	{ client }: ChainConnection,
	{ to, data, from }: { readonly to: Address; readonly data: Hex; readonly from: Address },
	fromBlock: bigint,
	seen: Set<Hex>,
): Promise<TransactionReceipt | undefined> => {
	const logs = await client.getLogs({ address: to, fromBlock });
	for (const { transactionHash } of logs) {
		if (seen.has(transactionHash)) continue;
		const transaction = await client.getTransaction({ hash: transactionHash });
		seen.add(transactionHash);
		const direct = transaction.from.toLowerCase() === from.toLowerCase() && transaction.input === data;
		// A wallet that is a contract passes the call on as an argument of its own.
		const passedOn = transaction.to?.toLowerCase() === from.toLowerCase() && transaction.input.includes(data.slice(2));
		if (direct || passedOn) return client.getTransactionReceipt({ hash: transactionHash });
	}
	return undefined;
};

export const createExternalTransactor = (options: ExternalTransactorOptions): Transactor => {
	const { connection, address, offers, signal, clock, poll } = options;
	const { client, chain } = connection;

	const send = async (call: ContractCall, decidedAt: bigint | undefined): Promise<TransactionReceipt> => {
		const action = call.functionName;
		if (!isOfferedAction(action)) throw new RangeError(`${action} is no action that a wallet is asked for`);
		const data = encodeFunctionData(call);
		const { summary, address: to } = call;
		const latest = await client.getBlockNumber();
		const since = decidedAt === undefined ? latest - EARLIER_BLOCKS : decidedAt + 1n;
		const fromBlock = since < 0n ? 0n : since;
		const seen = new Set<Hex>();
		const find = async (): Promise<TransactionReceipt | undefined> =>
			fromBlock <= (await client.getBlockNumber())
				? findCall(connection, { to, data, from: address }, fromBlock, seen)
				: undefined;
		try {
			while (!signal.aborted) {
				const made = await find();
				if (made !== undefined) return made;
				try {
					// Refused when it can't be made any more: a deadline has passed, or it was made in another way.
					await client.simulateContract({ ...call, account: address });
				} catch (error) {
					// Or it was mined a moment ago.
					const late = await find();
					if (late === undefined) throw error;
					return late;
				}
				if (offers.get(action)?.data !== data) {
					const preparedAt = new Date().toISOString();
					offers.put({ action, to, data, chainId: chain.id, summary, from: address, preparedAt });
				}
				await clock.wait(poll, signal);
			}
		} finally {
			offers.remove(action);
		}
		throw new DecentraHealthError("ABORTED", {
			message: `${summary}: the worker was stopped before the wallet sent it`,
			nextStep: "Start the worker again: it offers the transaction again.",
		});
	};

	return {
		address,
		send: (_key, call, { decidedAt } = {}) =>
			send(call, decidedAt).catch((error: unknown) => {
				throw chainError(error, call.summary);
			}),
	};
};
