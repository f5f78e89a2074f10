/** Real inputs for the benchmarks: the embedded data, a fixed seed, the study's own circuits. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { readSamples } from "../../worker/adapters/dataset/readSamples.ts";
import { randomShareKey } from "../../worker/adapters/secrets.ts";
import { readStudyFile } from "../../worker/adapters/studyFile.ts";
import { commitDataset } from "../../worker/core/dataset/commit.ts";
import { simulateConsortium } from "../../worker/core/dataset/consortium.ts";
import { encryptionCircuitInput } from "../../worker/core/encryption/circuitInput.ts";
import { encryptUpdate } from "../../worker/core/encryption/encryptUpdate.ts";
import { openShares } from "../../worker/core/encryption/openShares.ts";
import { keySumCircuitInputs } from "../../worker/core/keySum/circuitInputs.ts";
import { keySumValues } from "../../worker/core/keySum/keySumValues.ts";
import { initialWeights } from "../../worker/core/training/initialWeights.ts";
import { segmentInput } from "../../worker/core/training/segmentInput.ts";
import { trainSegments } from "../../worker/node/trainingProofs.ts";
import { publicKeyOf } from "../../worker/protocol/babyJubJub.ts";
import { standInDeployment } from "../../worker/protocol/deploymentId.ts";
import { standardProfile } from "../../worker/protocol/profiles.ts";
import { architectureOf, learningRateInteger, normBoundInteger, type Study } from "../../worker/protocol/study.ts";
import { ROOT } from "../checks/steps.ts";

const SEED = "bench";
const CONTEXT = 1n;

export const loadStudy = (name = "wdbc"): Promise<Study> => readStudyFile(name);

/** One hospital's committed data set, the initial weights, and the input of its first training proof. */
export const trainingCase = async (study: Study) => {
	const rows = await readSamples({ path: join(ROOT, "data/wdbc.csv"), study });
	const { batchSize, stepsPerSegment } = study;
	const maxBatches = 4 * stepsPerSegment;
	const { hospitals } = simulateConsortium({ rows, hospitals: 3, batchSize, maxBatches, seed: SEED });
	const samples = hospitals[0] ?? [];
	const dataset = commitDataset({ study, samples, seed: new Uint8Array(32).fill(7) });
	const weights = initialWeights(study, standInDeployment(SEED));
	const { input } = segmentInput({
		study,
		dataset,
		context: CONTEXT,
		beacon: 0,
		firstStep: 0,
		totalSteps: dataset.batchCount,
		learningRate: learningRateInteger(study.learningRate),
		weightsIn: weights,
		saltIn: 0n,
		secretOut: 1n,
	});
	return { dataset, weights, input };
};

/** All training proofs' inputs of a hospital with as many random samples as fill `segments` segments: what they cost does not depend on the samples. */
export const segmentCases = (study: Study, segments: number) => {
	const { inputCount } = architectureOf(study);
	const samples = Array.from({ length: segments * study.stepsPerSegment * study.batchSize }, (_, index) => ({
		inputs: new Uint8Array(randomBytes(inputCount)),
		label: index % study.classes.length,
	}));
	const dataSeed = new Uint8Array(32).fill(7);
	return trainSegments({
		...{ study, dataSeed, context: CONTEXT, statement: SEED, beacon: 0 },
		// Costs are wanted of fewer batches than a hospital may have.
		dataset: commitDataset({ study: { ...study, minSamples: 1, minBatches: 1 }, samples, seed: dataSeed }),
		epochs: 1,
		stepsPerSegment: study.stepsPerSegment,
		learningRate: learningRateInteger(study.learningRate),
		baseWeights: initialWeights(study, standInDeployment(SEED)),
	}).inputs;
};

const randomness = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };

/** Updates of `hospitals` hospitals for a fresh committee, each under a context of its own, and what they deal to each member. */
const dealtUpdates = (study: Study, weights: readonly number[], sampleCount: number, hospitals: number) => {
	const memberSecrets = Array.from({ length: study.committee.members }, () => randomShareKey());
	const committeeKeys = memberSecrets.map(publicKeyOf);
	const { threshold } = study.committee;
	const updates = Array.from({ length: hospitals }, (_, index) => {
		const context = CONTEXT + BigInt(index);
		const statement = { weights, sampleCount, committeeKeys, context };
		return { ...statement, ...encryptUpdate({ ...statement, profile: standardProfile, threshold, randomness }) };
	});
	const dealings = memberSecrets.map((secret, index) =>
		updates.map(({ context, public: { ephemeralKey, encryptedShares, shareCommitments } }) => ({
			context,
			shareCommitments,
			...openShares(secret, index + 1, ephemeralKey, encryptedShares[index] ?? [], context),
		})),
	);
	return { updates, dealings };
};

/** The input of an encryption proof. */
export const encryptionCase = (study: Study, weights: readonly number[], sampleCount: number) => {
	const [update] = dealtUpdates(study, weights, sampleCount, 1).updates;
	if (update === undefined) throw new RangeError("no update");
	const { secrets, committeeKeys, context } = update;
	return encryptionCircuitInput({
		...{ context, sampleCount, weights, committeeKeys, secrets },
		bundleDigest: 2n,
		salt: 3n,
		baseWeights: weights,
		normBound: normBoundInteger(study),
	});
};

/** The input of a key sum proof over `hospitals` updates, at most the study's slots. */
export const keySumCase = (study: Study, weights: readonly number[], hospitals: number) => {
	const [dealings = []] = dealtUpdates(study, weights, 100, hospitals).dealings;
	const [proof] = keySumCircuitInputs({ gamma: 5n, memberIndex: 1, slots: study.keySumSlots, dealings, randomness });
	if (proof === undefined) throw new RangeError("no proof");
	return proof.input;
};

/** A round of `hospitals` encrypted updates with the key sums of all members. */
export const aggregationCase = (study: Study, weights: readonly number[], hospitals: number) => {
	const sampleCount = 100;
	const { updates, dealings } = dealtUpdates(study, weights, sampleCount, hospitals);
	return {
		updates: updates.map(({ public: { ciphertext } }) => ({ sampleCount, ciphertext })),
		keySums: dealings.map((dealt, index) => ({
			memberIndex: index + 1,
			values: keySumValues(dealt.map(({ shares }) => shares)),
		})),
	};
};
