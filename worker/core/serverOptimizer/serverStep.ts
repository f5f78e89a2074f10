/**
 * What becomes of a round's weighted mean: FedAvg (McMahan et al., AISTATS 2017) takes it as it is; FedAvgM (Hsu, Qi & Brown 2019,
 * arXiv 1909.06335) and FedAdam (Reddi et al., ICLR 2021, algorithm 2) take the way from the old model to it as a gradient.
 * Integers only, so that every member, hospital and auditor gets the same bits; docs/PROTOCOL.md section 5.6.
 */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { integerRoot, roundDivide } from "../../protocol/integers.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { ServerOptimizer } from "../../protocol/study.ts";
import { newGlobalWeights } from "../aggregation/weightedSums.ts";

/** A global model: what its object on IPFS holds. */
export type GlobalModel = {
	/** Signed 20-bit integers, scale 2^16. */
	readonly weights: readonly number[];
	/** The server optimizer's arrays, as long as `weights`; none for FedAvg and for a study's initial model. */
	readonly state: readonly (readonly bigint[])[];
};

export type ServerStepInput = {
	readonly optimizer: ServerOptimizer;
	/** The round's base model; FedAvg needs none. */
	readonly base: GlobalModel | undefined;
	/** sum_i n_i w_i, one per weight, exact. */
	readonly sums: readonly bigint[];
	/** M = sum_i n_i. */
	readonly sampleSum: number;
};

/** Bits of the scales: hyperparameters in [0, 4]; changes, momentum and roots; second moments. */
const FACTOR_BITS = 16n;
const CHANGE_BITS = 32n;
const SQUARE_BITS = 52n;
const ONE = 1n << FACTOR_BITS;
const WEIGHT_LIMIT = 1n << BigInt(fixedPoint.weightBits - 1);

const factor = (value: number): bigint => BigInt(Math.round(value * 2 ** Number(FACTOR_BITS)));

/** Arrays of state that a round's model carries. */
export const stateCountOf = ({ kind }: ServerOptimizer): number => ({ fedavg: 0, fedavgm: 1, fedadam: 2 })[kind];

/** Stays in the 20-bit range, the reals [-8, 8). */
const saturate = (weight: bigint): number =>
	Number(weight < -WEIGHT_LIMIT ? -WEIGHT_LIMIT : weight >= WEIGHT_LIMIT ? WEIGHT_LIMIT - 1n : weight);

const malformed = (problem: string): DecentraHealthError =>
	new DecentraHealthError("MODEL_MALFORMED", {
		message: `the base model can't be stepped from: ${problem}`,
		nextStep: "Run the audit: it shows which round attested to a model with this state.",
	});

/** What both adaptive optimizers start from. */
type Start = Omit<ServerStepInput, "base" | "optimizer"> & { readonly base: GlobalModel };

const requireBase = ({ optimizer, base, sums, sampleSum }: ServerStepInput): Start => {
	if (base === undefined) throw malformed(`${optimizer.kind} needs it, and it is not there`);
	const { weights, state } = base;
	const count = stateCountOf(optimizer);
	if (weights.length !== sums.length) throw malformed(`${weights.length} weights instead of ${sums.length}`);
	if (state.length !== 0 && state.length !== count) {
		throw malformed(`${state.length} arrays of optimizer state; ${optimizer.kind} has ${count}, an initial model none`);
	}
	if (state.some((array) => array.length !== weights.length)) throw malformed("an array of state of another length");
	const negative = optimizer.kind === "fedadam" ? (state[1] ?? []).findIndex((value) => value < 0n) : -1;
	if (negative >= 0) throw malformed(`second moment ${negative} is negative`);
	return { base, sums, sampleSum };
};

/** Mean minus old weight, scale 2^32. */
const changesOf = ({ base, sums, sampleSum }: Start): readonly bigint[] => {
	const total = BigInt(sampleSum);
	const shift = CHANGE_BITS - BigInt(fixedPoint.weightScaleBits);
	return base.weights.map((weight, index) =>
		roundDivide(((sums[index] as bigint) - total * BigInt(weight)) << shift, total),
	);
};

const fedAvgM = (input: Start, optimizer: Extract<ServerOptimizer, { kind: "fedavgm" }>): GlobalModel => {
	const { weights, state } = input.base;
	const [momentum, learningRate] = [factor(optimizer.momentum), factor(optimizer.learningRate)];
	const velocity = changesOf(input).map(
		(change, index) => roundDivide(momentum * (state[0]?.[index] ?? 0n), ONE) + change,
	);
	// Scale 2^(16 + 32) to the weights' 2^16.
	const step = (index: number): bigint => roundDivide(learningRate * (velocity[index] as bigint), 1n << CHANGE_BITS);
	return { weights: weights.map((weight, index) => saturate(BigInt(weight) + step(index))), state: [velocity] };
};

const fedAdam = (input: Start, optimizer: Extract<ServerOptimizer, { kind: "fedadam" }>): GlobalModel => {
	const { weights, state } = input.base;
	const [beta1, beta2, learningRate] = [optimizer.beta1, optimizer.beta2, optimizer.learningRate].map(factor) as [
		bigint,
		bigint,
		bigint,
	];
	const epsilon = BigInt(Math.round(optimizer.epsilon * 2 ** Number(CHANGE_BITS)));
	const toSquare = 1n << (2n * CHANGE_BITS - SQUARE_BITS);
	// The second moment starts at epsilon squared, the least that the algorithm allows: a first step is then no larger than later ones.
	const initial = epsilon ** 2n / toSquare;
	const changes = changesOf(input);
	const first = changes.map((change, index) =>
		roundDivide(beta1 * (state[0]?.[index] ?? 0n) + (ONE - beta1) * change, ONE),
	);
	const second = changes.map((change, index) =>
		roundDivide(beta2 * (state[1]?.[index] ?? initial) * toSquare + (ONE - beta2) * change ** 2n, toSquare * ONE),
	);
	const step = (index: number): bigint => {
		const root = integerRoot((second[index] as bigint) * toSquare);
		return roundDivide(learningRate * (first[index] as bigint), root + epsilon);
	};
	return { weights: weights.map((weight, index) => saturate(BigInt(weight) + step(index))), state: [first, second] };
};

/**
 * The new global model of a round.
 * @throws DecentraHealthError MODEL_MALFORMED when the base model's weights or state are not of this study
 */
export const serverStep = (input: ServerStepInput): GlobalModel => {
	const { optimizer, sums, sampleSum } = input;
	switch (optimizer.kind) {
		case "fedavg":
			return { weights: newGlobalWeights(sums, sampleSum), state: [] };
		case "fedavgm":
			return fedAvgM(requireBase(input), optimizer);
		case "fedadam":
			return fedAdam(requireBase(input), optimizer);
	}
};
