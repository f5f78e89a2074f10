/** Where Ignition keeps the journal of a deployment, and what it says about an earlier one. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Address, isAddress, type PublicClient } from "viem";
import { isDevelopmentChain } from "../../worker/protocol/developmentChain.ts";

/** A development chain's id says nothing: each run of a node is another chain, told apart by its first block. */
export const deploymentIdOf = async (client: Pick<PublicClient, "getChainId" | "getBlock">): Promise<string> => {
	const chainId = await client.getChainId();
	if (!isDevelopmentChain(chainId)) return `chain-${chainId}`;
	const { hash } = await client.getBlock({ blockNumber: 0n });
	return `chain-${chainId}-${hash.slice(2, 18)}`;
};

/** RoundManager of the deployment made from this folder on this chain; undefined when there is none. */
export const journaledRoundManager = async (ignitionFolder: string, id: string): Promise<Address | undefined> => {
	const file = join(ignitionFolder, "deployments", id, "deployed_addresses.json");
	const text = await readFile(file, "utf8").catch(() => undefined);
	if (text === undefined) return undefined;
	const addresses: Readonly<Record<string, unknown>> = JSON.parse(text);
	const address = addresses["DecentraHealth#RoundManager"];
	return typeof address === "string" && isAddress(address) ? address : undefined;
};
