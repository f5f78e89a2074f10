/** A worker's IPFS: its own store, which it serves, and behind it the other workers' gateways. */
import { type BlockStore, sha256Digest } from "../../adapters/ipfs/blockStore.ts";
import { firstOf } from "../../adapters/ipfs/firstOf.ts";
import { gatewayStore } from "../../adapters/ipfs/gatewayStore.ts";
import { openBlockStore } from "../../adapters/ipfs/openBlockStore.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { WorkerConfig } from "../config/schema.ts";

export type WorkerStores = {
	/** Written to, and served to the others. */
	readonly own: BlockStore;
	readonly peers: readonly BlockStore[];
	/** Reads from its own first, then from the others in turn; writes to its own. */
	readonly store: BlockStore;
};

/** Without `ipfs.store`, loadConfig has put FOLDER/ipfs there. @throws DecentraHealthError CONFIG_INVALID */
export const openStores = async ({ ipfs, folder }: WorkerConfig): Promise<WorkerStores> => {
	const timeout = ipfs.timeoutSeconds * 1000;
	const location = ipfs.store ?? `${folder}/ipfs`;
	if (/^https?:/i.test(location)) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "ipfs.store is a gateway, which can't be written to",
			nextStep: 'Name a folder or kubo+http(s)://HOST:PORT there, and the gateway in "ipfs.peers".',
		});
	}
	const own = await openBlockStore(location, { create: true, timeout });
	const peers = ipfs.peers.map((url) => gatewayStore(new URL(url), { timeout }));
	return { own, peers, store: firstOf([own, ...peers]) };
};

const NOTHING = sha256Digest(new Uint8Array());

/** Whether each peer answers at all, in order: it is asked for the empty block. */
export const reachablePeers = (peers: readonly BlockStore[], signal: AbortSignal): Promise<readonly boolean[]> =>
	Promise.all(
		peers.map((peer) =>
			peer.has(NOTHING, { signal }).then(
				() => true,
				() => false,
			),
		),
	);
