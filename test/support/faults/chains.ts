/** The chain as each scenario finds it: with the contracts and everybody admitted, and with or without their keys and data sets. */
import type { Hex } from "viem";
import type { FaultConsortium } from "./consortium.ts";
import { joinEverybody } from "./joins.ts";
import { type FaultNode, startFaultNode } from "./node.ts";

export type SceneChain = {
	readonly node: FaultNode;
	/** Number of the last block that was there before the scenario. */
	readonly floor: bigint;
	readonly close: () => Promise<void>;
};

export type Chains = {
	readonly canReorganize: boolean;
	/** Why there is no anvil, where there is none. */
	readonly lacks: string | undefined;
	readonly open: (state: "admitted" | "joined") => Promise<SceneChain>;
	readonly close: () => Promise<void>;
};

const latest = async (node: FaultNode): Promise<bigint> => BigInt(await node.request<Hex>("eth_blockNumber"));

/** A node of its own for each scenario, which takes over the state: anvil forgets old states when it has seen many blocks. */
const withAnvil = async (prepared: FaultNode, consortium: FaultConsortium): Promise<Chains> => {
	const dump = () => prepared.request<Hex>("anvil_dumpState");
	const admitted = await dump();
	await joinEverybody(consortium, prepared);
	const joined = await dump();
	await prepared.stop();
	return {
		canReorganize: true,
		lacks: undefined,
		open: async (state) => {
			const node = await startFaultNode();
			await node.request("anvil_loadState", state === "joined" ? joined : admitted);
			// The node's own time, from which on it takes timestamps.
			await node.request("evm_mine");
			await node.request("evm_setAutomine", false);
			return { node, floor: await latest(node), close: node.stop };
		},
		close: async () => undefined,
	};
};

/** One node, set back after each scenario. */
const withHardhat = async (node: FaultNode, consortium: FaultConsortium): Promise<Chains> => {
	const first = await node.request<Hex>("evm_snapshot");
	const joins = await joinEverybody(consortium, node);
	await node.request("evm_revert", first);
	return {
		canReorganize: false,
		lacks: node.lacks,
		open: async (state) => {
			const snapshot = await node.request<Hex>("evm_snapshot");
			if (state === "joined") for (const raw of joins) await node.request("eth_sendRawTransaction", raw);
			await node.request("evm_setAutomine", false);
			return {
				node,
				floor: await latest(node),
				close: async () => {
					await node.request("evm_revert", snapshot);
					await node.request("evm_setAutomine", true);
				},
			};
		},
		close: node.stop,
	};
};

/** @param node on which everything is deployed */
export const openChains = (node: FaultNode, consortium: FaultConsortium): Promise<Chains> =>
	node.kind === "anvil" ? withAnvil(node, consortium) : withHardhat(node, consortium);
