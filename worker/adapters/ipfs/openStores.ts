/** One's own store, and the others' to fetch from: what a participant publishes stays with it, what it fetches may come from anyone. */
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { BlockStore } from "./blockStore.ts";
import { type FirstOfOptions, firstOf } from "./firstOf.ts";
import { openBlockStore } from "./openBlockStore.ts";
import { type PatienceOptions, withPatience } from "./withPatience.ts";

export type Stores = {
	/** Written to, and served to the others. */
	readonly own: BlockStore;
	/** Each as it is: every request reaches it. */
	readonly peers: readonly BlockStore[];
	/**
	 * Reads from its own, then from the peers in turn; writes to its own. What a peer gave is kept only by whoever puts it; but a block of its own
	 * that is damaged is replaced when a peer has it. Peers that are down, silent or lie are left alone for a while.
	 */
	readonly store: BlockStore;
};

export type StoresOptions = PatienceOptions &
	FirstOfOptions & {
		/** Milliseconds for one request to a peer. */
		readonly timeout?: number;
	};

const PEER_TIMEOUT = 10_000;

const isDamaged = (error: unknown): boolean =>
	isDecentraHealthError(error) && (error.code === "BLOCK_MISMATCH" || error.code === "BLOCK_TOO_LARGE");

/** {@link Stores}.store over stores that are open. */
export const ownFirst = (own: BlockStore, peers: readonly BlockStore[], hedging: FirstOfOptions = {}): BlockStore => {
	const mending: BlockStore = {
		...own,
		get: async (digest, options) => {
			try {
				return await own.get(digest, options);
			} catch (error) {
				if (!isDamaged(error)) throw error;
				const bytes = await firstOf(peers, hedging)
					.get(digest, options)
					.catch((): never => {
						throw error;
					});
				// A store that can't be written shows when something is to be published.
				await own.put(bytes, options).catch(() => undefined);
				return bytes;
			}
		},
	};
	return firstOf([peers.length === 0 ? own : mending, ...peers], hedging);
};

/**
 * @param own a folder (made at the first `put`) or `kubo+http(s)://HOST:PORT`, whose own blocks alone are read: as a peer, too, it looks for
 *   others in its network
 * @param peers what the others serve: `http(s)://GATEWAY`, `kubo+http(s)://HOST:PORT`, or folders that exist
 * @throws DecentraHealthError CONFIG_INVALID, IPFS_UNREACHABLE (no such folder)
 */
export const openStores = async (
	own: string,
	peers: readonly string[],
	{ timeout = PEER_TIMEOUT, ...options }: StoresOptions = {},
): Promise<Stores> => {
	if (/^https?:/i.test(own)) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "one's own IPFS store can't be a gateway: nothing can be published there",
			nextStep: "Name a folder or kubo+http(s)://HOST:PORT, and the gateway among the peers.",
		});
	}
	// What is one's own is served to anyone: a node that looked for every CID in its network would do so for anyone.
	const ownStore = await openBlockStore(own, { create: true, offline: true });
	const peerStores = await Promise.all(peers.map((peer) => openBlockStore(peer, { timeout })));
	const patient = peerStores.map((peer) => withPatience(peer, options));
	return { own: ownStore, peers: peerStores, store: ownFirst(ownStore, patient, options) };
};
