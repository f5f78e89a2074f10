/** ModelRegistry's rules, event by event. */
import { isFieldElement } from "../../../protocol/field.ts";
import type { Deployment, LedgerEvent } from "../../ledger/events.ts";
import { linkRoundManager } from "./linkRoundManager.ts";
import { owedKey, type ReplayState, type RoundHistory, sameModel } from "./state.ts";

export type StudyEvent = Extract<LedgerEvent, { source: "modelRegistry" }>;

/** Applies the event, as the contract would have, and says what the contract would have refused. */
export const applyStudyEvent = (
	state: ReplayState,
	event: StudyEvent,
	{ deployment, object }: { deployment: Deployment; object: (problem: string) => void },
): void => {
	const { studies, models, currentModel, rounds, owed } = state;
	switch (event.name) {
		case "StudyCreated": {
			const { studyId, nameHash, study } = event.args;
			if (studyId !== BigInt(studies.size + 1)) object(`study ${studyId} is created after study ${studies.size}`);
			if ([...studies.values()].some((other) => other.nameHash === nameHash)) object("a study's name is used twice");
			if (study.parameters.nameHash !== nameHash) object("the study's name is not that of its parameters");
			studies.set(studyId, { ...study, studyId, nameHash });
			owed.set(owedKey.initialModel(studyId), event.place);
			return;
		}
		case "ModelAppended": {
			const { studyId, modelId, roundId, parent, commitment } = event.args;
			const current = currentModel.get(studyId) ?? 0n;
			if (modelId !== BigInt(models.length + 1)) object(`model ${modelId} is appended after model ${models.length}`);
			if (!isFieldElement(commitment)) object(`the commitment of model ${modelId} is no field element`);
			if (parent !== current) object(`model ${modelId} follows model ${parent}, but the current one is ${current}`);
			const key = roundId === 0n ? owedKey.initialModel(studyId) : owedKey.roundModel(roundId);
			if (!owed.delete(key)) {
				object(`model ${modelId} is appended ${roundId === 0n ? "without a new study" : `without round ${roundId}`}`);
			} else if (roundId !== 0n) {
				const last = lastAttestation(rounds.get(roundId));
				const appended = { modelCommitment: commitment, modelDigest: event.args.digest };
				if (rounds.get(roundId)?.studyId !== studyId) object(`round ${roundId} is not of study ${studyId}`);
				if (last === undefined || !sameModel(last, appended)) object(`model ${modelId} is not the attested one`);
				if (!state.linked.has("modelRegistry")) object(`model ${modelId} is appended without a round manager`);
			}
			models.push({ ...event.args, place: event.place });
			currentModel.set(studyId, modelId);
			return;
		}
		case "RoundManagerSet":
			linkRoundManager(state, event, { deployment, object });
			return;
		default:
			event satisfies never;
	}
};

/** The one that finalized the round, of a member or a hospital. */
const lastAttestation = (round: RoundHistory | undefined) => {
	const member = round?.attestations.at(-1);
	const hospital = round?.hospitalAttestations.at(-1);
	if (member === undefined || hospital === undefined) return member ?? hospital;
	const [one, other] = [member.place, hospital.place];
	const isLater =
		one.blockNumber > other.blockNumber || (one.blockNumber === other.blockNumber && one.logIndex > other.logIndex);
	return isLater ? member : hospital;
};
