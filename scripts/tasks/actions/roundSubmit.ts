/** round submit: a hospital trains, proves, encrypts and submits with one transaction. Interrupted, it goes on with the proofs that are finished. */
import { closeProver } from "../../../worker/adapters/prover.ts";
import { nextHospitalAction } from "../../../worker/core/nextAction.ts";
import { openHospitalData } from "../../../worker/node/folders.ts";
import { submitUpdate } from "../../../worker/node/hospital.ts";
import { fetchStudy, readLedger, requireStudy } from "../../../worker/node/participant.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { loadStudyCircuits } from "../../circuits/studyCircuits.ts";
import { taskAction } from "../support/action.ts";
import type { WriteArguments } from "../support/options.ts";
import { parseFieldElement } from "../support/parse.ts";
import { openWorker } from "../support/worker.ts";

type Arguments = WriteArguments & {
	readonly data: string;
	readonly study: bigint;
	readonly committee?: string | undefined;
	readonly acceptRepeat?: string | undefined;
};

export default taskAction(async ({ data, study: studyId, committee, acceptRepeat, ...args }: Arguments, hre) => {
	const committeeKeysDigests = committee
		?.split(",")
		.map((digest) => parseFieldElement(digest.trim(), "committee keys digest"));
	const worker = await openWorker(hre, args);
	const { ledger, now } = await readLedger(worker.connection);
	const study = await fetchStudy(worker.store, requireStudy(ledger, studyId));
	const opened = await openHospitalData({ ...worker, data, study, create: false });
	const hospital = worker.transactor.address;
	const action = nextHospitalAction(ledger, { studyId, hospital, datasetRoot: opened.dataset.root, now });
	if (action.kind !== "submitUpdate") {
		throw new DecentraHealthError("TASK_REFUSED", {
			message: `${hospital} can't submit now: ${action.kind === "wait" ? action.reason : `first, ${action.kind} is due`}`,
			nextStep: "Look at the round (round status) and do what is due.",
		});
	}
	const circuits = await loadStudyCircuits(study);
	const { roundId, opening: terms } = action.round;
	const acceptedRepeats =
		acceptRepeat === undefined ? [] : [{ baseCommitment: terms.baseCommitment, reason: acceptRepeat }];
	const submitting = { ...worker, ...opened, circuits, committeeKeysDigests, acceptedRepeats };
	const submit = submitUpdate(submitting, ledger, action.round, study);
	const { transactionHash, gasUsed } = await submit.finally(closeProver);
	return {
		json: { roundId, studyId, hospital, sampleCount: opened.dataset.sampleCount, transactionHash, gasUsed },
		lines: [
			`the update of ${opened.dataset.sampleCount} samples is in round ${roundId}: transaction ${transactionHash}`,
		],
	};
});
