/** What sending needs from the outside. */
import type { Address, Hex } from "viem";
import type { Call, Explanation } from "../explain/types.ts";

export type Request = { readonly from: Address; readonly to: Address | undefined; readonly data: Hex };

export type KnownTransaction = {
	readonly hash: Hex;
	readonly from: Address;
	readonly nonce: number;
	readonly to: Address | null;
	readonly input: Hex;
};

/** The consortium's chain, read through the page's own node: a wallet's word about it is not needed. Rejects with viem's errors. */
export type ChainPort = {
	/** Runs the call in thought. Rejects when the contract would refuse it. */
	readonly estimateGas: (request: Request) => Promise<bigint>;
	/** Runs it as of a block, for the reason why a mined transaction was refused. */
	readonly replay: (request: Request, blockNumber: bigint) => Promise<unknown>;
	readonly maxFeePerGas: () => Promise<bigint>;
	readonly balance: (address: Address) => Promise<bigint>;
	readonly blockNumber: () => Promise<bigint>;
	/** Number of the account's mined transactions. */
	readonly nextNonce: (address: Address) => Promise<number>;
	readonly transaction: (hash: Hex) => Promise<KnownTransaction | undefined>;
	readonly receipt: (
		hash: Hex,
	) => Promise<{ readonly succeeded: boolean; readonly gasUsed: bigint; readonly blockNumber: bigint } | undefined>;
	readonly transactionsOf: (blockNumber: bigint) => Promise<readonly KnownTransaction[]>;
};

/** What a wallet signs. With the chain's id in it, a wallet that was switched meanwhile refuses instead of signing for another chain. */
export type SignedRequest = Request & { readonly gas: bigint; readonly chainId: number };

export type WalletPort = {
	readonly address: Address;
	readonly chainId: () => Promise<number>;
	/** Accounts that the wallet would sign with now. */
	readonly accounts: () => Promise<readonly Address[]>;
	/** Resolves when the user has signed and the wallet has sent it. */
	readonly send: (request: SignedRequest) => Promise<Hex>;
};

export type SendPorts = {
	readonly chain: ChainPort;
	readonly wallet: WalletPort | undefined;
	/** The network that the contracts are on. */
	readonly network: { readonly id: number; readonly name: string };
	/** Undefined for what can't be explained, and so is not sent. */
	readonly explain: (call: Call) => Explanation | undefined;
};

export type Clock = {
	/** Milliseconds. */
	readonly now: () => number;
	/** Resolves early when the signal aborts. */
	readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
	now: () => Date.now(),
	wait: (milliseconds, signal) =>
		new Promise((resolve) => {
			const end = (): void => {
				clearTimeout(timer);
				signal.removeEventListener("abort", end);
				resolve();
			};
			const timer = setTimeout(end, milliseconds);
			if (signal.aborted) end();
			else signal.addEventListener("abort", end);
		}),
};
