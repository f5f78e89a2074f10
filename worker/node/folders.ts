/** A participant's own data folder: its keystore, its rows, its notes. Everything private stays below it. */
import { join } from "node:path";
import { readCsvSamples } from "../adapters/datasetCsv.ts";
import { createKeystore, openKeystore } from "../adapters/keystore.ts";
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
};

export const keystorePath = (folder: string): string => join(folder, "keystore.json");
export const journalPath = (folder: string): string => join(folder, "journal");

const missing = (what: string, folder: string): DecentraHealthError =>
	new DecentraHealthError("KEYSTORE_CORRUPT", {
		message: `the keystore in ${folder} holds no ${what}`,
		nextStep: "Use the folder of the right role, or make a keystore for this role in another folder.",
	});

/** The keystore's secrets; a folder without a keystore gets a new one with both kinds of key. */
const secretsOf = async ({ folder, passphrase, name }: ParticipantFolder) => {
	const path = keystorePath(folder);
	try {
		return await openKeystore({ path, passphrase, name });
	} catch (error) {
		if (!isDecentraHealthError(error) || error.code !== "KEYSTORE_MISSING") throw error;
	}
	const secrets = { shareKey: randomShareKey(), dataSeed: randomDataSeed() };
	await createKeystore({ path, passphrase, name, secrets });
	return secrets;
};

export type HospitalData = { readonly dataset: CommittedDataset; readonly dataSeed: Uint8Array };

/**
 * A hospital's data set, committed under the seed of its keystore: the same rows give the same root after a restart.
 * @throws DecentraHealthError DATASET_*, KEYSTORE_*
 */
export const openHospitalData = async (
	location: ParticipantFolder & { readonly csv: string; readonly study: Study },
): Promise<HospitalData> => {
	// Rows first: a folder whose data can't be used gets no keystore.
	const samples = await readCsvSamples({ path: location.csv, study: location.study });
	const { dataSeed } = await secretsOf(location);
	if (dataSeed === undefined) throw missing("data seed", location.folder);
	return { dataset: commitDataset({ study: location.study, samples, seed: dataSeed }), dataSeed };
};

/** A committee member's secret share key, in [1, l). @throws DecentraHealthError KEYSTORE_* */
export const openShareKey = async (location: ParticipantFolder): Promise<bigint> => {
	const { shareKey } = await secretsOf(location);
	if (shareKey === undefined) throw missing("share key", location.folder);
	return shareKey;
};
