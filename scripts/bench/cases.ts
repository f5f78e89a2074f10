/** Real inputs for the benchmarks: the embedded data, a fixed seed, the study's own circuits. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCsvRows, requirePreprocessing } from "../../worker/adapters/datasetCsv.ts";
import { randomShareKey } from "../../worker/adapters/secrets.ts";
import { commitDataset } from "../../worker/core/dataset/commit.ts";
import { simulateConsortium } from "../../worker/core/dataset/consortium.ts";
import { encryptionCircuitInput } from "../../worker/core/encryption/circuitInput.ts";
import { decryptShares } from "../../worker/core/encryption/decryptShares.ts";
import { encryptUpdate } from "../../worker/core/encryption/encryptUpdate.ts";
import { initialWeights } from "../../worker/core/training/initialWeights.ts";
import { segmentInput } from "../../worker/core/training/segmentInput.ts";
import { publicKeyOf } from "../../worker/protocol/babyJubJub.ts";
import { Fr } from "../../worker/protocol/field.ts";
import { standardProfile } from "../../worker/protocol/profiles.ts";
import { learningRateInteger, type Study, studySchema } from "../../worker/protocol/study.ts";
import { ROOT } from "../checks/steps.ts";
import { toSample } from "../demo/consortium.ts";

const SEED = "bench";
const CONTEXT = 1n;

export const loadStudy = async (): Promise<Study> =>
	studySchema.parse(JSON.parse(await readFile(join(ROOT, "studies/wdbc.json"), "utf8")));

/** One hospital's committed data set, the initial weights, and the input of its first training proof. */
export const trainingCase = async (study: Study) => {
	const rows = await readCsvRows({ path: join(ROOT, "data/wdbc.csv"), preprocessing: requirePreprocessing(study) });
	const { batchSize, stepsPerSegment } = study;
	const maxBatches = 4 * stepsPerSegment;
	const { hospitals } = simulateConsortium({ rows, hospitals: 3, batchSize, maxBatches, seed: SEED });
	const samples = (hospitals[0] ?? []).map(toSample(study));
	const dataset = commitDataset({ study, samples, seed: new Uint8Array(32).fill(7) });
	const weights = initialWeights(study, SEED);
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
		saltOut: 1n,
	});
	return { dataset, weights, input };
};

/** An encryption of the weights to a fresh committee, and the input of its proof. */
export const encryptionCase = (study: Study, weights: readonly number[], sampleCount: number) => {
	const secrets = Array.from({ length: study.committee.members }, () => randomShareKey());
	const committeeKeys = secrets.map(publicKeyOf);
	const { threshold } = study.committee;
	const randomness = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };
	const options = {
		profile: standardProfile,
		weights,
		sampleCount,
		committeeKeys,
		threshold,
		context: CONTEXT,
		randomness,
	};
	const encrypted = encryptUpdate(options);
	const input = encryptionCircuitInput({
		context: CONTEXT,
		bundleDigest: 2n,
		sampleCount,
		weights,
		salt: 3n,
		committeeKeys,
		secrets: encrypted.secrets,
	});
	return { secrets, encrypted, input };
};

/** A round of `hospitals` encrypted updates with the key sums of all members. */
export const aggregationCase = (study: Study, weights: readonly number[], hospitals: number) => {
	const sampleCount = 100;
	const memberSecrets = Array.from({ length: study.committee.members }, () => randomShareKey());
	const committeeKeys = memberSecrets.map(publicKeyOf);
	const randomness = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };
	const encrypted = Array.from({ length: hospitals }, () =>
		encryptUpdate({
			profile: standardProfile,
			weights,
			sampleCount,
			committeeKeys,
			threshold: study.committee.threshold,
			context: CONTEXT,
			randomness,
		}),
	);
	const keySums = memberSecrets.map((secret, index) => ({
		memberIndex: index + 1,
		values: encrypted
			.map((update) =>
				decryptShares(
					secret,
					index + 1,
					update.public.ephemeralKey,
					update.public.encryptedShares[index] ?? [],
					CONTEXT,
				),
			)
			.reduce((sum, shares) => sum.map((value, place) => Fr.add(value, shares[place] as bigint))),
	}));
	const updates = encrypted.map((update) => ({ sampleCount, ciphertext: update.public.ciphertext }));
	return { updates, keySums };
};
