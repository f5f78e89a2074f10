/** Transactions that wait for the user's wallet: what the local API hands out to be signed. */
import { EventEmitter } from "node:events";
import type { Address, Hex } from "viem";
import { OFFERED_ACTIONS, type OfferedAction } from "../../protocol/offeredActions.ts";

export const isOfferedAction = (name: string): name is OfferedAction =>
	(OFFERED_ACTIONS as readonly string[]).includes(name);

export type Offer = {
	readonly action: OfferedAction;
	readonly to: Address;
	readonly data: Hex;
	readonly chainId: number;
	/** What it does, for people. */
	readonly summary: string;
	/** The wallet that has to send it. */
	readonly from: Address;
	/** ISO 8601. */
	readonly preparedAt: string;
};

export type Offers = ReturnType<typeof createOffers>;

export const createOffers = () => {
	let offered: Offer | undefined;
	const emitter = new EventEmitter<{ change: [] }>();
	emitter.setMaxListeners(64);
	return {
		list: (): readonly Offer[] => (offered === undefined ? [] : [offered]),
		get: (action: OfferedAction): Offer | undefined => (offered?.action === action ? offered : undefined),
		/** In the place of an earlier one: a worker does one thing after the other. */
		put: (offer: Offer): void => {
			offered = offer;
			emitter.emit("change");
		},
		clear: (): void => {
			if (offered === undefined) return;
			offered = undefined;
			emitter.emit("change");
		},
		/** @returns a function that ends it */
		subscribe: (listener: () => void): (() => void) => {
			emitter.on("change", listener);
			return () => emitter.off("change", listener);
		},
	};
};
