/** What `--network` names: an RPC URL and the accounts that sign, from Hardhat's configuration. */

import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createPublicClient, http, type LocalAccount } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { type ChainConnection, connectChain } from "../../../worker/adapters/chain/connect.ts";
import { chainError } from "../../../worker/adapters/chain/errors.ts";
import { createTransactor, memoryJournal } from "../../../worker/adapters/chain/transactor.ts";
import { journalPath } from "../../../worker/node/folders.ts";
import { openJournal } from "../../../worker/node/journal.ts";
import type { Participant } from "../../../worker/node/participant.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { feeCapsFrom } from "../../../worker/service/config/fees.ts";
import { deploymentIdOf, journaledRoundManager } from "../../deploy/deploymentId.ts";
import type { ReadArguments, WriteArguments } from "./options.ts";
import { openOwnStores } from "./stores.ts";

const DATA_FOLDER = ".data";

const httpNetwork = (hre: HardhatRuntimeEnvironment) => {
	const name = hre.globalOptions.network ?? "default";
	const network = hre.config.networks[name];
	if (network?.type === "http") return { name, network };
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: `the network ${name} lives only as long as this command`,
		nextStep: "Add --network localhost, sepolia or custom; hardhat.config.ts says which variables each needs.",
	});
};

/** The RPC URL of the chosen network. @throws CONFIG_INVALID for the in-process network */
export const rpcUrlOf = (hre: HardhatRuntimeEnvironment): Promise<string> => httpNetwork(hre).network.url.getUrl();

/** One of the network's accounts, which signs in this process. @throws CONFIG_INVALID when there is none of that index */
export const accountOf = async (hre: HardhatRuntimeEnvironment, index: number): Promise<LocalAccount> => {
	const { name, network } = httpNetwork(hre);
	const { accounts } = network;
	if (accounts !== "remote" && Number.isInteger(index) && index >= 0) {
		if (!Array.isArray(accounts) && index < accounts.count) {
			const path = `${accounts.path}/${accounts.initialIndex + index}` as `m/44'/60'/${string}`;
			return mnemonicToAccount(await accounts.mnemonic.get(), { path });
		}
		const key = Array.isArray(accounts) ? accounts[index] : undefined;
		if (key !== undefined) return privateKeyToAccount((await key.getHexString()) as `0x${string}`);
	}
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: `the network ${name} has no account ${index} that this program can sign with`,
		nextStep: "Use a smaller --account, or add the account to the network in hardhat.config.ts.",
	});
};

const requireAddress = async (hre: HardhatRuntimeEnvironment, given: string | undefined, rpcUrl: string) => {
	const named = given ?? process.env.DECENTRAHEALTH_ADDRESS;
	if (named !== undefined && named !== "") return named;
	const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 1 }) });
	const id = await deploymentIdOf(client).catch((error: unknown) => {
		throw chainError(error, "connecting to the RPC node");
	});
	const journaled = await journaledRoundManager(hre.config.paths.ignition, id);
	if (journaled !== undefined) return journaled;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: "no RoundManager is named, and none was deployed on this chain from here",
		nextStep: "Add --address with the address that `deploy` printed, or deploy first.",
	});
};

/** The deployment that a task is about. */
export const openConnection = async (hre: HardhatRuntimeEnvironment, args: ReadArguments): Promise<ChainConnection> => {
	const rpcUrl = await rpcUrlOf(hre);
	return connectChain({ rpcUrl, address: await requireAddress(hre, args.address, rpcUrl) });
};

/** Where the task reads and publishes objects: see stores.ts. */
export const ipfsOf = (hre: HardhatRuntimeEnvironment, given: string | undefined): string =>
	given ?? process.env.DECENTRAHEALTH_IPFS ?? join(hre.config.paths.root, DATA_FOLDER, "ipfs");

export type TaskParticipant = Participant & {
	/** Keystore and notes. */
	readonly folder: string;
};

/**
 * The deployment, and the account that acts on it, with its folder and its IPFS store. A task sends its transaction when it is called, so
 * unlike a worker's, its transactions are not looked up in the notes of earlier runs: the same hospital may be admitted twice in its life.
 */
export const openParticipant = async (
	hre: HardhatRuntimeEnvironment,
	args: WriteArguments,
): Promise<TaskParticipant> => {
	const connection = await openConnection(hre, args);
	const account = await accountOf(hre, args.account);
	const deployment = await deploymentIdOf(connection.client);
	const folder = args.folder ?? join(hre.config.paths.root, DATA_FOLDER, deployment, account.address.toLowerCase());
	const { own, store } = await openOwnStores(ipfsOf(hre, args.ipfs));
	return {
		connection,
		folder,
		own,
		store,
		journal: openJournal(journalPath(folder)),
		transactor: createTransactor({ connection, account, journal: memoryJournal(), feeCaps: feeCapsFrom(process.env) }),
		progress: ({ step, state, seconds = 0, gas }) => {
			if (state !== "done") return;
			const cost = gas === undefined ? "" : `, ${gas} gas`;
			console.error(`${step}: ${seconds.toFixed(1)} s${cost}`);
		},
	};
};
