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

const readManifest = async (path: string): Promise<z.infer<typeof manifestSchema>> => {
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
 * A circuit by its instance's name ("TrainSegmentWdbc").
 * @param folder where `npm run circuits` put the manifest, by default .cache/circuits
 * @throws DecentraHealthError PROVING_KEY_MISSING when it was not prepared, PROVING_KEY_MISMATCH when its files do not belong together,
 *   VERIFICATION_KEY_MALFORMED
 */
export const loadCircuit = async (folder: string, name: string): Promise<CircuitFiles> => {
	const manifest = await readManifest(join(folder, MANIFEST_NAME));
	const entry = manifest.circuits[name];
	if (entry === undefined) {
		throw new DecentraHealthError("PROVING_KEY_MISSING", {
			message: `${join(folder, MANIFEST_NAME)} lists no circuit ${name}`,
			nextStep: PREPARE,
		});
	}
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
