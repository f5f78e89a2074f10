/** A Hardhat node in a process of its own with linked contracts and verifier doubles: what workers of a test talk to by RPC. */

import { developmentAccount, startLocalChain } from "../../scripts/demo/localChain.ts";
import { type ChainConnection, connectChain } from "../../worker/adapters/chain/connect.ts";
import { deployAll } from "./contracts/deploy.ts";
import { circuitDoubles } from "./proverDouble.ts";

export type WorkerChain = Awaited<ReturnType<typeof startWorkerChain>>;

/** Who deploys and owns the contracts: wallet 0 of the node. */
export const COORDINATOR = developmentAccount(0);

/** @param keySumSlots of the study; by default the embedded one's */
export const startWorkerChain = async (keySumSlots?: number) => {
	const node = await startLocalChain();
	process.env.LOCALHOST_RPC_URL = node.rpcUrl;
	const { default: hre } = await import("hardhat");
	const network = await hre.network.create("localhost");
	const { modelRegistry, hospitalRegistry, roundManager } = await deployAll(network);
	await modelRegistry.write.setRoundManager([roundManager.address]);
	await hospitalRegistry.write.setRoundManager([roundManager.address]);
	// Of the keys whose trapdoor proverDouble knows: workers verify its proofs under them as in earnest.
	const { verifierArgs } = circuitDoubles(keySumSlots);
	const { address: double } = await network.viem.deployContract("VerifierDouble", [...verifierArgs] as never);
	const { takeSnapshot, time, mine } = network.networkHelpers;
	const connect = (rpcUrl = node.rpcUrl): Promise<ChainConnection> =>
		connectChain({ rpcUrl, address: roundManager.address });
	return {
		rpcUrl: node.rpcUrl,
		connect,
		modelRegistry,
		hospitalRegistry,
		roundManager,
		verifiers: { updateVerifier: double, keySumVerifier: double },
		/** `restore` of a snapshot is a reorganization: blocks after it never were. */
		takeSnapshot,
		time,
		mine,
		provider: network.provider,
		stop: async () => {
			await network.close();
			await node.stop();
		},
	};
};
