/** What the dApp may ask a wallet to send, and what it says about it. */
import type { Address, Hex } from "viem";
import type { Deployment } from "../../../worker/core/ledger/events.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";

export type Call = {
	/** Undefined: a contract is created from the data. */
	readonly to: Address | undefined;
	readonly data: Hex;
	/** Nothing here costs more than its gas. */
	readonly value?: 0n;
};

export type ExplainContext = {
	readonly deployment: Deployment;
	/** Names for people. */
	readonly participants: Readonly<Record<Address, string>>;
	readonly ledger: Ledger;
	/** Who signs; lets an explanation name what it has on chain already. */
	readonly from?: Address | undefined;
};

export type Fact = { readonly label: string; readonly value: string };

export type Explanation = {
	readonly title: string;
	/** What happens when it is sent. */
	readonly sentences: readonly string[];
	/** The values of the call itself: all that becomes public by it. */
	readonly facts: readonly Fact[];
	/** In words, what anyone can see afterwards. */
	readonly becomesPublic: readonly string[];
	/** What is not in the transaction and can't be derived from it. */
	readonly staysPrivate: readonly string[];
	/** What can't be taken back, or does not fit what the chain says. */
	readonly warnings: readonly string[];
};

/** The explanation of a call; undefined when it can't be told in words what it does: then it is never sent. */
export type Explain = (call: Call, context: ExplainContext) => Explanation | undefined;

/** What went wrong, and what to do about it. */
export type Problem = {
	readonly title: string;
	readonly detail: string;
	readonly nextStep: string;
	/** Stable; the name of the contract's error where there is one. */
	readonly code: string;
};
