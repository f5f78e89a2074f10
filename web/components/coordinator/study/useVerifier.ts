"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { Address } from "viem";
import { useLedger } from "@/lib/chain/ledger.tsx";
import { useConfig } from "@/lib/config/context.tsx";
import {
	createDeployedMemory,
	type Deployed,
	type DeploymentReader,
	deploymentKey,
	findDeployed,
	keyHashAbi,
} from "@/lib/coordinator/deployed.ts";
import type { VerifierKind } from "@/lib/coordinator/explainDeployment.ts";
import { createChainPort } from "@/lib/wallet/chainPort.ts";
import { useSend } from "@/lib/wallet/useSend.ts";
import type { StudyPackage } from "../../../../worker/core/studyPackage.ts";

const memory = createDeployedMemory(typeof window === "undefined" ? undefined : window.sessionStorage);

const useReader = (): DeploymentReader | undefined => {
	const { chain } = useConfig();
	const state = useLedger();
	const client = state.status === "ready" ? state.client : undefined;
	return useMemo(() => {
		if (client === undefined) return undefined;
		const port = createChainPort(chain);
		return {
			transaction: port.transaction,
			receipt: async (hash) => {
				const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
				return (
					receipt && {
						succeeded: receipt.status === "success",
						contractAddress: receipt.contractAddress ?? undefined,
					}
				);
			},
			readKeyHash: (address, functionName) => client.readContract({ address, abi: keyHashAbi, functionName }),
		};
	}, [chain, client]);
};

/** One of a package's verifiers: its step's name, and its address once it is found on chain. */
export const useVerifier = (chainId: number, made: StudyPackage | undefined, kind: VerifierKind) => {
	const key = made === undefined ? `deploy-${kind}` : deploymentKey(chainId, made, kind);
	const { state } = useSend(key);
	const reader = useReader();
	const sent = state.phase === "pending" || state.phase === "confirmed" ? state.hash : undefined;
	useEffect(() => {
		if (sent !== undefined) memory.put(key, sent);
	}, [key, sent]);
	const hash = sent ?? memory.get(key);
	const { data } = useQuery({
		queryKey: ["verifier", key, hash, state.phase === "pending"],
		enabled: made !== undefined && hash !== undefined && reader !== undefined && state.phase !== "pending",
		queryFn: async (): Promise<Deployed> => {
			if (made === undefined || hash === undefined || reader === undefined)
				throw new RangeError("asked for before it is known");
			return findDeployed(reader, made, kind, hash);
		},
	});
	const address: Address | undefined = data?.kind === "deployed" ? data.address : undefined;
	return { key, address, why: data?.kind === "unknown" ? data.why : undefined };
};
