/** The keystore's passphrase: from a file or a systemd credential, which other processes of the user don't see, or from the environment. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DecentraHealthError } from "../protocol/errors.ts";
import { systemErrorCode } from "./atomicFile.ts";

export const PASSPHRASE_VARIABLE = "DECENTRAHEALTH_PASSPHRASE";
export const PASSPHRASE_FILE_VARIABLE = "DECENTRAHEALTH_PASSPHRASE_FILE";
/** Name of the credential: `LoadCredential=decentrahealth-passphrase:FILE` in a unit (systemd.exec(5)). */
export const PASSPHRASE_CREDENTIAL = "decentrahealth-passphrase";
const CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY";
const MAX_BYTES = 4_096;

type Variables = Readonly<Record<string, string | undefined>>;

const refusal = (message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError("KEYSTORE_PASSPHRASE", { message, nextStep });

/** Without the line's end that editors and `echo` put. */
const readPassphrase = (path: string): string => {
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		throw refusal(
			`the passphrase's file ${path} can't be read (${systemErrorCode(error)})`,
			"Correct the path, or let this user read the file.",
		);
	}
	const passphrase = text.replace(/\r?\n$/, "");
	if (passphrase !== "" && text.length <= MAX_BYTES) return passphrase;
	throw refusal(
		`the passphrase's file ${path} ${passphrase === "" ? "is empty" : "is too long for a passphrase"}`,
		"Put the passphrase alone into it.",
	);
};

/** A credential that the service was not given is none; a folder without ours belongs to other programs. */
const credentialFrom = (folder: string | undefined): string | undefined => {
	if (folder === undefined || folder === "") return undefined;
	const path = join(folder, PASSPHRASE_CREDENTIAL);
	try {
		readFileSync(path);
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return undefined;
	}
	return readPassphrase(path);
};

/** @throws DecentraHealthError KEYSTORE_PASSPHRASE when it is given twice, or its file can't be read */
export const givenPassphrase = (environment: Variables): string | undefined => {
	const [value, path] = [
		environment[PASSPHRASE_VARIABLE] || undefined,
		environment[PASSPHRASE_FILE_VARIABLE] || undefined,
	];
	if (value !== undefined && path !== undefined) {
		throw refusal(
			`${PASSPHRASE_VARIABLE} and ${PASSPHRASE_FILE_VARIABLE} are both set`,
			`Unset ${PASSPHRASE_VARIABLE}: a file is the safer of the two.`,
		);
	}
	if (value !== undefined) return value;
	return path === undefined ? credentialFrom(environment[CREDENTIALS_VARIABLE]) : readPassphrase(path);
};

/** @throws DecentraHealthError KEYSTORE_PASSPHRASE when there is none */
export const passphraseFrom = (environment: Variables): string => {
	const passphrase = givenPassphrase(environment);
	if (passphrase !== undefined) return passphrase;
	throw refusal(
		`neither ${PASSPHRASE_FILE_VARIABLE} nor ${PASSPHRASE_VARIABLE} is set, and there is no credential ${PASSPHRASE_CREDENTIAL}`,
		`Set ${PASSPHRASE_FILE_VARIABLE} to a file with the keystore's passphrase, or ${PASSPHRASE_VARIABLE} to the passphrase itself.`,
	);
};

/** The environment as it is, and without the passphrase from now on: threads, children and crash reports get copies of it. */
export const takeEnvironment = (from: Record<string, string | undefined> = process.env): Variables => {
	const environment = { ...from };
	delete from[PASSPHRASE_VARIABLE];
	return environment;
};
