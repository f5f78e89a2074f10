/** One audit from request to report, as the browser's worker runs it. */
import { auditPortsOf } from "../../../worker/adapters/auditPorts.ts";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import { type CollectOptions, collectAudit } from "../../../worker/core/audit/collect.ts";
import type { AuditPorts } from "../../../worker/core/audit/ports.ts";
import { replay } from "../../../worker/core/audit/replay/replay.ts";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { openPatientGateways } from "../ipfs/openGateways.ts";
import { expectedChecks } from "./expectedChecks.ts";
import type { AuditMessage, Problem } from "./messages.ts";
import type { AuditRequest } from "./request.ts";

export type SessionPorts = {
	readonly verifyProof: AuditPorts["verifyProof"];
	readonly post: (message: AuditMessage) => void;
	readonly now: () => number;
};

export const problemOf = (error: unknown): Problem => {
	if (isDecentraHealthError(error)) {
		const { code, message, nextStep } = error;
		return { code, message, nextStep };
	}
	return {
		code: "FAULT",
		message: error instanceof Error ? error.message : "an unknown error",
		nextStep: "This is a fault of the program, not a finding of the audit: report it with the address and block.",
	};
};

/** Ends with one message, `report` or `interrupted`; never throws. */
export const runSession = async (request: AuditRequest, { verifyProof, post, now }: SessionPorts): Promise<void> => {
	const startedAt = now();
	const { rpcUrl, roundManager, gateways } = request;
	const studyId = request.studyId === undefined ? undefined : BigInt(request.studyId);
	const fromBlock = request.fromBlock === undefined ? undefined : BigInt(request.fromBlock);
	try {
		const connection = await connectChain({ rpcUrl, address: roundManager, fromBlock });
		const store = openPatientGateways(gateways);
		const { ports, blockNumber } = await auditPortsOf(connection, { store, verifyProof });
		const { timestamp } = await ports.getHeader(blockNumber);
		const { chainId, deployment, events } = ports;
		post({
			type: "head",
			head: {
				chainId,
				deployment,
				blockNumber: String(blockNumber),
				blockTime: Number(timestamp),
				events: events.length,
				expected: expectedChecks(replay(events, deployment), studyId),
			},
		});
		const onCheck: CollectOptions["onCheck"] = (check, seconds) => post({ type: "check", check, seconds });
		const report = await collectAudit(ports, { blockNumber, studyId, onCheck, now, startedAt });
		post({ type: "report", report });
	} catch (error) {
		post({ type: "interrupted", problem: problemOf(error) });
	}
};
