/** hospital register: the coordinator admits a hospital. */
import { admitHospital } from "../../../worker/node/coordinator.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";
import { parseAddress } from "../support/parse.ts";

export default taskAction(async ({ hospital, ...args }: WriteArguments & { readonly hospital: string }, hre) => {
	const address = parseAddress(hospital, "hospital");
	const { transactionHash } = await admitHospital(await openParticipant(hre, args), address);
	return { json: { hospital: address, transactionHash }, lines: [`hospital ${address} is admitted`] };
});
