/** TensorFlow.js in the page, on its plain JavaScript backend: the models are small, and nothing has to be fetched. To be imported when used. */
import * as tf from "@tensorflow/tfjs";
import {
	layersModelFiles,
	MODEL_FILE,
	predictWithFiles,
	WEIGHTS_FILE,
} from "../../../worker/adapters/tensorflow/layersModelFiles.ts";
import type { Study } from "../../../worker/protocol/study.ts";

const ready = async (): Promise<void> => {
	tf.enableProdMode();
	await tf.setBackend("cpu");
	await tf.ready();
};

/** As much as memory needs bounding. */
const BATCH = 512;

/** @returns class probabilities of each row, predicted by the very files that the download holds */
export const predictWithTensorFlow = async (
	study: Study,
	weights: readonly number[],
	inputs: readonly Uint8Array[],
): Promise<readonly (readonly number[])[]> => {
	await ready();
	const files = await layersModelFiles(study, weights);
	const predicted: (readonly number[])[] = [];
	for (let start = 0; start < inputs.length; start += BATCH) {
		predicted.push(...(await predictWithFiles(study, files, inputs.slice(start, start + BATCH))));
	}
	return predicted;
};

/** model.json and weights.bin, for a folder of that name, with what they are. @returns the archive */
export const layersModelArchive = async (
	study: Study,
	weights: readonly number[],
	{ folder, readme }: { readonly folder: string; readonly readme: string },
): Promise<Uint8Array<ArrayBuffer>> => {
	await ready();
	const [{ zipSync }, files] = await Promise.all([import("fflate"), layersModelFiles(study, weights)]);
	const archive = zipSync(
		{
			[`${folder}/${MODEL_FILE}`]: files[MODEL_FILE],
			[`${folder}/${WEIGHTS_FILE}`]: files[WEIGHTS_FILE],
			[`${folder}/README.txt`]: new TextEncoder().encode(readme),
		},
		{ mtime: new Date(1980, 0, 1) },
	);
	return Uint8Array.from(archive);
};
