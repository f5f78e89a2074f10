/** The auditor's shell: an RPC URL, a contract address and a place to read IPFS blocks from; no keys, nothing written. */
import { auditPortsOf } from "../adapters/auditPorts.ts";
import { connectChain } from "../adapters/chain/connect.ts";
import { openBlockStore } from "../adapters/ipfs/openBlockStore.ts";
import { withRetries } from "../adapters/ipfs/withRetries.ts";
import { verifyProof } from "../adapters/prover.ts";
import { type CollectOptions, collectAudit } from "../core/audit/collect.ts";
import type { AuditReport } from "../core/audit/report.ts";

export type AuditRequest = Pick<CollectOptions, "studyId" | "signal" | "onCheck"> & {
	readonly rpcUrl: string;
	/** Address of the RoundManager. */
	readonly address: string;
	/** A folder of blocks, `http(s)://GATEWAY` or `kubo+http(s)://HOST:PORT`. */
	readonly ipfs: string;
	/** Block of the deployment, to spare a node the blocks before it. */
	readonly fromBlock?: bigint | undefined;
};

/**
 * Audits a deployment from its events and IPFS alone. snarkjs' threads stay for the next proofs: closeProver() ends them.
 * @throws DecentraHealthError CONFIG_INVALID, RPC_UNREACHABLE, CONTRACT_MISSING, IPFS_*, STUDY_MISSING, ABORTED: then nothing
 *   was found out. What the audit finds wrong is in the report.
 */
export const runAudit = async (request: AuditRequest): Promise<AuditReport> => {
	const startedAt = performance.now();
	const { rpcUrl, address, ipfs, fromBlock, signal, studyId, onCheck } = request;
	const connection = await connectChain({ rpcUrl, address, fromBlock, signal });
	const store = withRetries(await openBlockStore(ipfs));
	const { ports, blockNumber } = await auditPortsOf(connection, { store, verifyProof, signal });
	return collectAudit(ports, { blockNumber, studyId, signal, onCheck, now: () => performance.now(), startedAt });
};
