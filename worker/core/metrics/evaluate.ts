/** How good a model's probabilities are: discrimination, decisions at a threshold, and calibration. */
import { areaUnderRoc } from "./auc.ts";
import { type Estimate, proportion } from "./estimate.ts";

export type Confusion = {
	readonly truePositive: number;
	readonly falsePositive: number;
	readonly trueNegative: number;
	readonly falseNegative: number;
};

export type Metrics = {
	readonly sampleCount: number;
	readonly positiveCount: number;
	/** A sample counts as positive from this probability up. */
	readonly threshold: number;
	readonly auc: Estimate;
	readonly accuracy: Estimate;
	readonly sensitivity: Estimate;
	readonly specificity: Estimate;
	/** Mean of sensitivity and specificity; null when either is. */
	readonly balancedAccuracy: number | null;
	/** Mean squared error of the probability (Brier 1950): 0 is perfect, 0.25 is a coin. */
	readonly brier: number;
	/** Expected calibration error over 10 equal-width bins of the positive class's probability. */
	readonly ece: number;
	readonly confusion: Confusion;
};

const BINS = 10;

/** sum over bins of (share of the samples) * |share of positives - mean probability|; Naeini et al., AAAI 2015, for the positive class. */
const expectedCalibrationError = (labels: readonly number[], probabilities: readonly number[]): number => {
	const excess = new Float64Array(BINS);
	probabilities.forEach((probability, index) => {
		const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
		excess[bin] = (excess[bin] as number) + (labels[index] as number) - probability;
	});
	return excess.reduce((sum, value) => sum + Math.abs(value), 0) / labels.length;
};

export type EvaluateOptions = {
	readonly labels: readonly number[];
	/** Probability of label 1 for each sample, in [0, 1]. */
	readonly probabilities: readonly number[];
	readonly threshold?: number;
};

/** @throws RangeError for no samples, unequal lengths, labels other than 0 and 1, or values outside [0, 1] */
export const evaluate = ({ labels, probabilities, threshold = 0.5 }: EvaluateOptions): Metrics => {
	if (labels.length === 0 || labels.length !== probabilities.length) {
		throw new RangeError(`${labels.length} labels and ${probabilities.length} probabilities cannot be compared`);
	}
	if (labels.some((label) => label !== 0 && label !== 1)) throw new RangeError("a label is neither 0 nor 1");
	if (probabilities.some((probability) => !(probability >= 0 && probability <= 1))) {
		throw new RangeError("a probability is outside [0, 1]");
	}
	const scoresOf = (wanted: 0 | 1): number[] => probabilities.filter((_, index) => labels[index] === wanted);
	const positives = scoresOf(1);
	const negatives = scoresOf(0);
	const truePositive = positives.filter((probability) => probability >= threshold).length;
	const falsePositive = negatives.filter((probability) => probability >= threshold).length;
	const trueNegative = negatives.length - falsePositive;
	const sensitivity = proportion(truePositive, positives.length, "the samples are all negative");
	const specificity = proportion(trueNegative, negatives.length, "the samples are all positive");
	return {
		sampleCount: labels.length,
		positiveCount: positives.length,
		threshold,
		auc: areaUnderRoc(positives, negatives),
		accuracy: proportion(truePositive + trueNegative, labels.length, "no samples"),
		sensitivity,
		specificity,
		balancedAccuracy:
			sensitivity.value === null || specificity.value === null ? null : (sensitivity.value + specificity.value) / 2,
		brier:
			probabilities.reduce((sum, probability, index) => sum + (probability - (labels[index] as number)) ** 2, 0) /
			labels.length,
		ece: expectedCalibrationError(labels, probabilities),
		confusion: { truePositive, falsePositive, trueNegative, falseNegative: positives.length - truePositive },
	};
};
