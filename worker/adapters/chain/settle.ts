/** What became of a signed transaction: mined, pending, lost to another one with its nonce, or refused by the node. */
import { setTimeout as sleep } from "node:timers/promises";
import {
	type Address,
	type Chain,
	type Hex,
	keccak256,
	type PublicClient,
	parseTransaction,
	recoverTransactionAddress,
	type TransactionReceipt,
	TransactionReceiptNotFoundError,
	type TransactionSerialized,
	type Transport,
} from "viem";
import { isUnreachable } from "./errors.ts";

export type SignedTransaction = {
	readonly serialized: Hex;
	readonly hash: Hex;
	readonly from: Address;
	readonly to: Address | undefined;
	readonly data: Hex;
	readonly nonce: number;
};

/** @throws when the bytes are no signed transaction */
export const readSigned = async (serialized: Hex): Promise<SignedTransaction> => {
	const { to, data = "0x", nonce = 0 } = parseTransaction(serialized);
	const from = await recoverTransactionAddress({ serializedTransaction: serialized as TransactionSerialized });
	return { serialized, hash: keccak256(serialized), from, to: to ?? undefined, data, nonce };
};

export type Outcome =
	| { readonly kind: "mined"; readonly receipt: TransactionReceipt }
	/** Its nonce went to another transaction: it can never be mined. */
	| { readonly kind: "superseded" }
	/** The node does not take it and does not have it. Its nonce is free, so another one may be signed with it, and only one of them be mined. */
	| { readonly kind: "refused"; readonly error: unknown }
	/** Not mined in time; it may be later. */
	| { readonly kind: "pending" };

export type SettleTiming = {
	/** Milliseconds to wait for the receipt. */
	readonly timeout: number;
	/** Milliseconds that a node may know a nonce as used before it knows the receipt of the transaction that used it. */
	readonly grace: number;
	/** Milliseconds after which a transaction that is not mined is replaced by one that pays more. */
	readonly replaceAfter: number;
};

const FIRST_POLL = 50;
const LAST_POLL = 2_000;
/** From polls this far apart on, a node is asked whether it still has the transaction, milliseconds. */
const LOOK_FOR_LOST = 800;
const KNOWN_ALREADY = /already known|known transaction|already imported|already exists/i;

export type Settling = {
	/** All that was ever signed for the call with this nonce, the newest last: at most one of them is mined. */
	readonly variants: readonly SignedTransaction[];
	readonly timing: SettleTiming;
	/** Signs the newest variant with higher fees, and notes it; undefined when it is not to be raised any further. */
	readonly replace: (newest: SignedTransaction) => Promise<SignedTransaction | undefined>;
	/** Has the nonces below this one used up, when a reorganization has freed some meanwhile. */
	readonly fillBelow: () => Promise<unknown>;
};

/** Sends the newest variant, again if need be, and follows all of them. @throws viem's errors when the node can't be reached */
export const settle = async (
	client: PublicClient<Transport, Chain>,
	{ variants, timing: { timeout, grace, replaceAfter }, replace, fillBelow }: Settling,
): Promise<Outcome> => {
	const known = [...variants];
	let newest = known.at(-1);
	if (newest === undefined) throw new RangeError("nothing is signed");
	const { from, nonce } = newest;

	const receiptOf = ({ hash }: SignedTransaction): Promise<TransactionReceipt | undefined> =>
		client.getTransactionReceipt({ hash }).catch((error: unknown) => {
			if (error instanceof TransactionReceiptNotFoundError) return undefined;
			throw error;
		});
	const minedOf = async (): Promise<TransactionReceipt | undefined> =>
		(await Promise.all(known.map(receiptOf))).find((receipt) => receipt !== undefined);
	const anyIsKnown = async (): Promise<boolean> => {
		const found = known.map(({ hash }) =>
			client.getTransaction({ hash }).then(
				() => true,
				() => false,
			),
		);
		return (await Promise.all(found)).includes(true);
	};
	/** The node's refusal, if any. */
	const send = async ({ serialized }: SignedTransaction): Promise<unknown> => {
		try {
			await client.sendRawTransaction({ serializedTransaction: serialized });
			return undefined;
		} catch (error) {
			// A node that did not answer may have it all the same: whoever restarts us finds it in the notes.
			if (isUnreachable(error)) throw error;
			return error instanceof Error && KNOWN_ALREADY.test(error.message) ? undefined : error;
		}
	};

	const mined = await minedOf();
	if (mined !== undefined) return { kind: "mined", receipt: mined };
	const startedAt = Date.now();
	let refusal = await send(newest);
	let sentAt = Date.now();
	let usedSince: number | undefined;
	for (let pause = FIRST_POLL; ; pause = Math.min(2 * pause, LAST_POLL)) {
		// In this order: a nonce that was used before the receipts were asked for belongs to another transaction.
		const next = await client.getTransactionCount({ address: from, blockTag: "latest" });
		const used = next > nonce;
		const receipt = await minedOf();
		if (receipt !== undefined) return { kind: "mined", receipt };
		const now = Date.now();
		if (used) {
			usedSince ??= now;
			if (now - usedSince >= grace) return { kind: "superseded" };
		} else {
			usedSince = undefined;
			if (next < nonce && pause >= LOOK_FOR_LOST) await fillBelow();
			if (refusal === undefined && pause >= LOOK_FOR_LOST && !(await anyIsKnown())) {
				// Taken, then lost: by a reorganization or a node that started over. It is sent again as it is.
				refusal = await send(newest);
			}
			if (refusal !== undefined && !(await anyIsKnown())) return { kind: "refused", error: refusal };
			if (now - sentAt >= replaceAfter) {
				const replacement = await replace(newest);
				sentAt = now;
				if (replacement !== undefined) {
					newest = replacement;
					known.push(replacement);
					refusal = await send(replacement);
				}
			}
		}
		if (now - startedAt >= timeout) return { kind: "pending" };
		await sleep(pause);
	}
};
