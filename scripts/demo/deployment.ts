/** A local chain with the contracts and nothing else on it. */
import type { Study } from "../../worker/protocol/study.ts";
import { startLocalChain } from "./localChain.ts";

export type DemoDeployment = Awaited<ReturnType<typeof startDeployment>>;

/** Account 0 owns the contracts. It runs until `stop`. @throws DecentraHealthError RPC_UNREACHABLE */
export const startDeployment = async (port?: number) => {
	const chain = await startLocalChain(port);
	try {
		process.env.LOCALHOST_RPC_URL = chain.rpcUrl;
		// Hardhat reads the variable when it is loaded.
		const hre = (await import("hardhat")).default;
		const { deployContracts, deployStudyVerifiers } = await import("../deploy/deployContracts.ts");
		const network = await hre.network.connect("localhost");
		const deployment = await deployContracts(network);
		return {
			...chain,
			deployment,
			deployVerifiers: ({ name }: Study) => deployStudyVerifiers(network, name),
			stop: async () => {
				await network.close();
				await chain.stop();
			},
		};
	} catch (error) {
		await chain.stop();
		throw error;
	}
};
