/** One participant's folder as its own machine would have it: keystore, configuration, and a hospital's rows. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createKeystore } from "../../worker/adapters/keystore.ts";
import { randomDataSeed, randomShareKey, type Secrets } from "../../worker/adapters/secrets.ts";
import { keystorePath, walletName } from "../../worker/node/folders.ts";
import { parseConfig } from "../../worker/service/config/loadConfig.ts";
import type { Role } from "../../worker/service/config/schema.ts";

export type ParticipantFiles = {
	readonly role: Role;
	readonly folder: string;
	readonly passphrase: string;
	readonly walletKey: Hex;
	/** Of the configuration, besides `folder` and `data`. */
	readonly fields: Readonly<Record<string, unknown>>;
	/** A hospital's CSV file. */
	readonly csv?: string | undefined;
};

export const CONFIG_NAME = "worker.json";

/** @returns the configuration's path */
export const writeParticipant = async (files: ParticipantFiles): Promise<string> => {
	const { role, folder, passphrase, walletKey, fields, csv } = files;
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const secrets: Secrets = {
		walletKey,
		...(role === "hospital" ? { dataSeed: randomDataSeed() } : {}),
		...(role === "committee" ? { shareKey: randomShareKey() } : {}),
	};
	// Named by the wallet, as the tasks do: they work on these folders too.
	const name = walletName(privateKeyToAccount(walletKey).address);
	await createKeystore({ path: keystorePath(folder), passphrase, name, secrets });
	if (csv !== undefined) await writeFile(join(folder, "data.csv"), csv, { mode: 0o600 });
	const config = { role, folder: ".", ...(csv === undefined ? {} : { data: "data.csv" }), ...fields };
	// Better now than in seven terminals.
	parseConfig(role, config);
	const path = join(folder, CONFIG_NAME);
	await writeFile(path, `${JSON.stringify(config, null, "\t")}\n`, { mode: 0o600 });
	return path;
};
