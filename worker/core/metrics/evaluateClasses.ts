/** How good a model's class probabilities are, for any number of classes: the one evaluation of demo, simulation and export. */
import { areaUnderRoc } from "./auc.ts";
import { bootstrapIntervals } from "./bootstrap.ts";
import { type Estimate, proportion } from "./estimate.ts";
import { type Metrics as BinaryMetrics, evaluate } from "./evaluate.ts";
import { weightedAreaUnderRoc } from "./weightedAuc.ts";

export type ClassMetrics = {
	readonly sampleCount: number;
	/** Samples by class. */
	readonly classCounts: readonly number[];
	/** Two classes: of the second, interval by DeLong. More: mean over the classes of one against the rest, interval by bootstrap. */
	readonly auc: Estimate;
	/** One against the rest, by class, interval by DeLong; for two classes, twice the same. */
	readonly aucByClass: readonly Estimate[];
	/** Share of samples whose class was predicted; interval by Wilson. */
	readonly accuracy: Estimate;
	/** Mean of the classes' sensitivities; interval by bootstrap. */
	readonly balancedAccuracy: Estimate;
	/** Share of a class's samples that were predicted as it (recall); for two classes, specificity and sensitivity. Interval by Wilson. */
	readonly sensitivity: readonly Estimate[];
	/** Two classes: mean of (p - y)^2 of the second (0..1). More: mean of the sum over the classes (0..2), as Brier (1950) defined it. Interval by bootstrap. */
	readonly brier: Estimate;
	/** Two classes: of the second's probability. More: of the predicted class's (Guo et al., ICML 2017). 10 bins of equal width. */
	readonly ece: number;
	/** confusion[y][k]: samples of class y that were predicted as k. */
	readonly confusion: readonly (readonly number[])[];
	/** Threshold 0.5, for two classes; undefined for more. */
	readonly binary?: BinaryMetrics;
};

export type ClassOutcome = {
	/** In [0, classes). */
	readonly labels: readonly number[];
	/** One probability per class for each sample; their sum is 1 to within 1e-5. */
	readonly probabilities: readonly (readonly number[])[];
};

export type EvaluateClassesOptions = ClassOutcome & {
	/** K, 2 or more. */
	readonly classes: number;
	/** Of the bootstrap intervals; 0 for none. */
	readonly resamples?: number;
};

const BINS = 10;
const NO_BOOTSTRAP = "no bootstrap was made";

const requireOutcome = ({ labels, probabilities, classes }: EvaluateClassesOptions): void => {
	if (!Number.isInteger(classes) || classes < 2) throw new RangeError(`${classes} classes instead of 2 or more`);
	if (labels.length === 0 || labels.length !== probabilities.length) {
		throw new RangeError(`${labels.length} labels and ${probabilities.length} predictions cannot be compared`);
	}
	if (labels.some((label) => !Number.isInteger(label) || label < 0 || label >= classes)) {
		throw new RangeError(`a label is not in [0, ${classes})`);
	}
	for (const each of probabilities) {
		if (each.length !== classes) throw new RangeError(`a prediction has ${each.length} probabilities, not ${classes}`);
		if (each.some((value) => !(value >= 0 && value <= 1))) throw new RangeError("a probability is outside [0, 1]");
		const sum = each.reduce((total, value) => total + value, 0);
		if (Math.abs(sum - 1) > 1e-5) throw new RangeError(`a prediction's probabilities sum to ${sum}`);
	}
};

/** The most probable class; of equals the first, but for two classes the second, as a threshold of 0.5 has it. */
export const predictedClass = (probabilities: readonly number[]): number =>
	probabilities.length === 2
		? Number((probabilities[1] as number) >= 0.5)
		: probabilities.indexOf(Math.max(...probabilities));

const brierOf = (label: number, each: readonly number[]): number =>
	each.length === 2
		? ((each[1] as number) - label) ** 2
		: each.reduce((sum, value, index) => sum + (value - Number(index === label)) ** 2, 0);

