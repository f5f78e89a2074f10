/** Body of the coordinator's tasks about one address. */
import type { Address } from "viem";
import type { admitHospital } from "../../../worker/node/coordinator.ts";
import { taskAction } from "./action.ts";
import { openParticipant } from "./network.ts";
import type { WriteArguments } from "./options.ts";
import { parseAddress } from "./parse.ts";

export const registrationAction = <Role extends "hospital" | "member">(
	role: Role,
	register: typeof admitHospital,
	describe: (address: Address) => string,
) =>
	taskAction(async (args: WriteArguments & Readonly<Record<Role, string>>, hre) => {
		const address = parseAddress(args[role], role);
		const { transactionHash } = await register(await openParticipant(hre, args), address);
		return { json: { [role]: address, transactionHash }, lines: [describe(address)] };
	});
