"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Address, formatEther } from "viem";
import { useConfig } from "@/lib/config/context.tsx";
import { createChainPort } from "@/lib/wallet/chainPort.ts";

export type Funds = {
	readonly balance: bigint;
	/** The account can't pay for any transaction. */
	readonly isEmpty: boolean;
	readonly text: string;
};

const REFRESH = 30_000;

const inEther = (wei: bigint): string => {
	const [whole = "0", fraction = ""] = formatEther(wei).split(".");
	const digits = fraction.slice(0, 4).replace(/0+$/, "");
	if (wei > 0n && whole === "0" && digits === "") return "less than 0.0001 ETH";
	return `${whole}${digits === "" ? "" : `.${digits}`} ETH`;
};

/** What the account has on the consortium's chain; undefined until it is read. */
export const useFunds = (
	address: Address | undefined,
): { readonly funds: Funds | undefined; readonly failed: boolean } => {
	const { chain } = useConfig();
	const port = useMemo(() => createChainPort(chain), [chain]);
	const { data, isError } = useQuery({
		queryKey: ["funds", chain.id, address],
		enabled: address !== undefined,
		staleTime: 0,
		refetchInterval: REFRESH,
		refetchOnWindowFocus: true,
		queryFn: async (): Promise<Funds> => {
			if (address === undefined) throw new RangeError("asked for before it is known");
			const [balance, fee] = await Promise.all([port.balance(address), port.maxFeePerGas()]);
			return { balance, isEmpty: balance === 0n && fee > 0n, text: inEther(balance) };
		},
	});
	return { funds: data, failed: isError };
};
