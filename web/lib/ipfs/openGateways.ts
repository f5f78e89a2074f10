import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { withRetries } from "../../../worker/adapters/ipfs/withRetries.ts";

/** Gateways in the order they are asked; every block is checked against its digest. */
export const openGateways = (urls: readonly string[]): BlockStore =>
	firstOf(urls.map((url) => gatewayStore(new URL(url))));

/** As {@link openGateways}, and each is asked again after a failure that may pass: for an audit, which such a failure would end. */
export const openPatientGateways = (urls: readonly string[]): BlockStore =>
	firstOf(urls.map((url) => withRetries(gatewayStore(new URL(url)))));
