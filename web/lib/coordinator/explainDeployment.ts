/** What deploying a study's verifier does, in words. Only creation code that is a checked package's, byte for byte, is explained, and so sent. */
import type { StudyPackage } from "../../../worker/core/studyPackage.ts";
import type { Explain, Explanation } from "../explain/types.ts";
import { byteLength, explanation } from "../explain/words.ts";

export type VerifierKind = keyof StudyPackage["verifiers"];

const ABOUT: Readonly<Record<VerifierKind, { readonly title: string; readonly checks: string }>> = {
	update: {
		title: "Deploy the verifier of updates",
		checks: "It checks every hospital's proofs of training and encryption, all of an update at once.",
	},
	keySum: {
		title: "Deploy the verifier of key sums",
		checks: "It checks every committee member's proof of its key sum.",
	},
};

const keyFacts = ({ vkHashes }: StudyPackage, kind: VerifierKind): Explanation["facts"] =>
	kind === "update"
		? [
				{ label: "Hash of the key of TrainSegment", value: vkHashes.train },
				{ label: "Hash of the key of EncryptUpdate", value: vkHashes.encrypt },
			]
		: [{ label: "Hash of the key of KeySum", value: vkHashes.keySum }];

/** @param made a package that passed every check @param kind the verifier that is due */
export const explainDeployment =
	(made: StudyPackage, kind: VerifierKind): Explain =>
	({ to, data, value = 0n }) => {
		const { contract, creationCode, digest } = made.verifiers[kind];
		if (to !== undefined || value !== 0n || data.toLowerCase() !== creationCode) return undefined;
		const { title, checks } = ABOUT[kind];
		return explanation({
			title,
			sentences: [
				`A new contract is created, ${contract} of the study "${made.study.name}". ${checks}`,
				"It has no owner, holds no money and no data, and nobody can change it. The study refers to it once it is created.",
				"Its creation code is the package's, byte for byte, and holds the verification keys named here.",
			],
			facts: [
				{ label: "Contract", value: contract },
				...keyFacts(made, kind),
				{ label: "Size of the creation code", value: `${byteLength(creationCode).toLocaleString("en-US")} bytes` },
				{ label: "SHA-256 of the creation code", value: digest },
			],
			becomesPublic: ["The verifier's code with its verification keys, which are public anyway."],
			warnings: made.developmentKeys
				? ["Its keys are development keys, made on one machine: whoever made them can forge proofs."]
				: [],
		});
	};
