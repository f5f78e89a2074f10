"use client";

import { useMemo } from "react";
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { useConfig } from "../config/context.tsx";
import { openGateways } from "./openGateways.ts";

/** Reads from the configured gateways. */
export const useBlockStore = (): BlockStore => {
	const { gateways } = useConfig();
	return useMemo(() => openGateways(gateways), [gateways]);
};
