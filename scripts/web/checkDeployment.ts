/** Whether there is what the dApp is to show: a node, the contracts on its chain, gateways that answer. Better now than in a browser. */
import * as chains from "viem/chains";
import type { DappConfig } from "../../web/lib/config/schema.ts";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { deploymentBlock } from "../../worker/adapters/chain/deploymentBlock.ts";
import { isDevelopmentChain } from "../../worker/protocol/developmentChain.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { checkWebSocket } from "./checkWebSocket.ts";

/** The empty identity CID, which every trustless gateway answers ("dedicated probe paths"). */
const PROBE = "ipfs/bafkqaaa?format=raw";
const TIMEOUT = 10_000;

export type DeploymentSource = {
	readonly rpcUrl: string;
	readonly webSocketUrl?: string | undefined;
	/** The RoundManager's. */
	readonly address: string;
	readonly gateways: readonly string[];
	readonly signal?: AbortSignal | undefined;
};

export type FoundDeployment = Pick<DappConfig, "chain" | "roundManager" | "fromBlock" | "gateways">;

/** What is wrong with a gateway; undefined: nothing. */
const gatewayProblem = async (gateway: string, signal: AbortSignal | undefined): Promise<string | undefined> => {
	const base = gateway.endsWith("/") ? gateway : `${gateway}/`;
	const signals = [AbortSignal.timeout(TIMEOUT), ...(signal === undefined ? [] : [signal])];
	const answer = await fetch(new URL(PROBE, base), { signal: AbortSignal.any(signals) }).catch(() => undefined);
	await answer?.body?.cancel();
	if (answer === undefined) return `${new URL(gateway).origin} does not answer`;
	return answer.ok ? undefined : `${new URL(gateway).origin} is no trustless gateway (status ${answer.status})`;
};

/** The name of people for a chain, and its block explorer. */
export const describeChain = (id: number): { readonly name: string; readonly explorerUrl?: string } => {
	if (isDevelopmentChain(id)) return { name: "Local development chain" };
	const known = Object.values(chains).find((chain) => chain.id === id);
	if (known === undefined) return { name: `chain ${id}` };
	const explorerUrl = known.blockExplorers?.default.url;
	return { name: known.name.slice(0, 64), ...(explorerUrl === undefined ? {} : { explorerUrl }) };
};

/**
 * @param warn takes what is wrong with some of the gateways while others answer
 * @throws DecentraHealthError RPC_UNREACHABLE, CONTRACT_MISSING, CONFIG_INVALID; IPFS_UNREACHABLE when no gateway answers
 */
export const findDeployment = async (
	{ rpcUrl, webSocketUrl, address, gateways, signal }: DeploymentSource,
	warn: (text: string) => void,
): Promise<FoundDeployment> => {
	// From block 0: it is searched for below, once.
	const { client, chain, deployment } = await connectChain({ rpcUrl, address, fromBlock: 0n, signal });
	if (webSocketUrl !== undefined) await checkWebSocket(webSocketUrl, chain.id);
	const problems = (await Promise.all(gateways.map((gateway) => gatewayProblem(gateway, signal)))).filter(
		(problem) => problem !== undefined,
	);
	if (problems.length === gateways.length) {
		throw new DecentraHealthError("IPFS_UNREACHABLE", {
			message: problems.join("; "),
			nextStep: "Give the address of a trustless gateway: a worker's, `ipfs daemon`'s (port 8080), or a public one.",
		});
	}
	for (const problem of problems) warn(problem);
	return {
		chain: {
			id: chain.id,
			...describeChain(chain.id),
			rpcUrl,
			...(webSocketUrl === undefined ? {} : { webSocketUrl }),
		},
		roundManager: deployment.roundManager,
		fromBlock: Number(await deploymentBlock(client, Object.values(deployment))),
		gateways: [...gateways],
	};
};
