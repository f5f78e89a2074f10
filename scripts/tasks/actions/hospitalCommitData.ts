/** hospital commit-data: a hospital commits to its rows for a study. Rows and salts stay in its folder. */
import { passphraseFrom } from "../../../worker/adapters/passphrase.ts";
import { nextHospitalAction } from "../../../worker/core/nextAction.ts";
import { openHospitalData, walletName } from "../../../worker/node/folders.ts";
import { commitDatasetOnChain } from "../../../worker/node/hospital.ts";
import { fetchStudy, readLedger, requireStudy } from "../../../worker/node/participant.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";

type Arguments = WriteArguments & { readonly data: string; readonly study: bigint };

export default taskAction(async ({ data, study: studyId, ...args }: Arguments, hre) => {
	const passphrase = passphraseFrom(process.env);
	const participant = await openParticipant(hre, args);
	const { ledger, now } = await readLedger(participant.connection);
	const study = await fetchStudy(participant.store, requireStudy(ledger, studyId));
	const name = walletName(participant.transactor.address);
	const { dataset } = await openHospitalData({ folder: participant.folder, passphrase, name, data, study });
	const hospital = participant.transactor.address;
	const view = { studyId, hospital, datasetRoot: dataset.root, now };
	if (ledger.datasets.get(studyId)?.get(hospital)?.root === dataset.root) {
		// Committing again would move the registration behind a round that is open, and so forfeit it.
		const { root, sampleCount, batchCount } = dataset;
		return {
			json: { studyId, hospital, root, sampleCount, batchCount, transactionHash: null },
			lines: [`these ${sampleCount} samples are committed for study ${studyId} already; nothing was sent`],
		};
	}
	const action = nextHospitalAction(ledger, view);
	if (action.kind === "wait") {
		throw new DecentraHealthError("TASK_REFUSED", {
			message: `${hospital} can't commit now: ${action.reason}`,
			nextStep:
				"Look at the round (round status) and commit when it is over, or have the coordinator admit this wallet.",
		});
	}
	const { transactionHash } = await commitDatasetOnChain({ ...participant, dataset }, studyId);
	const { root, sampleCount, batchCount } = dataset;
	return {
		json: { studyId, hospital: participant.transactor.address, root, sampleCount, batchCount, transactionHash },
		lines: [
			`${sampleCount} samples in ${batchCount} batches are committed for study ${studyId}; rounds opened from now on count them`,
			`root ${root}`,
			`the salts are derived from the keystore in ${participant.folder}: keep it`,
		],
	};
});
