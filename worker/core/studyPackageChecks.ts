/** Whether the parts of a study's package belong together: everything that can be said without a chain. */
import { hexToBytes, toFunctionSelector } from "viem";
import { studyInstanceName } from "../protocol/circuitNames.ts";
import { contentDigest } from "../protocol/contentDigest.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";
import { ENCRYPT_UPDATE_SIGNALS, keySumSignalCount, TRAIN_SEGMENT_SIGNALS } from "../protocol/publicSignals.ts";
import { encodeStudy } from "./codecs/study.ts";
import { decodeVerificationKey, type VerificationKey } from "./codecs/verificationKey.ts";
import { g1Words, minusG2Words } from "./codecs/verifierWords.ts";
import { budgetProblems } from "./estimate/budget.ts";
import { blockBytes, MOST_BLOCK_BYTES, packageInvalid, type StudyPackage } from "./studyPackage.ts";

export type PackageCheck = {
	readonly id: "blocks" | "definition" | "budget" | "keys" | "updateVerifier" | "keySumVerifier" | "development";
	/** The package's field that it is about. */
	readonly field: string;
	/** What holds when it passes. */
	readonly title: string;
	/** Why it does not pass. */
	readonly problem?: string;
};

/** What is wrong, or undefined. */
type Problem = string | undefined;
type Keys = Readonly<Record<keyof StudyPackage["vkHashes"], VerificationKey>>;

const blocksProblem = ({ blocks, ...rest }: StudyPackage): Problem => {
	const needed = [rest.definitionDigest, rest.vkHashes.train, rest.vkHashes.encrypt, rest.vkHashes.keySum];
	for (const [index, block] of blocks.entries()) {
		const bytes = blockBytes(block);
		if (bytes.length === 0 || bytes.length > MOST_BLOCK_BYTES)
			return `block ${index} has ${bytes.length} bytes; allowed are 1 to ${MOST_BLOCK_BYTES}`;
		if (contentDigest(bytes).hex !== block.digest) return `block ${index} does not have the digest ${block.digest}`;
		if (!needed.includes(block.digest)) return `block ${index} is none that the study needs`;
	}
	const missing = needed.find((digest) => !blocks.some((block) => block.digest === digest));
	return missing === undefined ? undefined : `there is no block ${missing}`;
};

const definitionProblem = ({ study, definitionDigest }: StudyPackage): Problem =>
	contentDigest(encodeStudy(study)).hex === definitionDigest
		? undefined
		: "is not the digest of the study's definition";

const budgetProblem = ({ study }: StudyPackage): Problem => {
	const [first] = budgetProblems(study);
	return first && `${first.field} = ${first.value}: ${first.estimate}`;
};

const decodeKeys = ({ blocks, vkHashes }: StudyPackage): Keys | string => {
	const keyOf = (kind: keyof Keys): VerificationKey => {
		const block = blocks.find(({ digest }) => digest === vkHashes[kind]);
		if (block === undefined) throw new RangeError(`there is no block ${vkHashes[kind]}`);
		return decodeVerificationKey(blockBytes(block));
	};
	try {
		return { train: keyOf("train"), encrypt: keyOf("encrypt"), keySum: keyOf("keySum") };
	} catch (error) {
		if (error instanceof RangeError || isDecentraHealthError(error)) return error.message;
		throw error;
	}
};

const keysProblem = ({ study, vkHashes }: StudyPackage, keys: Keys | string): Problem => {
	if (typeof keys === "string") return keys;
	if (new Set(Object.values(vkHashes)).size < 3) return "two circuits have the same key";
	const signals = {
		train: TRAIN_SEGMENT_SIGNALS.length,
		encrypt: ENCRYPT_UPDATE_SIGNALS.length,
		keySum: keySumSignalCount(study.keySumSlots),
	};
	for (const kind of ["train", "encrypt", "keySum"] as const) {
		const { nPublic } = keys[kind];
		if (nPublic !== signals[kind])
			return `the key of ${kind} has ${nPublic} public signals instead of ${signals[kind]}`;
	}
	const { train, encrypt } = keys;
	const shared = (["vk_alpha_1", "vk_beta_2", "vk_gamma_2"] as const).every(
		(point) => `${train[point]}` === `${encrypt[point]}`,
	);
	return shared ? undefined : "the keys of training and encryption are not of one ceremony";
};

