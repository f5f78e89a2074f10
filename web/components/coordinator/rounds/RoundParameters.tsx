"use client";

import { useConfig } from "@/lib/config/context.tsx";
import { namesFrom } from "@/lib/words/names.ts";
import { counted, integer, listed } from "@/lib/words/numbers.ts";
import { currentModel, type Ledger, type StudyRecord } from "../../../../worker/core/ledger/state.ts";
import { fixedPoint } from "../../../../worker/protocol/profiles.ts";
import { Facts } from "../../values/Facts.tsx";

/** What the study fixed for every round of it: nothing here can be chosen. */
export const RoundParameters = ({ ledger, study }: { readonly ledger: Ledger; readonly study: StudyRecord }) => {
	const { participants } = useConfig();
	const nameOf = namesFrom(participants);
	const { learningRate, batchSize, epochs, members, threshold, minUpdates, weightCount } = study.parameters;
	const hospitals = [...(ledger.datasets.get(study.studyId)?.keys() ?? [])];
	const model = currentModel(ledger, study.studyId);
	return (
		<Facts
			rows={[
				{ label: "Round", value: `${ledger.rounds.size + 1}` },
				{
					label: "Starts from",
					value:
						model === undefined
							? "no model"
							: `model ${model.modelId}${model.roundId === 0n ? ", the initial one" : ""}`,
				},
				{
					label: "Training",
					value: `${counted(epochs, "epoch")} in batches of ${batchSize}, learning rate ${learningRate / 2 ** fixedPoint.learningRateScaleBits}, ${integer(weightCount)} weights`,
				},
				{
					label: "Hospitals with a data set",
					value: hospitals.length === 0 ? "none" : `${hospitals.length}: ${listed(hospitals.map(nameOf))}`,
					help: "A data set counts for rounds that are opened in a later block than its commitment's.",
				},
				{ label: "Fewest updates", value: integer(minUpdates) },
				{ label: "Committee", value: `${members} members, of whom ${threshold} open the sum and attest` },
			]}
		/>
	);
};
