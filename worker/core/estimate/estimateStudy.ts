/** What a study will cost, from its file alone: nothing is compiled. */
import { standardProfile } from "../../protocol/profiles.ts";
import { ENCRYPT_UPDATE_SIGNALS, keySumSignalCount, TRAIN_SEGMENT_SIGNALS } from "../../protocol/publicSignals.ts";
import { architectureOf, type Study } from "../../protocol/study.ts";
import { bundleLength } from "../codecs/bundle.ts";
import { type CircuitEstimate, estimateCircuit, type ProvingSpeed } from "./circuit.ts";
import { keySumGas, roundGas, submissionGas } from "./gas.ts";
import { encryptionConstraints, keySumConstraints } from "./otherConstraints.ts";
import { trainingConstraints } from "./trainingConstraints.ts";

export type StudyEstimate = {
	readonly study: string;
	readonly weightCount: number;
	readonly circuits: {
		readonly train: CircuitEstimate;
		readonly encrypt: CircuitEstimate;
		readonly keySum: CircuitEstimate;
	};
	readonly constraintsPerSampleStep: number;
	/** What was assumed: hospitals, and training samples of each. */
	readonly hospitals: number;
	readonly samples: number;
	readonly segments: number;
	/** Of one round: by a hospital, by a member, and by all. */
	readonly proofs: { readonly hospital: number; readonly member: number; readonly round: number };
	/** On this machine, one proof after another. */
	readonly seconds: { readonly hospital: number; readonly member: number; readonly round: number };
	readonly gas: { readonly submission: number; readonly keySum: number; readonly round: number };
	readonly bytes: { readonly bundle: number; readonly model: number; readonly round: number };
	readonly speed: ProvingSpeed;
};

export type EstimateOptions = {
	readonly speed: ProvingSpeed;
	/** By default the study's minUpdates. */
	readonly hospitals?: number | undefined;
	/** Of each hospital; by default as many as a data set can have. */
	readonly samples?: number | undefined;
};

/** Most samples of a hospital: its data set's tree is full. */
export const mostSamples = ({ datasetDepth, batchSize }: Pick<Study, "datasetDepth" | "batchSize">): number =>
	2 ** datasetDepth * batchSize;

/** @throws RangeError for fewer samples than a batch, or more than a data set can have */
export const segmentsOf = (study: Study, samples: number): number => {
	if (samples < study.batchSize || samples > mostSamples(study)) {
		throw new RangeError(`${samples} samples; from ${study.batchSize} to ${mostSamples(study)}`);
	}
	return Math.ceil((study.epochs * Math.floor(samples / study.batchSize)) / study.stepsPerSegment);
};

/** Magic, version, profile, count of weights; then 4 bytes a weight, and 8 for each of the server optimizer's arrays. */
const modelBytes = ({ serverOptimizer }: Study, weightCount: number): number => {
	const arrays = { fedavg: 0, fedavgm: 1, fedadam: 2 }[serverOptimizer.kind];
	return 12 + (4 + 8 * arrays) * weightCount;
};

export const estimateStudy = (study: Study, { speed, ...options }: EstimateOptions): StudyEstimate => {
	const { hospitals = study.minUpdates, samples = mostSamples(study) } = options;
	const { weightCount } = architectureOf(study);
	const training = trainingConstraints(study);
	const count = (constraints: number, publicSignals: number) => ({ constraints, publicSignals });
	const circuits = {
		train: estimateCircuit("TrainSegment", count(training.total, TRAIN_SEGMENT_SIGNALS.length), speed),
		encrypt: estimateCircuit(
			"EncryptUpdate",
			count(encryptionConstraints(study), ENCRYPT_UPDATE_SIGNALS.length),
			speed,
		),
		keySum: estimateCircuit("KeySum", count(keySumConstraints(study), keySumSignalCount(study.keySumSlots)), speed),
	};
	const segments = segmentsOf(study, samples);
	const keySums = Math.ceil(hospitals / study.keySumSlots);
	const { members, threshold } = study.committee;
	const hospitalSeconds = segments * circuits.train.provingSeconds + circuits.encrypt.provingSeconds;
	const memberSeconds = keySums * circuits.keySum.provingSeconds;
	const bundle = bundleLength(standardProfile, { members, weightCount });
	const model = modelBytes(study, weightCount);
	return {
		study: study.name,
		weightCount,
		circuits,
		constraintsPerSampleStep: training.perSampleStep,
		hospitals,
		samples,
		segments,
		proofs: { hospital: segments + 1, member: keySums, round: hospitals * (segments + 1) + threshold * keySums },
		seconds: {
			hospital: hospitalSeconds,
			member: memberSeconds,
			round: hospitals * hospitalSeconds + threshold * memberSeconds,
		},
		gas: {
			submission: submissionGas(segments),
			keySum: keySumGas(keySums),
			round: roundGas(study, hospitals, segments),
		},
		bytes: { bundle, model, round: hospitals * bundle + model },
		speed,
	};
};
