/** What `worker keystore` does. Keys come from files or standard input, never from arguments, which every user of the machine can list. */
import { privateKeyToAccount } from "viem/accounts";
import { createKeystore, openKeystore, updateKeystore } from "../../adapters/keystore.ts";
import { isWalletKey, randomDataSeed, randomShareKey, randomWalletKey } from "../../adapters/secrets.ts";
import { keystorePath, walletName } from "../../node/folders.ts";
import { publicKeyOf } from "../../protocol/babyJubJub.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";

export type KeystorePlace = {
	readonly folder: string;
	readonly passphrase: string;
};

/** The public side of a keystore. */
export type KeystoreContents = {
	readonly path: string;
	readonly name: string;
	/** Address of the wallet key; null without one. */
	readonly wallet: string | null;
	/** BabyJubJub point of the share key, decimal; null without one. */
	readonly shareKey: { readonly x: string; readonly y: string } | null;
	readonly dataSeed: "present" | null;
};

const contentsOf = async ({ folder, passphrase }: KeystorePlace): Promise<KeystoreContents> => {
	const path = keystorePath(folder);
	const { name, walletKey, shareKey, dataSeed } = await openKeystore({ path, passphrase });
	const point = shareKey === undefined ? undefined : publicKeyOf(shareKey);
	return {
		path,
		name,
		wallet: walletKey === undefined ? null : privateKeyToAccount(walletKey).address,
		shareKey: point === undefined ? null : { x: point.x.toString(), y: point.y.toString() },
		dataSeed: dataSeed === undefined ? null : "present",
	};
};

export const showKeystore = contentsOf;

/**
 * A new keystore with a share key and a data seed; with a wallet key of its own when asked for.
 * @throws DecentraHealthError KEYSTORE_EXISTS, KEYSTORE_PASSPHRASE, KEYSTORE_MISSING
 */
export const makeKeystore = async (
	place: KeystorePlace & { readonly newWallet?: boolean | undefined },
): Promise<KeystoreContents> => {
	const { folder, passphrase, newWallet = false } = place;
	const walletKey = newWallet ? randomWalletKey() : undefined;
	const name = walletKey === undefined ? "worker" : walletName(privateKeyToAccount(walletKey).address);
	const secrets = { shareKey: randomShareKey(), dataSeed: randomDataSeed(), walletKey };
	await createKeystore({ path: keystorePath(folder), passphrase, name, secrets });
	return contentsOf(place);
};

/** @throws DecentraHealthError CONFIG_INVALID; the text is in no message */
export const parseWalletKey = (text: string) => {
	const digits = text.trim().toLowerCase().replace(/^0x/, "");
	const key = `0x${digits}`;
	if (isWalletKey(key)) return key;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: "what was given is no private key of an Ethereum account",
		nextStep: "Give 64 hexadecimal digits, with or without 0x, and nothing else.",
	});
};

/**
 * Puts a wallet's private key into the keystore.
 * @throws DecentraHealthError CONFIG_INVALID for text that is no key, KEYSTORE_EXISTS when there is another one and `replace` is not set,
 *   KEYSTORE_*
 */
export const importWallet = async (
	place: KeystorePlace & { readonly keyText: string; readonly replace?: boolean | undefined },
): Promise<KeystoreContents> => {
	const { folder, passphrase, keyText, replace = false } = place;
	const walletKey = parseWalletKey(keyText);
	const { address } = privateKeyToAccount(walletKey);
	const { wallet, name, path } = await contentsOf(place);
	if (wallet !== null && wallet !== address && !replace) {
		throw new DecentraHealthError("KEYSTORE_EXISTS", {
			message: `keystore ${path} holds the key of ${wallet} already`,
			nextStep: "Use that wallet, or add --replace if its key is kept elsewhere: it is lost here.",
		});
	}
	if (/^0x[0-9a-f]{40}$/.test(name) && name !== walletName(address) && !replace) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `keystore ${path} was made for the wallet ${name}, not for ${address}`,
			nextStep: "Import that wallet's key, or make a keystore of its own for this one.",
		});
	}
	const update = (secrets: object) => ({ ...secrets, walletKey });
	await updateKeystore({ path: keystorePath(folder), passphrase, update });
	return contentsOf(place);
};
