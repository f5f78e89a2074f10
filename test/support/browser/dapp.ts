/** The dApp as it is served, on a deployment of the test's own making. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address, Hex } from "viem";
import { freePorts } from "../../../scripts/ports.ts";
import { serveWeb } from "../../../scripts/web/serve.ts";
import { type DappConfig, dappConfigSchema } from "../../../web/lib/config/schema.ts";
import { type BlockStore, blockMissing, checkBlock } from "../../../worker/adapters/ipfs/blockStore.ts";
import { type Gateway, startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import { type ChainServer, startChainServer } from "./chainServer.ts";
import type { GeneratedDeployment } from "./generatedDeployment.ts";

export type Dapp = { readonly url: string; readonly stop: () => Promise<void> };

/** Builds the dApp if its sources changed. */
export const startDapp = async (config: DappConfig): Promise<Dapp> => {
	const folder = await mkdtemp(join(tmpdir(), "decentrahealth-dapp-"));
	const [port = 0] = await freePorts(1);
	const { url, stop } = await serveWeb({ config, configFile: join(folder, "dapp.json"), port });
	return {
		url,
		stop: async () => {
			await stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
};

export type Deployed = {
	readonly rpcUrl: string;
	readonly chainId: number;
	readonly roundManager: Address;
	readonly gateways: readonly string[];
	readonly participants?: Readonly<Record<Address, string>>;
	readonly fromBlock?: number;
	readonly heldOut?: DappConfig["heldOut"];
};

export const configOf = ({ rpcUrl, chainId, ...rest }: Deployed): DappConfig =>
	dappConfigSchema.parse({ version: 1, chain: { id: chainId, name: "Test chain", rpcUrl }, ...rest });

/** Serves these blocks and no others. */
export const startBlockGateway = (blocks: ReadonlyMap<Hex, Uint8Array>): Promise<Gateway> => {
	const description = "the test's blocks";
	const store: BlockStore = {
		description,
		put: () => Promise.reject(new RangeError("read-only")),
		get: async (digest) => {
			const bytes = blocks.get(digest);
			if (bytes === undefined) throw blockMissing(digest, description);
			return checkBlock(bytes, digest, description);
		},
		has: async (digest) => blocks.has(digest),
	};
	return startGateway({ store });
};

export type GeneratedDapp = {
	readonly url: string;
	readonly config: DappConfig;
	readonly chain: ChainServer;
	readonly stop: () => Promise<void>;
};

/** A whole deployment of the test's own making: node, gateway, dApp. */
export const startGenerated = async (generated: GeneratedDeployment): Promise<GeneratedDapp> => {
	const chain = await startChainServer(generated);
	const gateway = await startBlockGateway(generated.blocks);
	const { chainId, heldOut, deployment } = generated;
	const { roundManager } = deployment;
	const places = { rpcUrl: chain.url, gateways: [gateway.url], fromBlock: 0 };
	const config = configOf({ ...places, chainId, roundManager, heldOut });
	const { url, stop } = await startDapp(config);
	return {
		url,
		config,
		chain,
		stop: async () => {
			await stop();
			await gateway.close();
			await chain.close();
		},
	};
};
