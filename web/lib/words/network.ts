/** A study's network, loss and optimizers in words. */
import type { Study } from "../../../worker/protocol/study.ts";
import { counted } from "./numbers.ts";

const area = ([height, width]: readonly [number, number]): string => `${height} × ${width}`;

export const inputText = ({ height, width, channels }: Study["input"]): string => `${height} × ${width} × ${channels}`;

export const layerText = (layer: Study["layers"][number]): string => {
	switch (layer.kind) {
		case "conv2d": {
			const stride = layer.stride.every((step) => step === 1) ? "" : `, stride ${area(layer.stride)}`;
			return `convolution ${area(layer.kernel)}, ${counted(layer.filters, "filter")}${stride}`;
		}
		case "relu":
			return "ReLU";
		case "averagePooling":
			return `average pooling ${area(layer.window)}`;
		case "dense":
			return `dense, ${counted(layer.units, "unit")}`;
	}
};

export const layersText = (layers: Study["layers"]): string => layers.map(layerText).join("; ");

export const lossText = ({ loss, classes }: Pick<Study, "loss" | "classes">): string =>
	loss === "binary-cross-entropy" ? "binary cross-entropy" : `softmax cross-entropy of ${classes.length} classes`;

export const optimizerText = (optimizer: Study["optimizer"]): string =>
	optimizer.kind === "sgd" ? "SGD" : `SGD with momentum ${optimizer.momentum}`;

export const serverOptimizerText = (optimizer: Study["serverOptimizer"]): string => {
	switch (optimizer.kind) {
		case "fedavg":
			return "FedAvg: the mean weighted by samples";
		case "fedavgm":
			return `FedAvgM: learning rate ${optimizer.learningRate}, momentum ${optimizer.momentum}`;
		case "fedadam":
			return `FedAdam: learning rate ${optimizer.learningRate}, beta ${optimizer.beta1} and ${optimizer.beta2}, epsilon ${optimizer.epsilon}`;
	}
};
