/** What `npm run circuits` leaves for the workers: per circuit its witness calculator, proving key and verification key. */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { decodeVerificationKey, type VerificationKey } from "../../core/codecs/verificationKey.ts";
import { contentDigest } from "../../protocol/contentDigest.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";

/** Name of the manifest in the folder of the circuits. Its paths are relative to that folder. */
export const MANIFEST_NAME = "manifest.json";

export const manifestSchema = z.strictObject({
	circuits: z.record(
		z.string(),
		z.strictObject({
			/** Name of the study whose circuit it is. */
			study: z.string(),
			/** Content hash of the circuit's sources, parameters and compiler. */
			circuit: z.string().regex(/^[0-9a-f]{32}$/),
			/** The template's parameters by name, as worker/protocol/circuitParameters.ts writes them. */
			parameters: z.record(z.string(), z.string()),
			wasm: z.string(),
			provingKey: z.string(),
			verificationKey: z.string(),
			/** SHA-256 of the verification key's file, which is its VK_HASH in the contracts and its CID. */
			vkHash: z.string().regex(/^0x[0-9a-f]{64}$/),
			/** True for keys whose trapdoor was known. */
			developmentOnly: z.boolean(),
		}),
	),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestEntry = Manifest["circuits"][string];

/** A circuit as the prover needs it. */
export type CircuitFiles = {
	readonly name: string;
	/** Path of the witness calculator. */
	readonly wasm: string;
	/** Path of the .zkey. */
	readonly provingKey: string;
	readonly verificationKey: VerificationKey;
	/** Path of the verification key's canonical bytes: the object that hospitals and auditors fetch by vkHash. */
	readonly verificationKeyFile: string;
	readonly vkHash: `0x${string}`;
	readonly developmentOnly: boolean;
};

const PREPARE = "run `npm run circuits` to compile the circuits and make their keys";

const readExisting = (path: string): Promise<Uint8Array> =>
	readFile(path).catch((cause: unknown) => {
		throw new DecentraHealthError("PROVING_KEY_MISSING", { message: `there is no ${path}`, nextStep: PREPARE, cause });
	});

/** @throws DecentraHealthError PROVING_KEY_MISSING, PROVING_KEY_MISMATCH */
export const readManifest = async (folder: string): Promise<Manifest> => {
	const path = join(folder, MANIFEST_NAME);
	const bytes = await readExisting(path);
	try {
		return manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
	} catch (cause) {
		throw new DecentraHealthError("PROVING_KEY_MISMATCH", {
			message: `${path} is malformed`,
			nextStep: `delete it and ${PREPARE}`,
			cause,
		});
	}
};

/**
 * The files of a manifest's entry.
 * @param folder where the manifest is
 * @throws DecentraHealthError PROVING_KEY_MISSING, PROVING_KEY_MISMATCH when its files do not belong together, VERIFICATION_KEY_MALFORMED
 */
export const openEntry = async (folder: string, name: string, entry: ManifestEntry): Promise<CircuitFiles> => {
	const locate = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
	const verificationKeyFile = locate(entry.verificationKey);
	const keyBytes = await readExisting(verificationKeyFile);
	const vkHash = contentDigest(keyBytes).hex;
	if (vkHash !== entry.vkHash) {
		throw new DecentraHealthError("PROVING_KEY_MISMATCH", {
			message: `the verification key of ${name} is not the manifest's`,
			nextStep: PREPARE,
		});
	}
	return {
		name,
		wasm: locate(entry.wasm),
		provingKey: locate(entry.provingKey),
		verificationKey: decodeVerificationKey(keyBytes),
		verificationKeyFile,
		vkHash,
		developmentOnly: entry.developmentOnly,
	};
};

/**
 * A circuit by its instance's name ("TrainSegmentWdbc"), whatever study definition it was prepared for.
 * @param folder where `npm run circuits` put the manifest, by default .cache/circuits
 * @throws DecentraHealthError as {@link openEntry}; PROVING_KEY_MISSING when it was not prepared
 */
export const loadCircuit = async (folder: string, name: string): Promise<CircuitFiles> => {
	const entry = (await readManifest(folder)).circuits[name];
	if (entry !== undefined) return openEntry(folder, name, entry);
	throw new DecentraHealthError("PROVING_KEY_MISSING", {
		message: `${join(folder, MANIFEST_NAME)} lists no circuit ${name}`,
		nextStep: PREPARE,
	});
};
