/** Small studies in which every part of the training circuits occurs, and their templates' parameters. */
import { networkOf } from "../../../worker/protocol/network.ts";
import { blockRows } from "../../../worker/protocol/networkRows.ts";
import { momentumInteger } from "../../../worker/protocol/study.ts";
import { TINY_STUDY, type TinyStudy } from "../trainingInstance.ts";
import type { Param } from "./testCircuit.ts";

/** Two convolutions, pooling before and after the ReLU, a hidden dense layer, softmax of three classes, momentum. */
export const EVERYTHING: TinyStudy = {
	input: { height: 7, width: 6, channels: 1 },
	layers: [
		{ kind: "conv2d", filters: 2, kernel: [2, 3], stride: [1, 1] },
		{ kind: "averagePooling", window: [2, 1] },
		{ kind: "relu" },
		{ kind: "conv2d", filters: 3, kernel: [2, 2], stride: [1, 1] },
		{ kind: "relu" },
		{ kind: "averagePooling", window: [2, 2] },
		{ kind: "dense", units: 2 },
		{ kind: "relu" },
		{ kind: "dense", units: 3 },
	],
	loss: "softmax-cross-entropy",
	optimizer: { kind: "momentum", momentum: 0.9 },
	batchSize: 2,
	stepsPerSegment: 2,
	datasetDepth: 2,
};

export const TRAINING_SHAPES: Readonly<Record<string, TinyStudy>> = {
	tiny: TINY_STUDY,
	everything: EVERYTHING,
	"strided image": {
		...TINY_STUDY,
		input: { height: 7, width: 5, channels: 1 },
		layers: [
			{ kind: "conv2d", filters: 3, kernel: [3, 3], stride: [2, 2] },
			{ kind: "relu" },
			{ kind: "dense", units: 1 },
		],
	},
	"one filter, batch of one": {
		...TINY_STUDY,
		input: { height: 4, width: 3, channels: 1 },
		layers: [
			{ kind: "conv2d", filters: 1, kernel: [1, 2], stride: [2, 1] },
			{ kind: "relu" },
			{ kind: "dense", units: 1 },
		],
		batchSize: 1,
	},
	"pooling on both sides that leaves rows out, momentum": {
		...TINY_STUDY,
		input: { height: 9, width: 5, channels: 2 },
		layers: [
			{ kind: "conv2d", filters: 2, kernel: [2, 2], stride: [1, 2] },
			{ kind: "averagePooling", window: [2, 1] },
			{ kind: "relu" },
			{ kind: "averagePooling", window: [2, 2] },
			{ kind: "conv2d", filters: 2, kernel: [1, 1], stride: [2, 1] },
			{ kind: "relu" },
			{ kind: "dense", units: 1 },
		],
		optimizer: { kind: "momentum", momentum: 0.5 },
	},
	"softmax regression": {
		...TINY_STUDY,
		input: { height: 2, width: 1, channels: 2 },
		layers: [{ kind: "dense", units: 4 }],
		loss: "softmax-cross-entropy",
	},
};

/** TrainStep's parameter `classes`. */
export const classesOf = (study: TinyStudy): number =>
	study.loss === "softmax-cross-entropy" ? networkOf(study).outputs : 0;

/** Parameters of TrainStep. */
export const stepParams = (study: TinyStudy): readonly Param[] => {
	const network = networkOf(study);
	return [
		blockRows(network),
		network.blocks.length,
		classesOf(study),
		momentumInteger(study.optimizer),
		study.batchSize,
	];
};

/** Parameters of TrainSegment. */
export const segmentParams = (study: TinyStudy): readonly Param[] => [
	...stepParams(study),
	...[study.stepsPerSegment, study.datasetDepth],
];
