/**
 * A transactor without a key: it offers the call to the user's wallet and waits until the chain shows that it was made, by that wallet or by
 * a contract that it acts through, or that it can't be made any more, or that something else is due.
 */
import { type Address, encodeFunctionData, type Hex, type TransactionReceipt } from "viem";
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import { chainError } from "../../adapters/chain/errors.ts";
import type { ContractCall, Transactor } from "../../adapters/chain/transactor.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { OfferedAction } from "../../protocol/offeredActions.ts";
import type { Clock } from "../loop/clock.ts";
import type { Decisions } from "./decisions.ts";
import { isOfferedAction, type Offers } from "./offers.ts";

export type ExternalTransactorOptions = {
	readonly connection: ChainConnection;
	readonly address: Address;
	readonly offers: Offers;
	readonly decisions: Pick<Decisions, "requireCurrent" | "again">;
	readonly signal: AbortSignal;
	readonly clock: Clock;
	/** Milliseconds between two looks at the chain. */
	readonly poll: number;
};

/** Blocks before the offer that are searched too: the user may have signed what an earlier process offered. */
const EARLIER_BLOCKS = 16n;
/** A reorganization may put a transaction into a block that was searched before. */
const OVERLAP = 16n;

/** About bundles, which come and are lost without a word on the chain: decided anew after so many looks. */
const ABOUT_BUNDLES: readonly OfferedAction[] = ["confirmAvailability", "challengeUpdate"];
const LOOKS = 15;

type Search = { readonly to: Address; readonly data: Hex; readonly from: Address };

/** The transaction that made this call: every call of ours emits an event of the contract called. */
const findCall = async (
	{ client }: ChainConnection,
	{ to, data, from }: Search,
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
	const { connection, address, offers, decisions, signal, clock, poll } = options;
	const { client, chain } = connection;

	const startSearch = (search: Search, firstBlock: bigint) => {
		let fromBlock = firstBlock < 0n ? 0n : firstBlock;
		const seen = new Set<Hex>();
		return async (): Promise<TransactionReceipt | undefined> => {
			const latest = await client.getBlockNumber();
			if (fromBlock > latest) return undefined;
			const found = await findCall(connection, search, fromBlock, seen);
			// A user may take days: nodes refuse to search through so many blocks at once.
			if (latest - OVERLAP > fromBlock) fromBlock = latest - OVERLAP;
			return found;
		};
	};

	const send = async (call: ContractCall, decidedAt: bigint | undefined): Promise<TransactionReceipt> => {
		const action = call.functionName;
		if (!isOfferedAction(action)) throw new RangeError(`${action} is no action that a wallet is asked for`);
		const data = encodeFunctionData(call);
		const { summary, address: to } = call;
		const since = decidedAt === undefined ? (await client.getBlockNumber()) - EARLIER_BLOCKS : decidedAt + 1n;
		const find = startSearch({ to, data, from: address }, since);
		for (let looks = 1; !signal.aborted; looks++) {
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
			decisions.requireCurrent(summary);
			if (offers.get(action)?.data !== data) {
				const preparedAt = new Date().toISOString();
				offers.put({ action, to, data, chainId: chain.id, summary, from: address, preparedAt });
			}
			await clock.wait(poll, signal);
			if (looks === LOOKS && ABOUT_BUNDLES.includes(action)) decisions.again(summary);
		}
		throw new DecentraHealthError("ABORTED", {
			message: `${summary}: the worker was stopped before the wallet sent it`,
			nextStep: "Start the worker again: it offers the transaction again.",
		});
	};

	return {
		address,
		// Made, refused or failed, it is not offered any longer; one that is decided anew may be the same again.
		send: async (_key, call, { decidedAt } = {}) => {
			try {
				const receipt = await send(call, decidedAt);
				offers.clear();
				return receipt;
			} catch (error) {
				const coded = chainError(error, call.summary);
				if (coded.code !== "DECISION_OUTDATED") offers.clear();
				throw coded;
			}
		},
	};
};
