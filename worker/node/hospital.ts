/** A hospital's worker: commits to its data, trains, proves, encrypts, publishes and submits with one transaction. Nothing private leaves this process. */
import type { SendOptions } from "../adapters/chain/transactor.ts";
import type { RoundRecord, StudyRecord } from "../core/ledger/state.ts";
import { type HospitalAction, nextHospitalAction } from "../core/nextAction.ts";
import type { Study } from "../protocol/study.ts";
import { carryOutUnlessDone } from "./housekeeping.ts";
import { contractCall, type Participant, readLedger, requireStudy, sendCall } from "./participant.ts";
import { type Hospital, proveUpdate } from "./proveUpdate.ts";

export type { Hospital } from "./proveUpdate.ts";

/** Registers the data set's root; what it contains stays here. */
export const commitDatasetOnChain = (
	hospital: Participant & Pick<Hospital, "dataset">,
	studyId: bigint,
	options: SendOptions = {},
) => {
	const { root, sampleCount, batchCount } = hospital.dataset;
	const args = [studyId, root, sampleCount, batchCount];
	const summary = `commit to a data set of ${sampleCount} samples`;
	const call = contractCall(hospital.connection, "hospitalRegistry", "commitDataset", args, summary);
	return sendCall(hospital, `dataset-${studyId}-${root.toString(16).slice(0, 16)}`, call, options);
};

/** Proves this hospital's update of the round and submits it with one transaction. */
export const submitUpdate = async (hospital: Hospital, round: RoundRecord, record: StudyRecord, study: Study) => {
	const { segments, bundleDigest, encryption } = await proveUpdate(hospital, round, record, study);
	const args = [round.roundId, bundleDigest, segments, encryption];
	const summary = `submit the update of round ${round.roundId}`;
	const call = contractCall(hospital.connection, "roundManager", "submitUpdate", args, summary);
	return sendCall(hospital, `submit-${round.roundId}-${bundleDigest.slice(2, 18)}`, call);
};

/** Looks at the chain and does what is due: one action, or none. */
export const hospitalStep = async (hospital: Hospital, studyId: bigint, study: Study): Promise<HospitalAction> => {
	const { ledger, now, blockNumber: decidedAt } = await readLedger(hospital.connection);
	const action = nextHospitalAction(ledger, {
		studyId,
		hospital: hospital.transactor.address,
		datasetRoot: hospital.dataset.root,
		now,
	});
	switch (action.kind) {
		case "commitDataset":
			await commitDatasetOnChain(hospital, studyId, { decidedAt });
			return action;
		case "submitUpdate":
			await submitUpdate(hospital, action.round, requireStudy(ledger, studyId), study);
			return action;
		case "freeze":
		case "fail":
			return carryOutUnlessDone(hospital, action);
		case "wait":
			return action;
	}
};
