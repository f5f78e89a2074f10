/**
 * Sends transactions so that a restart never repeats one: everything signed is written down before it is sent. One that is stuck is replaced by
 * the same call with higher fees and the same nonce; one that a reorganization drops is sent again as it is.
 */
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
import { oneAtATime } from "../oneAtATime.ts";
import type { ChainConnection } from "./connect.ts";
import { chainError } from "./errors.ts";
import { DEFAULT_FEE_CAPS, type FeeCaps, gasToSign, requireFeesWithin } from "./feeCaps.ts";
import { fillNonces } from "./fillNonces.ts";
import { withHigherFees } from "./higherFees.ts";
import { type Outcome, readSigned, type SettleTiming, type SignedTransaction, settle } from "./settle.ts";

export type ContractCall = {
	/** What the call does, in words, for errors and the log. */
	readonly summary: string;
	readonly address: Address;
	readonly abi: Abi;
	readonly functionName: string;
	readonly args: readonly unknown[];
};

/** Where signed transactions wait; public bytes. Of one purpose, all that was signed with the same nonce, the newest last. */
export type TransactionJournal = {
	/** None when nothing is noted. @throws DecentraHealthError JOURNAL_CORRUPT: a transaction that is not known may not be signed again */
	readonly read: (key: string) => Promise<readonly Hex[]>;
	readonly write: (key: string, signed: readonly Hex[]) => Promise<void>;
	/** Everything under keys that start so, as far as it can be read. */
	readonly list: (prefix: string) => Promise<readonly Hex[]>;
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
	 * is not signed again: its transaction is looked up, or sent once more as it is, or raised in fees when it is stuck.
	 * @throws DecentraHealthError CONTRACT_REVERTED (custom error's name and values), RPC_UNREACHABLE, RPC_FAILED, TRANSACTION_UNCONFIRMED,
	 *   FEE_TOO_HIGH, GAS_UNEXPECTED, JOURNAL_CORRUPT, JOURNAL_UNUSABLE, ABORTED
	 */
	readonly send: (key: string, call: ContractCall, options?: SendOptions) => Promise<TransactionReceipt>;
};

export const memoryJournal = (): TransactionJournal => {
	const entries = new Map<string, readonly Hex[]>();
	return {
		read: async (key) => entries.get(key) ?? [],
		write: async (key, signed) => void entries.set(key, signed),
		list: async (prefix) => [...entries].flatMap(([key, signed]) => (key.startsWith(prefix) ? signed : [])),
	};
};

const DEFAULT_TIMING: SettleTiming = { timeout: 180_000, grace: 3_000, replaceAfter: 45_000 };
/** How often a call is signed anew because another process of the same wallet took its nonce. */
const ATTEMPTS = 4;
/** Most that is signed with one nonce by raising fees: the last one pays 1.25^8, six times the first. */
const MOST_VARIANTS = 9;
/** Most that is kept of one nonce; only a node that refuses again and again makes more. */
const MOST_NOTED = 32;

export type TransactorOptions = {
	readonly connection: ChainConnection;
	/** Signs here; its key never leaves the process. */
	readonly account: LocalAccount;
	readonly journal: TransactionJournal;
	readonly timing?: Partial<SettleTiming>;
	/** Nothing is signed that costs more. */
	readonly feeCaps?: FeeCaps;
};

export const createTransactor = ({
	connection: { client, scope },
	account,
	journal,
	timing: chosenTiming = {},
	feeCaps = DEFAULT_FEE_CAPS,
}: TransactorOptions): Transactor => {
	const timing = { ...DEFAULT_TIMING, ...chosenTiming };
	// Notes of another chain, deployment or wallet are no notes about this one.
	const prefix = `${scope}-${account.address.slice(2, 10).toLowerCase()}-`;
	const noteOf = (key: string): string => `${prefix}${key}`;
	const note = (key: string, variants: readonly SignedTransaction[]): Promise<void> =>
		journal.write(
			noteOf(key),
			variants.slice(-MOST_NOTED).map(({ serialized }) => serialized),
		);

	const sign = async (call: ContractCall, nonce: number | undefined): Promise<Hex> => {
		// Simulated first: a refusal costs no gas and carries the contract's own reason.
		await client.simulateContract({ ...call, account });
		const data = encodeFunctionData(call);
		const gas = gasToSign(call, await client.estimateContractGas({ ...call, account }), feeCaps);
		const fixed = nonce === undefined ? { gas } : { gas, nonce };
		const request = await client.prepareTransactionRequest({ account, to: call.address, data, ...fixed });
		requireFeesWithin(call.summary, request, feeCaps);
		return account.signTransaction(request as Parameters<LocalAccount["signTransaction"]>[0]);
	};

	/** What was signed for the call earlier; nothing when there is none that may stand for it. */
	const earlierOf = async (key: string, call: ContractCall): Promise<readonly SignedTransaction[]> => {
		const noted = await journal.read(noteOf(key));
		const signed = await Promise.all(noted.map(readSigned)).catch(() => {
			throw new DecentraHealthError("JOURNAL_CORRUPT", {
				message: `${call.summary}: the note ${noteOf(key)} holds no signed transaction`,
				nextStep: "Find out whether this wallet's last transaction was this call; if it was not, delete the note.",
			});
		});
		const data = encodeFunctionData(call);
		const isSame = ({ to, data: theirs }: SignedTransaction): boolean =>
			to !== undefined && isAddressEqual(to, call.address) && theirs === data;
		return signed.every(isSame) ? signed : [];
	};

	/** Has every nonce below this one used. @returns false when too many are not */
	const fillBelow = (nonce: number): Promise<boolean> =>
		fillNonces(client, {
			account,
			nonce,
			feeCaps,
			noted: async () => {
				const read = (await journal.list(prefix)).map((text) => readSigned(text).catch(() => undefined));
				return (await Promise.all(read)).filter((signed) => signed !== undefined);
			},
		});

	const follow = (key: string, variants: readonly SignedTransaction[]): Promise<Outcome> => {
		const all = [...variants];
		return settle(client, {
			variants,
			timing,
			replace: async (newest) => {
				if (all.length >= MOST_VARIANTS) return undefined;
				const replacement = await withHigherFees(client, account, newest, feeCaps);
				if (replacement === undefined) return undefined;
				all.push(replacement);
				await note(key, all);
				return replacement;
			},
			fillBelow: () => fillBelow(variants[0]?.nonce ?? 0),
		});
	};

	/** Follows what an earlier call signed, after the nonces below it. */
	const followEarlier = async (key: string, variants: readonly SignedTransaction[]): Promise<Outcome | undefined> => {
		const [first] = variants;
		if (first === undefined) return undefined;
		return (await fillBelow(first.nonce)) ? follow(key, variants) : { kind: "superseded" };
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

	const unconfirmed = ({ summary }: ContractCall, variants: readonly SignedTransaction[]): DecentraHealthError =>
		new DecentraHealthError("TRANSACTION_UNCONFIRMED", {
			message: `${summary}: transaction ${variants.at(-1)?.hash} was not mined within ${timing.timeout / 1000} s`,
			nextStep:
				"Repeat the command later: it goes on with this transaction, with higher fees if need be, and uses no second nonce.",
		});

	const send = async (key: string, call: ContractCall, { decidedAt }: SendOptions): Promise<TransactionReceipt> => {
		const known = await earlierOf(key, call);
		const earlier = await followEarlier(key, known);
		if (earlier?.kind === "mined") {
			const { receipt } = earlier;
			const isHistory = decidedAt !== undefined && receipt.blockNumber <= decidedAt;
			if (receipt.status === "success" && !isHistory) return receipt;
		}
		if (earlier?.kind === "pending") throw unconfirmed(call, known);
		// Refused, its nonce is free, and whatever is signed with it again excludes it.
		let variants = earlier?.kind === "refused" ? await earlierOf(key, call) : [];
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
			const signed = await readSigned(await sign(call, variants[0]?.nonce));
			variants = [...variants, signed];
			await note(key, variants);
			const outcome = await follow(key, variants);
			switch (outcome.kind) {
				case "mined":
					return outcome.receipt.status === "success" ? outcome.receipt : failed(outcome.receipt, call);
				case "refused":
					throw outcome.error;
				case "pending":
					throw unconfirmed(call, variants);
				case "superseded":
					variants = [];
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

	// Two at once would be signed with the same nonce.
	const inTurn = oneAtATime();
	return {
		address: account.address,
		send: (key, call, options = {}) =>
			inTurn(() => send(key, call, options)).catch((error: unknown) => {
				throw chainError(error, call.summary);
			}),
	};
};
