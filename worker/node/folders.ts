/** A participant's own data folder: its keystore, its rows, its notes. Everything private stays below it. */
import { join } from "node:path";
import type { Address } from "viem";
import { readSamples } from "../adapters/dataset/readSamples.ts";
import { createKeystore, openKeystore, type Secrets } from "../adapters/keystore.ts";
import { randomDataSeed, randomShareKey } from "../adapters/secrets.ts";
import { type CommittedDataset, commitDataset } from "../core/dataset/commit.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import type { Study } from "../protocol/study.ts";

export type ParticipantFolder = {
	readonly folder: string;
	/** Opens the keystore; comes from the environment. */
	readonly passphrase: string;
	/** Whose keystore it is: "hospital-1". */
	readonly name: string;
	/** Whether a folder without a keystore gets one, with both kinds of key; by default it does. */
	readonly create?: boolean | undefined;
};

export const keystorePath = (folder: string): string => join(folder, "keystore.json");
export const journalPath = (folder: string): string => join(folder, "journal");

/** The keystore's name of a wallet: one wallet may be hospital and committee member. */
export const walletName = (address: Address): string => address.toLowerCase();

const missing = (what: string, folder: string): DecentraHealthError =>
	new DecentraHealthError("KEYSTORE_CORRUPT", {
		message: `the keystore in ${folder} holds no ${what}`,
		nextStep: "Use the folder of the right role, or make a keystore for this role in another folder.",
	});

/** The keystore's secrets; undefined when there is no keystore yet. */
const secretsOf = async ({
	folder,
	passphrase,
	name,
	create = true,
}: ParticipantFolder): Promise<Secrets | undefined> => {
	try {
		return await openKeystore({ path: keystorePath(folder), passphrase, name });
	} catch (error) {
		if (create && isDecentraHealthError(error) && error.code === "KEYSTORE_MISSING") return undefined;
		throw error;
	}
};

const newSecrets = () => ({ shareKey: randomShareKey(), dataSeed: randomDataSeed() });

const keep = ({ folder, passphrase, name }: ParticipantFolder, secrets: Secrets): Promise<void> =>
	createKeystore({ path: keystorePath(folder), passphrase, name, secrets });

export type HospitalData = { readonly dataset: CommittedDataset; readonly dataSeed: Uint8Array };

/**
 * A hospital's data set, committed under the seed of its keystore: the same rows give the same root after a restart. A folder whose rows
 * can't be used gets no keystore.
 * @throws DecentraHealthError DATASET_*, KEYSTORE_*
 */
export const openHospitalData = async (
	location: ParticipantFolder & {
		/** CSV file, archive, folder of images or normalized store. */
		readonly data: string;
		/** Of an archive; by default train. */
		readonly split?: string | undefined;
		readonly study: Study;
	},
): Promise<HospitalData> => {
	const { data, split, study } = location;
	const samples = await readSamples({ path: data, study, split });
	const kept = await secretsOf(location);
	const secrets: Secrets = kept ?? newSecrets();
	const { dataSeed } = secrets;
	if (dataSeed === undefined) throw missing("data seed", location.folder);
	const dataset = commitDataset({ study, samples, seed: dataSeed });
	if (kept === undefined) await keep(location, secrets);
	return { dataset, dataSeed };
};

/** A committee member's secret share key, in [1, l). @throws DecentraHealthError KEYSTORE_* */
export const openShareKey = async (location: ParticipantFolder): Promise<bigint> => {
	const kept = await secretsOf(location);
	const secrets: Secrets = kept ?? newSecrets();
	if (secrets.shareKey === undefined) throw missing("share key", location.folder);
	if (kept === undefined) await keep(location, secrets);
	return secrets.shareKey;
};
