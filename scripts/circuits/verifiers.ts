/** Generates the Solidity verifiers of the circuits into contracts/generated/. */
import { readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeVerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { writeWhenChanged } from "../writeWhenChanged.ts";
import { REPOSITORY } from "./circom.ts";
import type { CircuitKeys } from "./keys.ts";
import {
	keySumVerifierName,
	keySumVerifierSource,
	updateVerifierName,
	updateVerifierSource,
	type VerifierKey,
} from "./verifierSource.ts";

const FOLDER = join(REPOSITORY, "contracts", "generated");

/** A circuit's keys as the generator takes them. */
export const verifierKey = async (keys: CircuitKeys): Promise<VerifierKey> => ({
	verificationKey: decodeVerificationKey(await readFile(keys.verificationKeyFile)),
	vkHash: keys.vkHash,
	developmentOnly: keys.developmentOnly,
});

/**
 * Writes the verifiers of all studies and removes those of others. Files keep their time stamps when nothing changed, so Solidity is not
 * compiled again.
 * @param circuits keys by instance: TrainSegment<Study>, EncryptUpdate<Study> and KeySum<Study> of each study
 */
export const generateVerifiers = async (circuits: ReadonlyMap<string, CircuitKeys>): Promise<void> => {
	const keyOf = async (name: string): Promise<VerifierKey> => {
		const keys = circuits.get(name);
		if (keys !== undefined) return verifierKey(keys);
		throw new DecentraHealthError("CIRCUIT_COMPILE", {
			message: `there is no circuit ${name}, which a study's verifiers need`,
			nextStep: "Delete .cache/circuits/manifest.json and run `npm run circuits`.",
		});
	};
	const instances = [...circuits.keys()].flatMap((name) => /^TrainSegment(.+)$/.exec(name)?.[1] ?? []);
	const written = new Set<string>();
	for (const instance of instances) {
		const [train, encrypt, keySum] = await Promise.all(
			["TrainSegment", "EncryptUpdate", "KeySum"].map((template) => keyOf(`${template}${instance}`)),
		);
		if (train === undefined || encrypt === undefined || keySum === undefined) continue;
		for (const [name, text] of [
			[updateVerifierName(instance), updateVerifierSource(instance, { train, encrypt })],
			[keySumVerifierName(instance), keySumVerifierSource(instance, keySum)],
		] as const) {
			written.add(`${name}.sol`);
			writeWhenChanged(join(FOLDER, `${name}.sol`), text);
		}
	}
	for (const file of readdirSync(FOLDER)) {
		if (file.endsWith("Verifier.sol") && !written.has(file)) rmSync(join(FOLDER, file));
	}
};
