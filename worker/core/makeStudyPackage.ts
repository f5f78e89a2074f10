/** A study's package from what building its circuits left. */
import { hexToBytes } from "viem";
import { contentDigest } from "../protocol/contentDigest.ts";
import type { Study } from "../protocol/study.ts";
import { encodeStudy } from "./codecs/study.ts";
import { type StudyPackage, toBlock } from "./studyPackage.ts";
import { requireStudyPackage } from "./studyPackageChecks.ts";

type Verifier = StudyPackage["verifiers"]["update"];

const withDigest = (verifier: Omit<Verifier, "digest">): Verifier => ({
	...verifier,
	digest: contentDigest(hexToBytes(verifier.creationCode)).hex,
});

export type PackageParts = {
	readonly study: Study;
	/** Canonical bytes. */
	readonly verificationKeys: Readonly<Record<keyof StudyPackage["vkHashes"], Uint8Array>>;
	readonly verifiers: Readonly<Record<keyof StudyPackage["verifiers"], Omit<Verifier, "digest">>>;
	readonly developmentKeys: boolean;
};

/** @throws DecentraHealthError as {@link requireStudyPackage}, when the parts do not belong together */
export const makeStudyPackage = (parts: PackageParts): StudyPackage => {
	const { study, verificationKeys, verifiers, developmentKeys } = parts;
	const definition = toBlock(encodeStudy(study));
	const { train, encrypt, keySum } = verificationKeys;
	const keys = { train: toBlock(train), encrypt: toBlock(encrypt), keySum: toBlock(keySum) };
	return requireStudyPackage({
		version: 2,
		study,
		definitionDigest: definition.digest,
		blocks: [definition, keys.train, keys.encrypt, keys.keySum],
		vkHashes: { train: keys.train.digest, encrypt: keys.encrypt.digest, keySum: keys.keySum.digest },
		verifiers: { update: withDigest(verifiers.update), keySum: withDigest(verifiers.keySum) },
		developmentKeys,
	});
};
