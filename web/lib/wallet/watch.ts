/** What becomes of a transaction that was sent: mined, refused on chain, replaced by another one, or lost. */
import { encodePacked, type Hex, keccak256, zeroAddress } from "viem";
import type { Sent } from "./memory.ts";
import type { ChainPort, Clock, KnownTransaction } from "./ports.ts";

export type Outcome =
	| { readonly kind: "confirmed"; readonly hash: Hex; readonly gasUsed: bigint; readonly blockNumber: bigint }
	/** Mined, and the contract refused. */
	| { readonly kind: "reverted"; readonly hash: Hex; readonly blockNumber: bigint }
	/** Its number was used by another call. */
	| { readonly kind: "replaced"; readonly hash: Hex }
	/** No node knows it any more. */
	| { readonly kind: "dropped"; readonly hash: Hex }
	/** Nobody watches any more. */
	| { readonly kind: "stopped" };

export const callDigest = ({ to, data }: { readonly to: string | null | undefined; readonly data: Hex }): Hex =>
	keccak256(encodePacked(["address", "bytes"], [(to ?? zeroAddress) as Hex, data]));

export type WatchOptions = {
	readonly chain: ChainPort;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Told what is new about it: its number, or that a transaction with a higher fee has taken its place. */
	readonly onChange: (sent: Sent) => void;
};

const POLL = 2_000;
/** A node may count a transaction before it shows its receipt. */
const USED_POLLS = 3;
/** Wallets may send through nodes that keep it to themselves for a while, milliseconds. */
const LOST_AFTER = 120_000;
/** Blocks that are searched for what took its place. */
const MOST_BLOCKS = 256n;

const isSpeedUp = (other: KnownTransaction, sent: Sent): boolean =>
	callDigest({ to: other.to, data: other.input }) === sent.callDigest;

/** The mined transaction with the same number of the same account, newest blocks first. */
const findInPlace = async (chain: ChainPort, sent: Sent): Promise<KnownTransaction | undefined> => {
	const latest = await chain.blockNumber();
	const oldest = latest - MOST_BLOCKS > BigInt(sent.block) ? latest - MOST_BLOCKS : BigInt(sent.block);
	for (let number = latest; number > oldest; number--) {
		const found = (await chain.transactionsOf(number)).find(
			({ from, nonce }) => nonce === sent.nonce && from.toLowerCase() === sent.from.toLowerCase(),
		);
		if (found !== undefined) return found;
	}
	return undefined;
};

/** Never rejects: a node that does not answer is asked again. */
export const watchSent = async (first: Sent, { chain, clock, signal, onChange }: WatchOptions): Promise<Outcome> => {
	let sent = first;
	let seenAt = clock.now();
	let usedPolls = 0;

	const change = (part: Partial<Sent>): void => {
		sent = { ...sent, ...part };
		onChange(sent);
	};

	const look = async (): Promise<Outcome | undefined> => {
		const { hash, from, nonce } = sent;
		const receipt = await chain.receipt(hash);
		if (receipt !== undefined) {
			const { succeeded, gasUsed, blockNumber } = receipt;
			return succeeded ? { kind: "confirmed", hash, gasUsed, blockNumber } : { kind: "reverted", hash, blockNumber };
		}
		const known = await chain.transaction(hash);
		if (known !== undefined) {
			seenAt = clock.now();
			if (nonce === undefined) change({ nonce: known.nonce });
		}
		if (nonce !== undefined && (await chain.nextNonce(from)) > nonce) {
			usedPolls++;
			if (usedPolls < USED_POLLS) return undefined;
			const other = await findInPlace(chain, sent);
			if (other === undefined || other.hash === hash || !isSpeedUp(other, sent)) {
				// Its own block may only now be there: then the next look has the receipt.
				return other?.hash === hash ? undefined : { kind: "replaced", hash };
			}
			usedPolls = 0;
			change({ hash: other.hash });
			return undefined;
		}
		usedPolls = 0;
		return clock.now() - seenAt > LOST_AFTER ? { kind: "dropped", hash } : undefined;
	};

	while (!signal.aborted) {
		try {
			const outcome = await look();
			if (outcome !== undefined) return outcome;
		} catch {
			// Silence of the node says nothing about the transaction.
			seenAt = clock.now();
		}
		await clock.wait(POLL, signal);
	}
	return { kind: "stopped" };
};
