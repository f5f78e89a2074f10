/** The block stores that one option names: one's own, then others' to read from. */
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { openBlockStore } from "../../../worker/adapters/ipfs/openBlockStore.ts";

export type TaskStores = {
	/** Written to. */
	readonly own: BlockStore;
	/** Reads from its own, then from the others in turn. */
	readonly store: BlockStore;
};

/**
 * @param locations folders, gateways or Kubo nodes, separated by commas; the first one is one's own
 * @param create whether one's own folder may be new
 * @throws DecentraHealthError CONFIG_INVALID, IPFS_UNREACHABLE
 */
export const openStores = async (locations: string, { create }: { readonly create: boolean }): Promise<TaskStores> => {
	const [first = "", ...others] = locations.split(",").map((location) => location.trim());
	const own = await openBlockStore(first, { create });
	const peers = await Promise.all(others.map((location) => openBlockStore(location)));
	return { own, store: firstOf([own, ...peers]) };
};
