/** What creating a study does, in words. */
import type { DecodeFunctionDataReturnType } from "viem";
import type { modelRegistryAbi } from "../../../worker/protocol/generated/abi.ts";
import { counted } from "../words/numbers.ts";
import type { ExplainContext, Explanation } from "./types.ts";
import { elementHex, explanation } from "./words.ts";

type ModelCall = DecodeFunctionDataReturnType<typeof modelRegistryAbi>;

/** Learning rates on chain are integers of this scale. */
const LEARNING_RATE_SCALE = 1024;

export const explainModelCall = (call: ModelCall, { ledger }: ExplainContext): Explanation | undefined => {
	if (call.functionName !== "createStudy") return undefined;
	const [parameters, commitment, digest] = call.args;
	const { members, threshold, minUpdates, batchSize, epochs } = parameters;
	const taken = [...ledger.studies.values()].some(({ nameHash }) => nameHash === parameters.nameHash);
	return explanation({
		title: "Create a study",
		sentences: [
			`Hospitals will train a model of ${counted(parameters.weightCount, "weight")}, ${counted(epochs, "epoch")} a round in batches of ${batchSize}, and each round's committee of ${members} opens the mean when ${threshold} of them agree.`,
			`A round needs at least ${counted(minUpdates, "update")}. All of this is fixed for ever: a change needs another study.`,
			"The verification keys of its circuits are those of the two verifier contracts named here.",
		],
		facts: [
			{ label: "Hash of the study's name", value: parameters.nameHash },
			{ label: "Digest of its definition", value: parameters.definitionDigest },
			{ label: "Update verifier", value: parameters.updateVerifier },
			{ label: "Key sum verifier", value: parameters.keySumVerifier },
			{ label: "Learning rate", value: (parameters.learningRate / LEARNING_RATE_SCALE).toString() },
			{ label: "Batch size", value: batchSize.toString() },
			{ label: "Steps a training proof covers", value: parameters.stepsPerSegment.toString() },
			{ label: "Epochs a round", value: epochs.toString() },
			{ label: "Most batches of a data set", value: (2 ** parameters.datasetDepth).toLocaleString("en-US") },
			{
				label: "Least data set of a hospital",
				value: `${parameters.minSamples.toLocaleString("en-US")} samples in ${counted(parameters.minBatches, "batch", "batches")}`,
			},
			{ label: "Committee", value: `${threshold} of ${members}` },
			{ label: "Fewest updates of a round", value: minUpdates.toString() },
			{ label: "Updates a key sum proof covers", value: parameters.keySumSlots.toString() },
			{ label: "Weights", value: parameters.weightCount.toLocaleString("en-US") },
			{ label: "Encryption profile", value: parameters.profileId.toString() },
			{ label: "Commitment to the initial weights", value: elementHex(commitment) },
			{ label: "Digest of the initial model", value: digest },
		],
		becomesPublic: ["The study's definition and the initial model, which are on IPFS under these digests."],
		warnings: [
			...(taken ? ["A study of this name exists already; the contract will refuse."] : []),
			...(minUpdates < 3 ? ["Fewer than 3 updates a round: allowed on development chains only."] : []),
			...(parameters.minSamples < 32 || parameters.minBatches < 4
				? ["Hospitals with fewer than 32 samples or 4 batches: allowed on development chains only."]
				: []),
		],
	});
};
