"use client";

import { useMemo } from "react";
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { useConfig } from "../config/context.tsx";

export const openGateways = (urls: readonly string[]): BlockStore =>
	firstOf(urls.map((url) => gatewayStore(new URL(url))));

/** Reads from the configured gateways in their order; every block is checked against its digest. */
export const useBlockStore = (): BlockStore => {
	const { gateways } = useConfig();
	return useMemo(() => openGateways(gateways), [gateways]);
};
