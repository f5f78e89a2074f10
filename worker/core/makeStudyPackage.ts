/** A study's package from what building its circuits left. */
import { hexToBytes } from "viem";
import { contentDigest } from "../protocol/contentDigest.ts";
import { commitWeights } from "../protocol/packing.ts";
import type { Study } from "../protocol/study.ts";
import { encodeModel } from "./codecs/model.ts";
import { encodeStudy } from "./codecs/study.ts";
import type { StudyPackage } from "./studyPackage.ts";
import { requireStudyPackage } from "./studyPackageChecks.ts";
import { initialWeights } from "./training/initialWeights.ts";

const toBlock = (bytes: Uint8Array): StudyPackage["blocks"][number] => ({
	digest: contentDigest(bytes).hex,
	base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")),
});

type Verifier = StudyPackage["verifiers"]["update"];

const withDigest = (verifier: Omit<Verifier, "digest">): Verifier => ({
	...verifier,
	digest: contentDigest(hexToBytes(verifier.creationCode)).hex,
});

export type PackageParts = {
	readonly study: Study;
	readonly seed: string;
	/** Canonical bytes. */
	readonly verificationKeys: Readonly<Record<keyof StudyPackage["vkHashes"], Uint8Array>>;
	readonly verifiers: Readonly<Record<keyof StudyPackage["verifiers"], Omit<Verifier, "digest">>>;
	readonly developmentKeys: boolean;
};

/** @throws DecentraHealthError as {@link requireStudyPackage}, when the parts do not belong together */
export const makeStudyPackage = (parts: PackageParts): StudyPackage => {
	const { study, seed, verificationKeys, verifiers, developmentKeys } = parts;
	const weights = initialWeights(study, seed);
	const definition = toBlock(encodeStudy(study));
	const model = toBlock(encodeModel(weights));
	const { train, encrypt, keySum } = verificationKeys;
	const keys = { train: toBlock(train), encrypt: toBlock(encrypt), keySum: toBlock(keySum) };
	return requireStudyPackage({
		version: 1,
		study,
		seed,
		definitionDigest: definition.digest,
		blocks: [definition, keys.train, keys.encrypt, keys.keySum, model],
		vkHashes: { train: keys.train.digest, encrypt: keys.encrypt.digest, keySum: keys.keySum.digest },
		verifiers: { update: withDigest(verifiers.update), keySum: withDigest(verifiers.keySum) },
		developmentKeys,
		weightCommitment: commitWeights(weights, 0n).toString(),
		modelDigest: model.digest,
	});
};
