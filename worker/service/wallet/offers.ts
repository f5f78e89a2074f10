/** Transactions that wait for the user's wallet: what the local API hands out to be signed. */
import { EventEmitter } from "node:events";
import type { Address, Hex } from "viem";

/** What the user may be asked to sign, by the name of the contract's function. */
export const OFFERED_ACTIONS = [
	"commitDataset",
	"submitUpdate",
	"freeze",
	"fail",
	"registerShareKey",
	"confirmAvailability",
	"challengeUpdate",
	"postKeySum",
	"attest",
	"openRound",
	"admitHospital",
	"admitMember",
] as const;
export type OfferedAction = (typeof OFFERED_ACTIONS)[number];

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
	const offers = new Map<OfferedAction, Offer>();
	const emitter = new EventEmitter<{ change: [] }>();
	emitter.setMaxListeners(64);
	return {
		list: (): readonly Offer[] => [...offers.values()],
		get: (action: OfferedAction): Offer | undefined => offers.get(action),
		/** Replaces an earlier one of the same action. */
		put: (offer: Offer): void => {
			offers.set(offer.action, offer);
			emitter.emit("change");
		},
		remove: (action: OfferedAction): void => {
			if (offers.delete(action)) emitter.emit("change");
		},
		/** @returns a function that ends it */
		subscribe: (listener: () => void): (() => void) => {
			emitter.on("change", listener);
			return () => emitter.off("change", listener);
		},
	};
};
