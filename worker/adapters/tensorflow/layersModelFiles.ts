/** A global model as the files of a TensorFlow.js LayersModel, and those files as a model again. Whoever calls it has chosen the backend. */
import * as tf from "@tensorflow/tfjs";
import type { Study } from "../../protocol/study.ts";
import { buildLayersModel, inputTensor, setIntegerWeights } from "./layersModel.ts";

export const MODEL_FILE = "model.json";
export const WEIGHTS_FILE = "weights.bin";

export type ModelFiles = Readonly<Record<typeof MODEL_FILE | typeof WEIGHTS_FILE, Uint8Array>>;

type Stored = tf.io.ModelJSON;

/** @param weights integers, scale 2^16: float32 holds each of them exactly */
export const layersModelFiles = async (study: Study, weights: readonly number[]): Promise<ModelFiles> => {
	const model = buildLayersModel(study);
	try {
		setIntegerWeights(model, study, weights);
		let saved: tf.io.ModelArtifacts | undefined;
		await model.save(
			tf.io.withSaveHandler(async (artifacts) => {
				saved = artifacts;
				return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
			}),
		);
		const { modelTopology, weightSpecs = [], weightData, generatedBy = null } = saved ?? {};
		if (modelTopology === undefined || weightData === undefined) throw new Error("TensorFlow.js saved no model");
		const json: Stored = {
			modelTopology,
			format: "layers-model",
			generatedBy,
			convertedBy: "DecentraHealth",
			weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
		} as unknown as Stored;
		return {
			[MODEL_FILE]: new TextEncoder().encode(`${JSON.stringify(json, null, "\t")}\n`),
			[WEIGHTS_FILE]: new Uint8Array(tf.io.concatenateArrayBuffers([weightData].flat())),
		};
	} finally {
		model.dispose();
	}
};

/** Class probabilities of samples by the files, as TensorFlow.js loads them. */
export const predictWithFiles = async (
	study: Study,
	files: ModelFiles,
	inputs: readonly Uint8Array[],
): Promise<readonly (readonly number[])[]> => {
	const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(files[MODEL_FILE])) as Stored;
	const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
	const weightData = Uint8Array.from(files[WEIGHTS_FILE]).buffer;
	const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
	try {
		const rows = tf.tidy(() => (model.predict(inputTensor(study, inputs)) as tf.Tensor2D).arraySync());
		return rows.map((row) => (row.length === 1 ? [1 - (row[0] as number), row[0] as number] : row));
	} finally {
		model.dispose();
	}
};
