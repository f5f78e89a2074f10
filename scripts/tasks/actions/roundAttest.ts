/** round attest: a hospital of the frozen set recomputes the new model, publishes it and attests to it, when the members did not in their time. */
import { closeProver } from "../../../worker/adapters/prover.ts";
import { attestAsHospital } from "../../../worker/node/attestation.ts";
import { readLedger, requireStudy } from "../../../worker/node/participant.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";
import { requireRound } from "../support/parse.ts";

export default taskAction(async ({ round: roundId, ...args }: WriteArguments & { readonly round: bigint }, hre) => {
	const hospital = await openParticipant(hre, args);
	const { ledger } = await readLedger(hospital.connection);
	const round = requireRound(ledger, roundId);
	const attesting = attestAsHospital(hospital, round, requireStudy(ledger, round.studyId));
	const { transactionHash } = await attesting.finally(closeProver);
	return {
		json: { roundId, hospital: hospital.transactor.address, transactionHash },
		lines: [`attested to the new global model of round ${roundId}: transaction ${transactionHash}`],
	};
});
