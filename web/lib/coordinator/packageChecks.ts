/** Every check of a study's package before anything of it is published or signed: its own, and those that need the study and the chain. */
import { type Address, keccak256, stringToBytes } from "viem";
import { encodeStudy } from "../../../worker/core/codecs/study.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import type { StudyPackage } from "../../../worker/core/studyPackage.ts";
import { checkStudyPackage } from "../../../worker/core/studyPackageChecks.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { isDevelopmentChain, leastDataset, leastUpdates } from "../../../worker/protocol/developmentChain.ts";
import type { Study } from "../../../worker/protocol/study.ts";

export type Check = { readonly id: string; readonly title: string; readonly problem?: string };

export type CheckContext = {
	/** From the file that was chosen first. */
	readonly study: Study;
	readonly chainId: number;
	readonly roundManager: Address;
	readonly studies: Ledger["studies"];
};

const check = (id: string, title: string, problem: string | undefined): Check =>
	problem === undefined ? { id, title } : { id, title, problem };

/** @returns the study of this name on chain, whose creation would be refused */
export const studyOfName = (name: string, studies: Ledger["studies"]) => {
	const hash = keccak256(stringToBytes(name));
	return [...studies.values()].find(({ nameHash }) => nameHash === hash);
};

const nameProblem = (made: StudyPackage, studies: Ledger["studies"]): string | undefined => {
	const taken = studyOfName(made.study.name, studies);
	if (taken === undefined) return undefined;
	if (taken.parameters.definitionDigest !== made.definitionDigest) {
		return `study ${taken.studyId} is called "${made.study.name}" already, and is another one`;
	}
	const { train, encrypt, keySum } = made.vkHashes;
	const keys = [taken.trainVkHash, taken.encryptVkHash, taken.keySumVkHash].map((hash) => hash.toLowerCase());
	return keys.join() === [train, encrypt, keySum].join()
		? undefined
		: `study ${taken.studyId} has this definition already, with other verification keys`;
};

export const packageChecks = (made: StudyPackage, { study, chainId, studies }: CheckContext): readonly Check[] => {
	const least = leastUpdates(chainId);
	const floor = leastDataset(chainId);
	return [
		check(
			"same-study",
			"The package is of the study file that you chose",
			contentDigest(encodeStudy(study)).hex === made.definitionDigest
				? undefined
				: `the package is of "${made.study.name}" with other values: make it again from your file`,
		),
		...checkStudyPackage(made).map(({ id, title, problem }) => check(id, title, problem)),
		check("name", "No other study on this chain has its name", nameProblem(made, studies)),
		check(
			"chain-keys",
			"This chain accepts its keys",
			made.developmentKeys && !isDevelopmentChain(chainId)
				? `they are development keys, whose maker can forge proofs; chain ${chainId} is no development chain`
				: undefined,
		),
		check(
			"chain-updates",
			"This chain accepts its fewest updates",
			made.study.minUpdates < least ? `${made.study.minUpdates}; here at least ${least} are needed` : undefined,
		),
		check(
			"chain-dataset",
			"This chain accepts its floor on a hospital's data set",
			made.study.minSamples < floor.minSamples || made.study.minBatches < floor.minBatches
				? `${made.study.minSamples} samples and ${made.study.minBatches} batches; here at least ${floor.minSamples} and ${floor.minBatches} are needed`
				: undefined,
		),
	];
};

export const passes = (checks: readonly Check[]): boolean => checks.every(({ problem }) => problem === undefined);
