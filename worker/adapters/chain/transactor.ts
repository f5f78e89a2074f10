/** Sends transactions so that a restart never repeats one: the signed transaction is written down before it is sent. */
import {
	type Abi,
	type Address,
	encodeFunctionData,
	type Hex,
	isAddressEqual,
	type LocalAccount,
	type TransactionReceipt,
} from "viem";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { ChainConnection } from "./connect.ts";
import { chainError } from "./errors.ts";
import { readSigned, type SettleTiming, settle } from "./settle.ts";

export type ContractCall = {
	/** What the call does, in words, for errors and the log. */
	readonly summary: string;
	readonly address: Address;
	readonly abi: Abi;
	readonly functionName: string;
	readonly args: readonly unknown[];
};

/** Where signed transactions wait; public bytes, one per purpose. */
export type TransactionJournal = {
	/** @throws DecentraHealthError JOURNAL_CORRUPT: a transaction that is not known may not be signed again */
	readonly read: (key: string) => Promise<Hex | undefined>;
	readonly write: (key: string, signed: Hex) => Promise<void>;
};

export type SendOptions = {
	/**
	 * Number of the block by whose state the call was decided on. An earlier transaction of the same key and contents in that block or before
	 * was known to whoever decided, so the call is a new one: a hospital that was removed and admitted again commits its data again.
	 * Without it, the earlier transaction is the answer.
	 */
	readonly decidedAt?: bigint | undefined;
};

export type Transactor = {
	readonly address: Address;
	/**
	 * Sends the call and waits for its receipt; one call at a time. A call with the same `key` and contents that an earlier process signed
	 * is not signed again: its transaction is looked up, or sent once more as it is.
	 * @throws DecentraHealthError CONTRACT_REVERTED (custom error's name and values), RPC_UNREACHABLE, RPC_FAILED, TRANSACTION_UNCONFIRMED,
	 *   JOURNAL_CORRUPT, JOURNAL_UNUSABLE, ABORTED
	 */
	readonly send: (key: string, call: ContractCall, options?: SendOptions) => Promise<TransactionReceipt>;
};

export const memoryJournal = (): TransactionJournal => {
	const entries = new Map<string, Hex>();
	return {
		read: async (key) => entries.get(key),
		write: async (key, signed) => void entries.set(key, signed),
	};
};

const DEFAULT_TIMING: SettleTiming = { timeout: 180_000, grace: 3_000 };
/** How often a call is signed anew because another process of the same wallet took its nonce. */
const ATTEMPTS = 4;

export type TransactorOptions = {
	readonly connection: ChainConnection;
	/** Signs here; its key never leaves the process. */
	readonly account: LocalAccount;
	readonly journal: TransactionJournal;
	readonly timing?: SettleTiming;
};

export const createTransactor = ({
	connection: { client, scope },
	account,
	journal,
	timing = DEFAULT_TIMING,
}: TransactorOptions): Transactor => {
	// Notes of another chain, deployment or wallet are no notes about this one.
	const noteOf = (key: string): string => `${scope}-${account.address.slice(2, 10).toLowerCase()}-${key}`;

	const sign = async (call: ContractCall, nonce: number | undefined): Promise<Hex> => {
		// Simulated first: a refusal costs no gas and carries the contract's own reason.
		await client.simulateContract({ ...call, account });
		const data = encodeFunctionData(call);
		const estimate = await client.estimateContractGas({ ...call, account });
		// The estimate holds for the state it was made in. A member's key sum becomes the t-th, which does more, when another's is mined before it.
		const gas = estimate + estimate / 4n + 250_000n;
		const fixed = nonce === undefined ? { gas } : { gas, nonce };
		const request = await client.prepareTransactionRequest({ account, to: call.address, data, ...fixed });
		return account.signTransaction(request as Parameters<LocalAccount["signTransaction"]>[0]);
	};

	/** What became of the call's earlier transaction; undefined when there is none that may stand for the call. */
	const earlierOf = async (key: string, call: ContractCall) => {
		const noted = await journal.read(noteOf(key));
		if (noted === undefined) return undefined;
		const signed = await readSigned(noted).catch(() => {
			throw new DecentraHealthError("JOURNAL_CORRUPT", {
				message: `${call.summary}: the note ${noteOf(key)} holds no signed transaction`,
				nextStep: "Find out whether this wallet's last transaction was this call; if it was not, delete the note.",
			});
		});
		const isSame =
			signed.to !== undefined && isAddressEqual(signed.to, call.address) && signed.data === encodeFunctionData(call);
		return isSame ? { signed, outcome: await settle(client, signed, timing) } : undefined;
	};

	const failed = async (receipt: TransactionReceipt, call: ContractCall): Promise<never> => {
		// Run again where it failed, the call tells its reason.
		const { blockNumber, transactionHash } = receipt;
		await client.simulateContract({ ...call, account, blockNumber });
		throw new DecentraHealthError("CONTRACT_REVERTED", {
			message: `${call.summary}: transaction ${transactionHash} was mined but reverted`,
			nextStep: "The chain changed between signing and mining: look at the round's state and repeat.",
		});
	};

	const unconfirmed = ({ summary }: ContractCall, hash: Hex): DecentraHealthError =>
		new DecentraHealthError("TRANSACTION_UNCONFIRMED", {
			message: `${summary}: transaction ${hash} was not mined within ${timing.timeout / 1000} s`,
			nextStep: "Repeat the command later: it goes on waiting for this transaction and sends no second one.",
		});

	const send = async (key: string, call: ContractCall, { decidedAt }: SendOptions): Promise<TransactionReceipt> => {
		const earlier = await earlierOf(key, call);
		if (earlier?.outcome.kind === "mined") {
			const { receipt } = earlier.outcome;
			const isHistory = decidedAt !== undefined && receipt.blockNumber <= decidedAt;
			if (receipt.status === "success" && !isHistory) return receipt;
		}
		if (earlier?.outcome.kind === "pending") throw unconfirmed(call, earlier.signed.hash);
		let nonce = earlier?.outcome.kind === "refused" ? earlier.signed.nonce : undefined;
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
			const signed = await readSigned(await sign(call, nonce));
			await journal.write(noteOf(key), signed.serialized);
			const outcome = await settle(client, signed, timing);
			switch (outcome.kind) {
				case "mined":
					return outcome.receipt.status === "success" ? outcome.receipt : failed(outcome.receipt, call);
				case "refused":
					throw outcome.error;
				case "pending":
					throw unconfirmed(call, signed.hash);
				case "superseded":
					nonce = undefined;
					break;
				default:
					outcome satisfies never;
			}
		}
		throw new DecentraHealthError("TRANSACTION_UNCONFIRMED", {
			message: `${call.summary}: another program used this wallet's nonces ${ATTEMPTS} times in a row`,
			nextStep: "Let one program at a time send with this wallet, then repeat.",
		});
	};

	let last: Promise<unknown> = Promise.resolve();
	return {
		address: account.address,
		send: (key, call, options = {}) => {
			// Two at once would be signed with the same nonce.
			const result = last.then(() => send(key, call, options));
			last = result.catch(() => undefined);
			return result.catch((error: unknown) => {
				throw chainError(error, call.summary);
			});
		},
	};
};
