/** What lies beside a downloaded model. */
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { commitment } from "../words/sentence.ts";

const inputsText = ({ input, preprocessing }: Pick<Study, "input" | "preprocessing">): string => {
	const shape = `[rows, ${input.height}, ${input.width}, ${input.channels}]`;
	const scaled = `Input: float32 of shape ${shape}, each (u - 128) / 128 of a byte u.`;
	return preprocessing.kind === "table"
		? `${scaled}\nA byte is clamp(round(128 + 128 (x - mean) / (${preprocessing.sigmas} deviation)), 0, 255) of a measurement x, in this order:\n${preprocessing.columns
				.map(({ name, mean, deviation }) => `  ${name}: mean ${mean}, deviation ${deviation}`)
				.join("\n")}`
		: `${scaled}\nA byte is a grey or colour value of the image, cropped (${preprocessing.crop}) and resized by area averages${
				preprocessing.scaling === undefined
					? ""
					: `, then clamp(round(128 + 128 (x - ${preprocessing.scaling.mean}) / (${preprocessing.scaling.sigmas} * ${preprocessing.scaling.deviation})), 0, 255)`
			}.`;
};

const outputsText = ({ loss, classes }: Pick<Study, "loss" | "classes">): string =>
	loss === "binary-cross-entropy"
		? `Output: the probability of "${classes[1]}"; the other class is "${classes[0]}".`
		: `Output: one probability a class: ${classes.map((name) => `"${name}"`).join(", ")}.`;

export const downloadReadme = (
	study: Study,
	{ studyId, modelId, digest, ...record }: Pick<ModelRecord, "studyId" | "modelId" | "commitment" | "digest">,
): string => {
	const committed = commitment(record.commitment);
	return `Model ${modelId} of study ${studyId}, "${study.title}"

NOT FOR CLINICAL USE. Research and demonstration: not a medical device, and not validated for any patient.

Load it with tf.loadLayersModel("model.json").
${inputsText(study)}
${outputsText(study)}

Commitment on chain: ${committed.value}
Object on IPFS: ${cidOf(digest.toLowerCase())}
The files hold the committed weights exactly. They were made without an audit: run one to know that the model is the proven one.
`;
};
