/**
 * Transactions that were sent and not yet seen mined, by step: all that a reload has to know to go on watching. Public values alone, and for
 * this tab's session.
 */
import { type Address, type Hex, isAddress, isHash } from "viem";
import { z } from "zod";

const sentSchema = z.strictObject({
	hash: z.string().refine((text): text is Hex => isHash(text)),
	/** Milliseconds. */
	since: z.number(),
	from: z.string().refine((text): text is Address => isAddress(text)),
	/** Digest of recipient and data: tells a speed-up from a cancellation. */
	callDigest: z.string().refine((text): text is Hex => isHash(text)),
	/** The chain's latest block before it was sent. */
	block: z.string().regex(/^\d{1,20}$/),
	/** Once a node has told it. */
	nonce: z.int().min(0).optional(),
});

export type Sent = z.infer<typeof sentSchema>;

export type SentMemory = {
	readonly get: (key: string) => Sent | undefined;
	readonly put: (key: string, sent: Sent) => void;
	readonly remove: (key: string) => void;
};

type SessionStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const PREFIX = "decentrahealth/transaction/";

/** @param storage undefined where there is none (on the server): then nothing is remembered */
export const createSentMemory = (storage: SessionStorage | undefined): SentMemory => ({
	get: (key) => {
		const text = storage?.getItem(PREFIX + key) ?? null;
		if (text === null) return undefined;
		try {
			const parsed = sentSchema.safeParse(JSON.parse(text));
			return parsed.success ? parsed.data : undefined;
		} catch {
			return undefined;
		}
	},
	put: (key, sent) => {
		try {
			storage?.setItem(PREFIX + key, JSON.stringify(sent));
		} catch {
			// A full or forbidden storage costs the memory over a reload, nothing else.
		}
	},
	remove: (key) => storage?.removeItem(PREFIX + key),
});
