/** The keys that a role needs, from the keystore in its folder. A worker never makes keys by itself: a wrong folder would give it a new identity. */
import type { LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { openKeystore, type Secrets } from "../../adapters/keystore.ts";
import { givenPassphrase, passphraseFrom } from "../../adapters/passphrase.ts";
import { keystorePath } from "../../node/folders.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { Environment } from "../config/environment.ts";
import type { WorkerConfig } from "../config/schema.ts";

export type WorkerKeys = Pick<Secrets, "shareKey" | "dataSeed"> & {
	/** Signs; undefined for an external wallet. */
	readonly account: LocalAccount | undefined;
	/** Texts that may never be seen, for the log to cut out. */
	readonly hidden: readonly string[];
};

const lacks = (folder: string, what: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError("KEYSTORE_CORRUPT", { message: `the keystore in ${folder} holds no ${what}`, nextStep });

/** @throws DecentraHealthError KEYSTORE_* */
export const openKeys = async (config: WorkerConfig, environment: Environment): Promise<WorkerKeys> => {
	const { folder, role, wallet } = config;
	// It has nothing to keep secret, but may be given the passphrase of others.
	if (role === "coordinator" && wallet.kind === "external") {
		const given = givenPassphrase(environment);
		return { shareKey: undefined, dataSeed: undefined, account: undefined, hidden: given === undefined ? [] : [given] };
	}
	const passphrase = passphraseFrom(environment);
	const secrets = await openKeystore({ path: keystorePath(folder), passphrase }).catch((error: unknown) => {
		if (!isDecentraHealthError(error) || error.code !== "KEYSTORE_MISSING") throw error;
		throw new DecentraHealthError("KEYSTORE_MISSING", {
			message: error.message,
			nextStep: `Create it (worker keystore create --folder ${folder}), or correct "folder".`,
		});
	});
	const { shareKey, dataSeed, walletKey } = secrets;
	const another = "Use the folder of the right role, or make a keystore for this role in another folder.";
	if (role === "hospital" && dataSeed === undefined) throw lacks(folder, "data seed", another);
	if (role === "committee" && shareKey === undefined) throw lacks(folder, "share key", another);
	if (wallet.kind === "keystore" && walletKey === undefined) {
		const nextStep =
			'Import it (worker keystore import-wallet), or configure "wallet": {"kind": "external", "address": ...}.';
		throw lacks(folder, "wallet key", nextStep);
	}
	const seed = dataSeed === undefined ? [] : [Buffer.from(dataSeed).toString("hex")];
	const share = shareKey === undefined ? [] : [shareKey.toString(), shareKey.toString(16)];
	return {
		shareKey,
		dataSeed,
		account: wallet.kind === "keystore" && walletKey !== undefined ? privateKeyToAccount(walletKey) : undefined,
		hidden: [passphrase, ...seed, ...share, ...(walletKey === undefined ? [] : [walletKey.slice(2)])],
	};
};
