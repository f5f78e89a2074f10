/** committee admit: the coordinator admits a committee member, who then joins with its share key. */
import { admitMember } from "../../../worker/node/coordinator.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";
import { parseAddress } from "../support/parse.ts";

export default taskAction(async ({ member, ...args }: WriteArguments & { readonly member: string }, hre) => {
	const address = parseAddress(member, "member");
	const { transactionHash } = await admitMember(await openParticipant(hre, args), address);
	return { json: { member: address, transactionHash }, lines: [`committee member ${address} is admitted`] };
});
