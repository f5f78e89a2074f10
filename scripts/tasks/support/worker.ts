/** A participant with a keystore, as its long-running worker would be: its transactions are in its notes, so a repeated task goes on where it was. */

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createTransactor } from "../../../worker/adapters/chain/transactor.ts";
import { passphraseFrom } from "../../../worker/adapters/passphrase.ts";
import { openShareKey, type ParticipantFolder, walletName } from "../../../worker/node/folders.ts";
import type { Keyholder } from "../../../worker/node/member.ts";
import { isDevelopmentChain } from "../../../worker/protocol/developmentChain.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { feeCapsFrom } from "../../../worker/service/config/fees.ts";
import { accountOf, openParticipant, type TaskParticipant } from "./network.ts";
import type { WriteArguments } from "./options.ts";

export type TaskWorker = TaskParticipant & ParticipantFolder;

export type MemberArguments = WriteArguments & {
	/** Whole number of blocks. */
	readonly confirmations?: string | undefined;
};

/** Blocks on top of a freeze; a development chain has no others and no reorganizations. */
const PUBLIC_CONFIRMATIONS = 5;

/** @throws KEYSTORE_PASSPHRASE when the environment has none */
export const openWorker = async (hre: HardhatRuntimeEnvironment, args: WriteArguments): Promise<TaskWorker> => {
	const passphrase = passphraseFrom(process.env);
	const participant = await openParticipant(hre, args);
	const { connection, journal } = participant;
	const account = await accountOf(hre, args.account);
	return {
		...participant,
		passphrase,
		name: walletName(account.address),
		transactor: createTransactor({
			connection,
			account,
			journal: journal.transactions,
			feeCaps: feeCapsFrom(process.env),
		}),
	};
};

const parseConfirmations = (text: string | undefined, chainId: number): number => {
	if (text === undefined) return isDevelopmentChain(chainId) ? 0 : PUBLIC_CONFIRMATIONS;
	if (/^[0-9]{1,4}$/.test(text)) return Number(text);
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: "--confirmations is no whole number of blocks",
		nextStep: "Give a number from 0 to 9999.",
	});
};

export const openMember = async (hre: HardhatRuntimeEnvironment, args: MemberArguments): Promise<Keyholder> => {
	const worker = await openWorker(hre, args);
	const confirmations = parseConfirmations(args.confirmations, worker.connection.chain.id);
	const shareKey = await openShareKey({ ...worker, create: false });
	return { ...worker, shareKey, confirmations, checkedBundles: new Set() };
};
