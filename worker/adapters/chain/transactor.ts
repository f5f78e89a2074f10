/** Sends transactions so that a restart never repeats one: the signed transaction is written down before it is sent. */
import {
	type Abi,
	type Account,
	type Address,
	createWalletClient,
	encodeFunctionData,
	type Hex,
	http,
	keccak256,
	type LocalAccount,
	type TransactionReceipt,
	TransactionReceiptNotFoundError,
} from "viem";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { ChainConnection } from "./connect.ts";
import { chainError } from "./errors.ts";

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
	readonly read: (key: string) => Promise<Hex | undefined>;
	readonly write: (key: string, signed: Hex) => Promise<void>;
	readonly remove: (key: string) => Promise<void>;
};

export type Transactor = {
	readonly address: Address;
	/**
	 * Sends the call and waits for its receipt. A call with the same `key` that an earlier process signed is not signed
	 * again: its transaction is looked up, or sent once more as it is.
	 * @throws DecentraHealthError CONTRACT_REVERTED (custom error's name and values), RPC_UNREACHABLE, RPC_FAILED, TRANSACTION_UNCONFIRMED
	 */
	readonly send: (key: string, call: ContractCall) => Promise<TransactionReceipt>;
};

export const memoryJournal = (): TransactionJournal => {
	const entries = new Map<string, Hex>();
	return {
		read: async (key) => entries.get(key),
		write: async (key, signed) => void entries.set(key, signed),
		remove: async (key) => void entries.delete(key),
	};
};

const CONFIRMATION_TIMEOUT = 180_000;

export type TransactorOptions = {
	readonly connection: ChainConnection;
	/** Signs here; its key never leaves the process. */
	readonly account: LocalAccount;
	readonly journal: TransactionJournal;
};

export const createTransactor = ({ connection, account, journal }: TransactorOptions): Transactor => {
	const { client, chain, rpcUrl } = connection;
	const wallet = createWalletClient({ account: account as Account, chain, transport: http(rpcUrl) });

	const receiptOf = async (hash: Hex): Promise<TransactionReceipt | undefined> =>
		client.getTransactionReceipt({ hash }).catch((error: unknown) => {
			if (error instanceof TransactionReceiptNotFoundError) return undefined;
			throw error;
		});

	/** The receipt of a transaction signed by an earlier process; undefined when its nonce went to another one. */
	const resume = async (signed: Hex): Promise<TransactionReceipt | undefined> => {
		const hash = keccak256(signed);
		const known = await receiptOf(hash);
		if (known !== undefined) return known;
		try {
			await client.sendRawTransaction({ serializedTransaction: signed });
		} catch {
			// Known already, or its nonce is used: the receipt below decides.
		}
		return (
			(await receiptOf(hash)) ?? client.waitForTransactionReceipt({ hash, timeout: 15_000 }).catch(() => undefined)
		);
	};

	const sign = async (call: ContractCall): Promise<Hex> => {
		const data = encodeFunctionData(call);
		// Simulated first: a refusal costs no gas and carries the contract's own reason.
		await client.simulateContract({ ...call, account });
		const request = await wallet.prepareTransactionRequest({ to: call.address, data } as never);
		return wallet.signTransaction(request as never);
	};

	const succeeded = (receipt: TransactionReceipt, { summary }: ContractCall): TransactionReceipt => {
		if (receipt.status === "success") return receipt;
		throw new DecentraHealthError("CONTRACT_REVERTED", {
			message: `${summary}: transaction ${receipt.transactionHash} was mined but reverted`,
			nextStep: "The chain changed between signing and mining: look at the round's state and repeat.",
		});
	};

	return {
		address: account.address,
		send: async (key, call) => {
			try {
				const earlier = await journal.read(key);
				if (earlier !== undefined) {
					const receipt = await resume(earlier);
					if (receipt?.status === "success") return receipt;
					await journal.remove(key);
				}
				const signed = await sign(call);
				await journal.write(key, signed);
				const hash = await client.sendRawTransaction({ serializedTransaction: signed });
				return succeeded(await client.waitForTransactionReceipt({ hash, timeout: CONFIRMATION_TIMEOUT }), call);
			} catch (error) {
				throw chainError(error, call.summary);
			}
		},
	};
};
