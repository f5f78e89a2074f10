/**
 * All that creating a study takes besides a wallet: its definition and verification keys as blocks for IPFS, and the creation code of its two
 * verifiers. The initial model depends on the deployment as well: whoever creates the study computes it (`placePackage`). `npm run study -- package` makes it where the circuits were built; whoever signs checks it again.
 */
import type { Hex } from "viem";
import { z } from "zod";
import { contentDigest } from "../protocol/contentDigest.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { studySchema } from "../protocol/study.ts";

/** EIP-3860: a transaction creates no contract with longer creation code. */
export const MOST_CREATION_BYTES = 49_152;
/** One raw block; worker/adapters/ipfs/blockStore.ts has the same. */
export const MOST_BLOCK_BYTES = 2 ** 20;
/** Definition, three verification keys. */
export const BLOCKS = 4;
/** Of the file: base64 of all blocks, two creation codes, and the study once more. */
export const MOST_PACKAGE_BYTES = 8 * 2 ** 20;

const digest = z
	.string()
	.regex(/^0x[0-9a-f]{64}$/, "not 0x and 64 lower-case hex digits")
	.transform((text) => text as Hex);

const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

const verifierSchema = z.strictObject({
	/** Name of the generated contract. */
	contract: z.string().regex(/^[A-Z][A-Za-z0-9]{0,63}$/, "not a contract's name"),
	/** Creation bytecode with the constructor's arguments: the data of the transaction that deploys it. */
	creationCode: z
		.string()
		.regex(/^0x([0-9a-f]{2})+$/, "not 0x and lower-case hex digits of whole bytes")
		.max(2 + 2 * MOST_CREATION_BYTES, `more than ${MOST_CREATION_BYTES} bytes (EIP-3860)`)
		.transform((text) => text as Hex),
	/** SHA-256 of the creation code's bytes: what two people compare. */
	digest,
});

export const studyPackageSchema = z.strictObject({
	/** 1 had an initial model of any seed. */
	version: z.literal(2),
	study: studySchema,
	/** The study's canonical JSON is the block with this digest. */
	definitionDigest: digest,
	blocks: z.array(z.strictObject({ digest, base64: z.base64().max(base64Length(MOST_BLOCK_BYTES)) })).length(BLOCKS),
	vkHashes: z.strictObject({ train: digest, encrypt: digest, keySum: digest }),
	verifiers: z.strictObject({ update: verifierSchema, keySum: verifierSchema }),
	/** Made on one machine, which could forge proofs: of use on local chains alone. */
	developmentKeys: z.boolean(),
});

export type StudyPackage = z.infer<typeof studyPackageSchema>;

/** A package in a deployment: with the block of the initial model there. */
export type PlacedPackage = StudyPackage & {
	/** Commitment to the initial weights with salt 0. */
	readonly weightCommitment: bigint;
	/** The initial model is the block with this digest. */
	readonly modelDigest: Hex;
};

export const blockBytes = ({ base64 }: StudyPackage["blocks"][number]): Uint8Array =>
	Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

export const toBlock = (bytes: Uint8Array): StudyPackage["blocks"][number] => ({
	digest: contentDigest(bytes).hex,
	base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")),
});

export const packageInvalid = (message: string): DecentraHealthError =>
	new DecentraHealthError("STUDY_PACKAGE_INVALID", {
		message,
		nextStep: "Make the package again: `npm run study -- package STUDY.json --out PACKAGE.json`.",
	});

/** The form alone; checkStudyPackage says whether the parts belong together. @throws DecentraHealthError STUDY_PACKAGE_INVALID */
export const parseStudyPackage = (text: string): StudyPackage => {
	if (text.length > MOST_PACKAGE_BYTES) throw packageInvalid(`a package has at most ${MOST_PACKAGE_BYTES} characters`);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw packageInvalid("the package is no JSON");
	}
	const parsed = studyPackageSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const problems = parsed.error.issues
		.slice(0, 10)
		.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
	throw packageInvalid(`the package has wrong fields: ${problems.join("; ")}`);
};
