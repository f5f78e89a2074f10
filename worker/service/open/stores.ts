/** A worker's IPFS: its own store, which it serves, and behind it the other workers' gateways. */
import { type BlockStore, sha256Digest } from "../../adapters/ipfs/blockStore.ts";
import { openStores as openOwnAndPeers, type Stores } from "../../adapters/ipfs/openStores.ts";
import type { WorkerConfig } from "../config/schema.ts";

export type { Stores as WorkerStores } from "../../adapters/ipfs/openStores.ts";

/** @throws DecentraHealthError CONFIG_INVALID */
export const openStores = (config: WorkerConfig): Promise<Stores> =>
	openOwnAndPeers(ownLocation(config), config.ipfs.peers, { timeout: config.ipfs.timeoutSeconds * 1000 });

/** Without `ipfs.store`, loadConfig has put FOLDER/ipfs there. */
export const ownLocation = ({ ipfs, folder }: WorkerConfig): string => ipfs.store ?? `${folder}/ipfs`;

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
