/** `worker keystore ...` */
import { Command } from "commander";
import { passphraseFrom } from "../adapters/passphrase.ts";
import { importWallet, type KeystoreContents, makeKeystore, showKeystore } from "../service/keystore/commands.ts";
import { readSecret } from "./readSecret.ts";

type Options = { readonly folder: string; readonly json?: true };

const print = (contents: KeystoreContents, json: true | undefined): void => {
	const { path, name, wallet, shareKey, dataSeed } = contents;
	const lines = [
		`keystore   ${path}`,
		`name       ${name}`,
		`wallet     ${wallet ?? "none: import one, or use an external wallet (hospitals)"}`,
		`share key  ${shareKey === null ? "none" : `${shareKey.x},${shareKey.y}`}`,
		`data seed  ${dataSeed ?? "none"}`,
	];
	process.stdout.write(json ? `${JSON.stringify(contents)}\n` : `${lines.join("\n")}\n`);
};

const folderCommand = (name: string, description: string): Command =>
	new Command(name)
		.description(description)
		.requiredOption("--folder <path>", "the worker's folder; the keystore is keystore.json in it")
		.option("--json", "print one JSON object");

export const keystoreCommand = (): Command => {
	const create = folderCommand("create", "make a keystore with a share key and a data seed")
		.option("--new-wallet", "with a new wallet key too; send the address ether before the worker starts")
		.action(async ({ folder, json, newWallet }: Options & { readonly newWallet?: true }) => {
			print(await makeKeystore({ folder, passphrase: passphraseFrom(process.env), newWallet }), json);
		});
	const importing = folderCommand(
		"import-wallet",
		"put a wallet's private key into the keystore, from standard input or a file",
	)
		.option("--file <path>", "file with the key; by default standard input")
		.option("--replace", "even if the keystore holds another wallet's key")
		.action(async ({ folder, json, file, replace }: Options & { readonly file?: string; readonly replace?: true }) => {
			const passphrase = passphraseFrom(process.env);
			const keyText = await readSecret(file, "private key (not shown): ");
			print(await importWallet({ folder, passphrase, keyText, replace }), json);
		});
	const show = folderCommand("show", "what the keystore holds, by its public side").action(
		async ({ folder, json }: Options) =>
			print(await showKeystore({ folder, passphrase: passphraseFrom(process.env) }), json),
	);
	return new Command("keystore")
		.description("keys of a worker: DECENTRAHEALTH_PASSPHRASE opens them")
		.addCommand(create)
		.addCommand(importing)
		.addCommand(show);
};
