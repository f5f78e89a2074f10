/** HospitalRegistry's rules, event by event. */
import { isFieldElement } from "../../../protocol/field.ts";
import { standardProfile } from "../../../protocol/profiles.ts";
import type { Deployment, LedgerEvent } from "../../ledger/events.ts";
import { linkRoundManager } from "./linkRoundManager.ts";
import { owedKey, type ReplayState } from "./state.ts";

export type RegistryEvent = Extract<LedgerEvent, { source: "hospitalRegistry" }>;

/** Applies the event, as the contract would have, and says what the contract would have refused. */
export const applyRegistryEvent = (
	state: ReplayState,
	event: RegistryEvent,
	{ deployment, object }: { deployment: Deployment; object: (problem: string) => void },
): void => {
	const { hospitals, barred, members, datasets, studies, owed } = state;
	switch (event.name) {
		case "HospitalAdmitted": {
			const { hospital } = event.args;
			if (hospitals.has(hospital)) object(`${hospital} is admitted twice`);
			if (barred.has(hospital)) object(`${hospital} is admitted though it is barred`);
			owed.delete(owedKey.readmitted(hospital));
			hospitals.add(hospital);
			return;
		}
		case "HospitalRemoved": {
			if (!hospitals.delete(event.args.hospital)) object(`${event.args.hospital} is removed without being admitted`);
			for (const ofStudy of datasets.values()) ofStudy.delete(event.args.hospital);
			return;
		}
		case "HospitalBarred": {
			const { hospital } = event.args;
			const round = [...state.rounds.values()].find(({ roundId }) => owed.has(owedKey.barred(roundId)));
			if (round === undefined) {
				object(`${hospital} is barred without a challenge`);
			} else {
				owed.delete(owedKey.barred(round.roundId));
				// A removed update names its hospital; of a failed round only this event does.
				const named = round.challenges.findLast(({ place }) => place.transactionHash === event.place.transactionHash);
				if (named === undefined) round.challenges.push({ hospital, place: event.place });
				else if (named.hospital !== hospital) object(`${hospital} is barred, but ${named.hospital} was challenged`);
			}
			if (hospitals.has(hospital)) object(`${hospital} is barred while admitted`);
			barred.add(hospital);
			return;
		}
		case "HospitalBarLifted":
			if (!barred.delete(event.args.hospital))
				object(`the bar on ${event.args.hospital}, which is not barred, is lifted`);
			owed.set(owedKey.readmitted(event.args.hospital), event.place);
			return;
		case "MemberAdmitted":
			if (members.has(event.args.member)) object(`member ${event.args.member} is admitted twice`);
			members.set(event.args.member, undefined);
			return;
		case "MemberRemoved":
			if (!members.delete(event.args.member)) object(`member ${event.args.member} is removed without being admitted`);
			return;
		case "ShareKeyRegistered": {
			const { member, x, y } = event.args;
			for (const [other, key] of members) {
				if (other !== member && key?.x === x && key.y === y) object(`${member} registers the share key of ${other}`);
			}
			if (!members.has(member)) object(`${member}, which is no member, registers a share key`);
			else members.set(member, { x, y });
			return;
		}
		case "DatasetCommitted": {
			const { studyId, hospital, ...dataset } = event.args;
			const study = studies.get(studyId)?.parameters;
			if (!hospitals.has(hospital)) object(`${hospital}, which is not admitted, commits to a data set`);
			if (study === undefined) object(`a data set for study ${studyId}, which does not exist`);
			if (dataset.registeredAt !== event.place.blockNumber) object("registeredAt is not the event's block");
			if (!isFieldElement(dataset.root)) object("the data set's root is no field element");
			if (study !== undefined) {
				const { batchCount, sampleCount } = dataset;
				if (batchCount < 1 || batchCount > 2 ** study.datasetDepth) object(`${batchCount} batches do not fit the tree`);
				if (sampleCount !== batchCount * study.batchSize)
					object(`${sampleCount} samples are not ${batchCount} batches`);
				if (sampleCount < study.minSamples || batchCount < study.minBatches)
					object(`${sampleCount} samples in ${batchCount} batches are too few`);
				if (sampleCount > standardProfile.maxSampleSum) object(`${sampleCount} samples are too many`);
			}
			const ofStudy = datasets.get(studyId) ?? new Map();
			datasets.set(studyId, ofStudy.set(hospital, dataset));
			return;
		}
		case "RoundManagerSet":
			linkRoundManager(state, event, { deployment, object });
			return;
		default:
			event satisfies never;
	}
};
