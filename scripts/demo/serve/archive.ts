/** One gateway that has everything: browsers ask it alone. What it lacks it fetches from the participants', and keeps. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChainConnection } from "../../../worker/adapters/chain/connect.ts";
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { withPatience } from "../../../worker/adapters/ipfs/withPatience.ts";
import { readLedger } from "../../../worker/node/participant.ts";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { digestsOf } from "../stores.ts";

export type ArchiveOptions = {
	/** Folder of its blocks. */
	readonly blocks: string;
	/** The participants' gateways. */
	readonly peers: readonly string[];
	readonly port: number;
};

/** For one answer: they are on this machine. */
const PEER_TIMEOUT = 5_000;
const LONGEST_PAUSE = 4_000;
/** How often the chain is looked at, milliseconds. */
const POLL = 2_000;

/** Reads its own blocks, then the others', and keeps what those gave. */
const keeping = (own: BlockStore, others: BlockStore): BlockStore => ({
	...own,
	get: async (digest, options) => {
		try {
			return await own.get(digest, options);
		} catch (error) {
			if (!isDecentraHealthError(error) || error.code === "ABORTED") throw error;
			const bytes = await others.get(digest, options);
			await own.put(bytes, options);
			return bytes;
		}
	},
});

export const openArchive = async ({ blocks, peers, port }: ArchiveOptions) => {
	const own = diskStore(blocks);
	const others = firstOf(
		peers.map((peer) =>
			withPatience(gatewayStore(new URL(peer), { timeout: PEER_TIMEOUT }), { longestPause: LONGEST_PAUSE }),
		),
	);
	const store = keeping(own, others);
	const gateway = await startGateway({ store, port });
	return {
		url: gateway.url,
		put: (bytes: Uint8Array) => own.put(bytes),
		/** Fetches whatever the chain names as soon as it does, until the signal aborts: its publisher may vanish. */
		follow: async (connection: ChainConnection, signal: AbortSignal): Promise<void> => {
			while (!signal.aborted) {
				// A node that does not answer now is asked again; so is a participant whose block is not there yet.
				const seen = await readLedger(connection).catch(() => undefined);
				for (const digest of seen === undefined ? [] : digestsOf(seen.ledger)) {
					if (!(await own.has(digest))) await store.get(digest, { signal }).catch(() => undefined);
				}
				await sleep(POLL, undefined, { signal }).catch(() => undefined);
			}
		},
		close: gateway.close,
	};
};