/** The generated contracts hold each key's points as one literal, and its hash as a constant: both are in the creation code as they are. */
const verifierProblem = (
	{ study, verifiers }: StudyPackage,
	kind: keyof StudyPackage["verifiers"],
	keys: readonly { readonly key: VerificationKey; readonly hash: string }[] | undefined,
): Problem => {
	const { contract, creationCode, digest } = verifiers[kind];
	const name = `${{ update: "Update", keySum: "KeySum" }[kind]}${studyInstanceName(study.name)}Verifier`;
	if (contract !== name) return `is for the contract ${contract} instead of ${name}`;
	if (contentDigest(hexToBytes(creationCode)).hex !== digest) return "the creation code does not have its digest";
	if (keys === undefined) return "the keys that it should hold can't be read";
	for (const { key, hash } of keys) {
		const wanted = {
			"the key's hash": [hash.slice(2)],
			"the key's points": key.IC.flatMap(g1Words),
			"the key's delta": minusG2Words(key.vk_delta_2),
			"the key's gamma": minusG2Words(key.vk_gamma_2),
			"the key's beta": minusG2Words(key.vk_beta_2),
			"the key's alpha": g1Words(key.vk_alpha_1),
		};
		for (const [what, words] of Object.entries(wanted)) {
			if (!creationCode.includes(words.join(""))) return `the creation code does not hold ${what} (${hash})`;
		}
	}
	return undefined;
};

/** Their constructor refuses other chains than local ones with this error. */
const DEVELOPMENT_SELECTOR = toFunctionSelector("Verifier__DevelopmentKeys(uint256)").slice(2);

const developmentProblem = ({ developmentKeys, verifiers }: StudyPackage): Problem => {
	const marked = [verifiers.update, verifiers.keySum].some(({ creationCode }) =>
		creationCode.includes(DEVELOPMENT_SELECTOR),
	);
	return marked === developmentKeys ? undefined : `says ${developmentKeys}, but the verifiers' code says ${marked}`;
};

/** All checks, in the order that they are shown in. */
export const checkStudyPackage = (candidate: StudyPackage): readonly PackageCheck[] => {
	const keys = decodeKeys(candidate);
	const { vkHashes } = candidate;
	const ofKeys = (kinds: readonly (keyof Keys)[]) =>
		typeof keys === "string" ? undefined : kinds.map((kind) => ({ key: keys[kind], hash: vkHashes[kind] }));
	const check = (id: PackageCheck["id"], field: string, title: string, problem: Problem): PackageCheck =>
		problem === undefined ? { id, field, title } : { id, field, title, problem };
	return [
		check("blocks", "blocks", "The four blocks have the digests that they are listed under", blocksProblem(candidate)),
		check(
			"definition",
			"definitionDigest",
			"The definition's digest is that of this study",
			definitionProblem(candidate),
		),
		check("budget", "study", "The study is within the limits of what can be proven", budgetProblem(candidate)),
		check(
			"keys",
			"vkHashes",
			"The three verification keys are valid and fit the study's circuits",
			keysProblem(candidate, keys),
		),
		check(
			"updateVerifier",
			"verifiers.update",
			"The verifier of updates holds the keys of training and encryption",
			verifierProblem(candidate, "update", ofKeys(["train", "encrypt"])),
		),
		check(
			"keySumVerifier",
			"verifiers.keySum",
			"The verifier of key sums holds the key of key sums",
			verifierProblem(candidate, "keySum", ofKeys(["keySum"])),
		),
		check(
			"development",
			"developmentKeys",
			"The package says truthfully whether its keys are development keys",
			developmentProblem(candidate),
		),
	];
};

/** The package itself when every check passes. @throws DecentraHealthError STUDY_PACKAGE_INVALID naming the first that does not */
export const requireStudyPackage = (candidate: StudyPackage): StudyPackage => {
	const failed = checkStudyPackage(candidate).find(({ problem }) => problem !== undefined);
	if (failed === undefined) return candidate;
	throw packageInvalid(`${failed.field}: ${failed.problem}`);
};
