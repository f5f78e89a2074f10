/** Prediction by the fixed-point model, the same on every machine. Unlike training it has no range to leave. */
import { exponential, PROBABILITY_ONE, sigmoid } from "../../protocol/fixedPoint.ts";
import { architectureFor, type PredictedStudy } from "./architecture.ts";
import { forwardSample, logitsOf } from "./forward.ts";
import { createWorkspace, loadWeights } from "./workspace.ts";

export type Prediction = {
	/** As real numbers: one for binary cross-entropy, else one per class. */
	readonly logits: readonly number[];
	/** One per class, in [0, 1]; they sum to 1 but for rounding in the last bit of a double. */
	readonly probabilities: readonly number[];
};

/**
 * For many samples: the weights are prepared once.
 * @param weights integers of scale 2^16 in TensorFlow.js order
 * @throws RangeError for a wrong number of weights or, later, of inputs
 */
export const createPredictor = (
	study: PredictedStudy,
	weights: readonly number[],
): ((inputs: Uint8Array) => Prediction) => {
	const architecture = architectureFor(study);
	const { weightCount, inputCount, blocks } = architecture;
	const scaleBits = blocks.at(-1)?.preActivationScaleBits ?? 0;
	if (weights.length !== weightCount)
		throw new RangeError(`the study has ${weightCount} weights, not ${weights.length}`);
	const workspace = createWorkspace(architecture);
	loadWeights(architecture, workspace, weights);
	return (inputs) => {
		if (inputs.length !== inputCount) throw new RangeError(`the study has ${inputCount} inputs, not ${inputs.length}`);
		forwardSample(architecture, workspace, inputs);
		const integers = [...logitsOf(workspace)];
		const logits = integers.map((logit) => logit / 2 ** scaleBits);
		if (study.loss === "binary-cross-entropy") {
			const probability = sigmoid(integers[0] as number, scaleBits) / PROBABILITY_ONE;
			return { logits, probabilities: [1 - probability, probability] };
		}
		const largest = Math.max(...integers);
		const exponentials = integers.map((logit) => exponential(largest - logit, scaleBits));
		const sum = exponentials.reduce((total, e) => total + e, 0);
		return { logits, probabilities: exponentials.map((e) => e / sum) };
	};
};

/**
 * @param weights integers of scale 2^16 in TensorFlow.js order
 * @param inputs u8 in order [height][width][channels]
 * @returns one probability per class
 */
export const predictClasses = (
	study: PredictedStudy,
	weights: readonly number[],
	inputs: Uint8Array,
): readonly number[] => createPredictor(study, weights)(inputs).probabilities;

/** The probability of label 1, in [0, 1], for studies of two classes. */
export const predict = (study: PredictedStudy, weights: readonly number[], inputs: Uint8Array): number => {
	const [, positive, ...more] = predictClasses(study, weights, inputs);
	if (positive === undefined || more.length > 0) throw new RangeError("the study has more than two classes");
	return positive;
};
