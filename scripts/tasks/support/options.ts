/** Options that several tasks share. */
import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

export type ReadArguments = {
	/** RoundManager's address. */
	readonly address?: string | undefined;
	readonly json: boolean;
};

export type WriteArguments = ReadArguments & {
	/** Index of the network's account that signs. */
	readonly account: number;
	/** Folder of the account's participant. */
	readonly folder?: string | undefined;
	/** Folders, gateways or Kubo nodes: its own, then others to read from. */
	readonly ipfs?: string | undefined;
};

export const IPFS_OPTION = {
	name: "ipfs",
	description:
		"Folder, http(s)://GATEWAY or kubo+http(s)://HOST:PORT, or several separated by commas, one's own first; by default DECENTRAHEALTH_IPFS, or .data/ipfs",
	type: ArgumentType.STRING_WITHOUT_DEFAULT,
	defaultValue: undefined,
} as const;

/** A task that looks at a deployment. */
export const readTask = (id: readonly string[], description: string) =>
	task([...id], description)
		.addOption({
			name: "address",
			description:
				"Address of the RoundManager; by default DECENTRAHEALTH_ADDRESS, or what `deploy` put on this chain from here",
			type: ArgumentType.STRING_WITHOUT_DEFAULT,
			defaultValue: undefined,
		})
		.addFlag({ name: "json", description: "Print one JSON object on standard output" });

/** A task that sends transactions. */
export const writeTask = (id: readonly string[], description: string) =>
	readTask(id, description)
		.addOption({
			name: "account",
			description: "Index of the network's account that signs",
			type: ArgumentType.INT,
			defaultValue: 0,
		})
		.addOption({
			name: "folder",
			description: "Folder for this participant's keystore and notes; by default .data/CHAIN/ACCOUNT",
			type: ArgumentType.STRING_WITHOUT_DEFAULT,
			defaultValue: undefined,
		})
		.addOption(IPFS_OPTION);

/** A task of a committee member for one round. */
export const memberTask = (id: readonly string[], description: string) =>
	writeTask(id, description)
		.addPositionalArgument({
			name: "round",
			description: "Id of the round; 0 is the newest",
			type: ArgumentType.BIGINT,
			defaultValue: 0n,
		})
		.addOption({
			name: "confirmations",
			description: "Blocks on top of what the member acts on; by default 5, and 0 on a development chain",
			type: ArgumentType.STRING_WITHOUT_DEFAULT,
			defaultValue: undefined,
		});
