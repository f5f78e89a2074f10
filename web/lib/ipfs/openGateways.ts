import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";

/** Gateways in the order they are asked; every block is checked against its digest. */
export const openGateways = (urls: readonly string[]): BlockStore =>
	firstOf(urls.map((url) => gatewayStore(new URL(url))));