/** Predicted class's probability against how often it was right. */
const topLabelError = ({ labels, probabilities }: ClassOutcome): number => {
	const excess = new Float64Array(BINS);
	probabilities.forEach((each, index) => {
		const predicted = predictedClass(each);
		const confidence = each[predicted] as number;
		const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
		excess[bin] = (excess[bin] as number) + Number(predicted === labels[index]) - confidence;
	});
	return excess.reduce((sum, value) => sum + Math.abs(value), 0) / labels.length;
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of estimates that all have a value, else the first reason. */
const meanEstimate = (estimates: readonly Estimate[]): Estimate => {
	const missing = estimates.find(({ value }) => value === null);
	if (missing !== undefined) return { value: null, interval: null, reason: missing.reason };
	return { value: mean(estimates.map(({ value }) => value ?? 0)), interval: null, reason: NO_BOOTSTRAP };
};

/** @throws RangeError for no samples, unequal lengths, labels outside [0, classes), or probabilities that are none */
export const evaluateClasses = (options: EvaluateClassesOptions): ClassMetrics => {
	requireOutcome(options);
	const { labels, probabilities, classes, resamples } = options;
	const all = Array.from({ length: classes }, (_, index) => index);
	const predicted = probabilities.map(predictedClass);
	const confusion = all.map(() => new Array<number>(classes).fill(0));
	labels.forEach((label, index) => {
		const row = confusion[label] as number[];
		const column = predicted[index] as number;
		row[column] = (row[column] as number) + 1;
	});
	const classCounts = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
	const hits = all.map((label) => (confusion[label] as number[])[label] as number);
	const sensitivity = all.map((label) =>
		proportion(hits[label] as number, classCounts[label] as number, `there is no sample of class ${label}`),
	);
	const scoresOf = (label: number): readonly number[] => probabilities.map((each) => each[label] as number);
	const aucByClass = all.map((label) => {
		const scores = scoresOf(label);
		return areaUnderRoc(
			scores.filter((_, index) => labels[index] === label),
			scores.filter((_, index) => labels[index] !== label),
		);
	});
	const binary =
		classes === 2
			? evaluate({ labels, probabilities: probabilities.map(([, positive]) => positive as number) })
			: undefined;
	const briers = labels.map((label, index) => brierOf(label, probabilities[index] as readonly number[]));
	const macroAuc = binary?.auc ?? meanEstimate(aucByClass);
	const balanced = meanEstimate(sensitivity);
	const brier: Estimate = { value: mean(briers), interval: null, reason: NO_BOOTSTRAP };

	const wanted: { readonly estimate: Estimate; readonly measure: (counts: Uint32Array) => number }[] = [
		{
			estimate: brier,
			measure: (counts) =>
				briers.reduce((sum, value, index) => sum + value * (counts[index] as number), 0) / labels.length,
		},
		{
			estimate: balanced,
			measure: (counts) => {
				const right = new Array<number>(classes).fill(0);
				labels.forEach((label, index) => {
					if (predicted[index] === label) right[label] = (right[label] as number) + (counts[index] as number);
				});
				return mean(right.map((count, label) => count / (classCounts[label] as number)));
			},
		},
	];
	if (binary === undefined && macroAuc.value !== null) {
		const areas = all.map((label) => weightedAreaUnderRoc(scoresOf(label), (index) => labels[index] === label));
		wanted.push({ estimate: macroAuc, measure: (counts) => mean(areas.map((area) => area(counts))) });
	}
	const bootstrapped = wanted.filter(({ estimate }) => estimate.value !== null);
	const intervals =
		resamples === 0
			? undefined
			: bootstrapIntervals(
					labels,
					bootstrapped.map(({ measure }) => measure),
					resamples === undefined ? {} : { resamples },
				);
	const withInterval = (estimate: Estimate): Estimate => {
		const interval = intervals?.[bootstrapped.findIndex((one) => one.estimate === estimate)];
		return interval === undefined ? estimate : { value: estimate.value, interval, reason: null };
	};
	return {
		sampleCount: labels.length,
		classCounts,
		auc: binary === undefined ? withInterval(macroAuc) : macroAuc,
		aucByClass,
		accuracy: proportion(
			hits.reduce((sum, count) => sum + count, 0),
			labels.length,
			"no samples",
		),
		balancedAccuracy: withInterval(balanced),
		sensitivity,
		brier: withInterval(brier),
		ece: binary?.ece ?? topLabelError(options),
		confusion,
		...(binary === undefined ? {} : { binary }),
	};
};
