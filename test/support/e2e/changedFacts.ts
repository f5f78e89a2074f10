/** Single facts that a replayed update finds changed, and what the contract answers. */
import { DURATIONS, digest } from "../contracts/deploy.ts";
import { type Change, type Facts, HOSPITAL, OTHER, openRound, REFUSED } from "./sameWorld.ts";

export type ChangedFact = {
	readonly fact: string;
	readonly change: (facts: Facts) => Change;
	readonly answer: string;
};

export const datasetAt = ({ setting }: Facts, index: number) => {
	const dataset = setting.datasets?.[index];
	if (dataset === undefined) throw new RangeError(`no data set ${index}`);
	return dataset;
};

export const datasetsWith = (
	{ setting }: Facts,
	index: number,
	change: Partial<{ readonly root: bigint; readonly batchCount: number }>,
) => (setting.datasets ?? []).map((dataset, at) => (at === index ? { ...dataset, ...change } : dataset));

const shareKeysOf = ({ setting }: Facts): readonly bigint[] => setting.shareKeys ?? [];

/** A beacon is a u32. */
const beaconPlus = ({ beacon }: Facts, steps: number): Change => ({ beacon: (beacon + steps) % 2 ** 32 });

const nextRound: NonNullable<Change["open"]> = async (consortium, { networkHelpers }) => {
	const first = await openRound(consortium);
	await networkHelpers.time.increase(DURATIONS.submission + 1);
	await consortium.roundManager.write.fail([first]);
	return openRound(consortium);
};

/** Opens the first round of a second study: the round's number is the same. */
const twinStudy =
	(facts: Facts): NonNullable<Change["open"]> =>
	async (consortium) => {
		const { modelRegistry, hospitalRegistry, hospitals, study } = consortium;
		const { commitment, digest: model } = facts.setting.initialModel ?? { commitment: 0n, digest: "0x" };
		await modelRegistry.write.createStudy([{ ...study, nameHash: digest("twin") }, commitment, model]);
		for (const [index, { account }] of hospitals.entries()) {
			const { root, batchCount } = datasetAt(facts, index);
			await hospitalRegistry.write.commitDataset([2n, root, batchCount * study.batchSize, batchCount], { account });
		}
		return openRound(consortium, 2n);
	};

export const changedFacts: readonly ChangedFact[] = [
	{ fact: "the chain id", change: () => ({ chainId: 1337 }), answer: REFUSED },
	{ fact: "the contract: a second deployment on the same chain", change: () => ({ second: true }), answer: REFUSED },
	{ fact: "the round: the next one, from the same model", change: () => ({ open: nextRound }), answer: REFUSED },
	{
		fact: "the study: a second one of the same contents, with the same hospitals, data and round number",
		change: (facts) => ({ open: twinStudy(facts) }),
		answer: REFUSED,
	},
	{
		fact: "the study's learning rate",
		change: ({ setting }) => ({ setting: { study: { ...setting.study, learningRate: 511 } } }),
		answer: REFUSED,
	},
	{ fact: "the batch order's beacon", change: (facts) => beaconPlus(facts, 1), answer: REFUSED },
	{
		fact: "the beacon, by a whole turn of the batches",
		change: (facts) => beaconPlus(facts, datasetAt(facts, HOSPITAL).batchCount),
		answer: REFUSED,
	},
	{
		fact: "the data set",
		change: (facts) => ({
			setting: { datasets: datasetsWith(facts, HOSPITAL, { root: datasetAt(facts, OTHER).root }) },
		}),
		answer: REFUSED,
	},
	{
		fact: "the starting model",
		change: () => ({ setting: { initialModel: { commitment: 4711n, digest: digest("another model") } } }),
		answer: REFUSED,
	},
	{
		fact: "one committee member's key, which only the encryption is about",
		change: (facts) => ({
			setting: { shareKeys: shareKeysOf(facts).map((key, index) => (index === 1 ? key + 1n : key)) },
		}),
		answer: REFUSED,
	},
	{
		fact: "the order of the committee",
		change: (facts) => ({ setting: { shareKeys: shareKeysOf(facts).toReversed() } }),
		answer: REFUSED,
	},
];
