/** A hospital's worker: commits to its data, trains, proves, encrypts, publishes and submits with one transaction. Nothing private leaves this process. */
import type { ContractCall, SendOptions } from "../adapters/chain/transactor.ts";
import { activeRound, type Ledger, type RoundRecord } from "../core/ledger/state.ts";
import { type HospitalAction, nextHospitalAction } from "../core/nextAction.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import type { Study } from "../protocol/study.ts";
import { attestAsHospital } from "./attestation.ts";
import { carryOutUnlessDone } from "./housekeeping.ts";
import { contractCall, type Participant, readLedger, requireStudy, sendCall } from "./participant.ts";
import { type Hospital, proveUpdate } from "./proveUpdate.ts";
import { restoreBundle } from "./updateNotes.ts";

export type { Hospital } from "./proveUpdate.ts";

/** The call that registers the data set's root; what it contains stays here. */
export const datasetCall = (
	{ connection, dataset }: Pick<Hospital, "connection" | "dataset">,
	studyId: bigint,
): ContractCall => {
	const { root, sampleCount, batchCount } = dataset;
	const args = [studyId, root, sampleCount, batchCount];
	const summary = `commit to a data set of ${sampleCount} samples`;
	return contractCall(connection, "hospitalRegistry", "commitDataset", args, summary);
};

export const commitDatasetOnChain = (
	hospital: Participant & Pick<Hospital, "dataset">,
	studyId: bigint,
	options: SendOptions = {},
) => {
	const key = `dataset-${studyId}-${hospital.dataset.root.toString(16).slice(0, 16)}`;
	return sendCall(hospital, key, datasetCall(hospital, studyId), options);
};

/** Proves this hospital's update of the round and publishes its bundle; the call submits it with one transaction. */
export const submissionCall = async (
	hospital: Hospital,
	ledger: Ledger,
	round: RoundRecord,
	study: Study,
): Promise<{ readonly key: string; readonly call: ContractCall }> => {
	const { segments, bundleDigest, encryption } = await proveUpdate(hospital, ledger, round, study);
	const args = [round.roundId, bundleDigest, segments, encryption];
	const summary = `submit the update of round ${round.roundId}`;
	const call = contractCall(hospital.connection, "roundManager", "submitUpdate", args, summary);
	return { key: `submit-${round.roundId}-${bundleDigest.slice(2, 18)}`, call };
};

/** @param ledger that the round is of @throws DecentraHealthError as {@link proveUpdate}; CONTRACT_REVERTED, RPC_*, TRANSACTION_UNCONFIRMED */
export const submitUpdate = async (hospital: Hospital, ledger: Ledger, round: RoundRecord, study: Study) => {
	const { key, call } = await submissionCall(hospital, ledger, round, study);
	return sendCall(hospital, key, call);
};

/**
 * The round's opening is as deep in the chain as this hospital waits for, and the witnesses have it too: a round that only its own node shows
 * could have a committee of the node's owner. @returns the ledger at that depth; undefined when the round is not in it @throws DecentraHealthError RPC_DISAGREE, RPC_*
 */
const settledLedger = async (
	{ connection, confirmations = 0 }: Hospital,
	{ roundId, opening }: RoundRecord,
): Promise<Ledger | undefined> => {
	const settled = await readLedger(connection, confirmations);
	const same = settled.ledger.rounds.get(roundId)?.opening;
	if (same?.committeeKeysDigest !== opening.committeeKeysDigest || same.beacon !== opening.beacon) return undefined;
	await connection.requireAgreement(settled);
	return settled.ledger;
};

/** Members would confirm no update of a stranger's. @throws DecentraHealthError HOSPITALS_UNEXPECTED */
const requireParticipant = ({ transactor: { address } }: Hospital, { participants, name }: Study): void => {
	if (participants?.includes(address) ?? true) return;
	throw new DecentraHealthError("HOSPITALS_UNEXPECTED", {
		message: `${address} is not on the list of participants of the study ${name}`,
		nextStep:
			"Use the wallet that the study names, or ask the coordinator for a study with this one: the list is fixed.",
	});
};

/** Looks at the chain and does what is due: one action, or none. Safe to kill at any point. */
export const hospitalStep = async (hospital: Hospital, studyId: bigint, study: Study): Promise<HospitalAction> => {
	const { ledger, now, blockNumber: decidedAt } = await readLedger(hospital.connection);
	const action = nextHospitalAction(ledger, {
		studyId,
		hospital: hospital.transactor.address,
		datasetRoot: hospital.dataset.root,
		now,
	});
	if (action.kind === "commitDataset" || action.kind === "submitUpdate") requireParticipant(hospital, study);
	switch (action.kind) {
		case "commitDataset":
			await commitDatasetOnChain(hospital, studyId, { decidedAt });
			return action;
		case "submitUpdate": {
			const { round } = action;
			const settled = await settledLedger(hospital, round);
			if (settled === undefined) {
				return { kind: "wait", reason: `the opening of round ${round.roundId} is not deep enough in the chain yet` };
			}
			await submitUpdate(hospital, settled, round, study);
			return action;
		}
		case "attestAsHospital":
			await attestAsHospital(hospital, action.round, requireStudy(ledger, studyId));
			return action;
		case "freeze":
		case "fail":
			return carryOutUnlessDone(hospital, action);
		case "wait": {
			const round = activeRound(ledger, studyId);
			if (round !== undefined) await restoreBundle(hospital, round);
			return action;
		}
	}
};
