/** deploy: the registries and the round manager, by Ignition. */
import { deployContracts } from "../../deploy/deployContracts.ts";
import { taskAction } from "../support/action.ts";
import { rpcUrlOf } from "../support/network.ts";

export default taskAction(async (_: { readonly json: boolean }, hre) => {
	await rpcUrlOf(hre);
	const connection = await hre.network.create();
	try {
		const deployment = await deployContracts(connection);
		const chainId = await (await connection.viem.getPublicClient()).getChainId();
		return {
			json: { chainId, ...deployment },
			lines: [
				`chain             ${chainId}`,
				`RoundManager      ${deployment.roundManager}   (the address that everything else is found by)`,
				`HospitalRegistry  ${deployment.hospitalRegistry}`,
				`ModelRegistry     ${deployment.modelRegistry}`,
			],
		};
	} finally {
		await connection.close();
	}
});
