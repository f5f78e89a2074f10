/** Where creating a study stands: decided from what is chosen and what the chain and the gateways say, so that a reload goes on by itself. */
import type { Address } from "viem";
import type { Ledger, StudyRecord } from "../../../worker/core/ledger/state.ts";
import type { PlacedPackage } from "../../../worker/core/studyPackage.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { studyOfName } from "./packageChecks.ts";
import type { BlockState } from "./publication.ts";

export const STEPS = ["file", "package", "publish", "updateVerifier", "keySumVerifier", "create"] as const;
export type Step = (typeof STEPS)[number];

export const STEP_TITLES: Readonly<Record<Step, string>> = {
	file: "Choose the study's file",
	package: "Make and check its package",
	publish: "Publish its blocks",
	updateVerifier: "Deploy the verifier of updates",
	keySumVerifier: "Deploy the verifier of key sums",
	create: "Create the study",
};

export type Progress = {
	readonly study: Study | undefined;
	/** Undefined also while the file that was chosen does not pass every check. */
	readonly made: PlacedPackage | undefined;
	/** By digest. */
	readonly blocks: ReadonlyMap<string, BlockState>;
	readonly updateVerifier: Address | undefined;
	readonly keySumVerifier: Address | undefined;
	readonly studies: Ledger["studies"];
};

export type CreationState =
	| { readonly kind: "step"; readonly step: Step }
	| { readonly kind: "created"; readonly record: StudyRecord };

export const allThere = ({ blocks }: PlacedPackage, states: ReadonlyMap<string, BlockState>): boolean =>
	blocks.every(({ digest }) => states.get(digest)?.kind === "there");

/** The first step that is not done. A study on chain with this name and definition is the end, whoever created it. */
export const creationState = ({
	study,
	made,
	blocks,
	updateVerifier,
	keySumVerifier,
	studies,
}: Progress): CreationState => {
	if (study === undefined) return { kind: "step", step: "file" };
	if (made === undefined) return { kind: "step", step: "package" };
	const record = studyOfName(made.study.name, studies);
	if (record !== undefined && record.parameters.definitionDigest === made.definitionDigest)
		return { kind: "created", record };
	if (!allThere(made, blocks)) return { kind: "step", step: "publish" };
	if (updateVerifier === undefined) return { kind: "step", step: "updateVerifier" };
	if (keySumVerifier === undefined) return { kind: "step", step: "keySumVerifier" };
	return { kind: "step", step: "create" };
};

/** Quoted for a shell, when it has to be. */
const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command that makes the package of a file. @param file as it is called on the user's disk */
export const packageCommand = (file: string, study: Pick<Study, "name">): string =>
	`npm run study -- package ${quoted(file)} --out ${quoted(`${study.name}.package.json`)}`;
