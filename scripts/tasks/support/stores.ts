/** The block stores that one option names, separated by commas. */
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { openBlockStore } from "../../../worker/adapters/ipfs/openBlockStore.ts";
import { openStores, type Stores } from "../../../worker/adapters/ipfs/openStores.ts";
import { withRetries } from "../../../worker/adapters/ipfs/withRetries.ts";

const split = (locations: string): readonly string[] => locations.split(",").map((location) => location.trim());

/** The first one is one's own, the others are read from. @throws DecentraHealthError CONFIG_INVALID, IPFS_UNREACHABLE */
export const openOwnStores = (locations: string): Promise<Stores> => {
	const [own = "", ...peers] = split(locations);
	return openStores(own, peers);
};

/** For tasks that publish nothing. @throws DecentraHealthError CONFIG_INVALID, IPFS_UNREACHABLE */
export const openReadStore = async (locations: string): Promise<BlockStore> =>
	firstOf(await Promise.all(split(locations).map(async (location) => withRetries(await openBlockStore(location)))));
