/** audit: verifies a deployment again from its events and IPFS alone; keys and notes of this machine are not used. */
import { closeProver } from "../../../worker/adapters/prover.ts";
import { runAudit } from "../../../worker/node/auditor.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { formatCheck, formatSummary } from "../../audit/format.ts";
import { taskAction } from "../support/action.ts";
import { ipfsOf, openConnection, rpcUrlOf } from "../support/network.ts";
import type { ReadArguments } from "../support/options.ts";

type Arguments = ReadArguments & {
	readonly ipfs?: string | undefined;
	readonly study: bigint;
	readonly fromBlock: bigint;
};

export default taskAction(async ({ ipfs, study, fromBlock, ...args }: Arguments, hre) => {
	const rpcUrl = await rpcUrlOf(hre);
	const { deployment } = await openConnection(hre, args);
	const report = await runAudit({
		rpcUrl,
		address: deployment.roundManager,
		ipfs: ipfsOf(hre, ipfs),
		// Ids count from 1, so 0 can stand for "all of them", and a first block for "look for it".
		studyId: study === 0n ? undefined : study,
		fromBlock: fromBlock === 0n ? undefined : fromBlock,
		onCheck: (check, seconds) => console.error(formatCheck(check, seconds)),
	}).finally(closeProver);
	const result = { json: { ...report }, lines: [formatSummary(report)] };
	if (report.firstFailure === undefined) return result;
	const { code, id, detail, nextStep } = report.firstFailure;
	const failure = new DecentraHealthError("AUDIT_MISMATCH", {
		message: `${report.counts.failed} checks failed, first ${id} (${code}): ${detail}`,
		nextStep: nextStep ?? "Read the failed checks above.",
	});
	return { ...result, failure };
});
