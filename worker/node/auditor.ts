/** The auditor's shell: an RPC URL, a contract address and a place to read IPFS blocks from; no keys, nothing written. */
import { type ChainConnection, connectChain } from "../adapters/chain/connect.ts";
import { chainError } from "../adapters/chain/errors.ts";
import { requireDigest } from "../adapters/ipfs/cid.ts";
import { openBlockStore } from "../adapters/ipfs/openBlockStore.ts";
import { verifyProof } from "../adapters/prover.ts";
import { audit } from "../core/audit/audit.ts";
import type { AuditPorts } from "../core/audit/ports.ts";
import { type AuditReport, auditReportSchema, type Check, summarize } from "../core/audit/report.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { modelRegistryAbi, roundManagerAbi } from "../protocol/generated/abi.ts";

export type AuditRequest = {
	readonly rpcUrl: string;
	/** Address of the RoundManager. */
	readonly address: string;
	/** A folder of blocks, `http(s)://GATEWAY` or `kubo+http(s)://HOST:PORT`. */
	readonly ipfs: string;
	/** Only this study. */
	readonly studyId?: bigint | undefined;
	/** Block of the deployment, to spare a node the blocks before it. */
	readonly fromBlock?: bigint | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Told about every check as soon as it is made, with its wall seconds. */
	readonly onCheck?: (check: Check, seconds: number) => void;
};

const aborted = (): DecentraHealthError =>
	new DecentraHealthError("ABORTED", {
		message: "the audit was stopped before it was through",
		nextStep: "Run it again; it changes nothing and leaves nothing behind.",
	});

const rounded = (seconds: number): number => Number(seconds.toFixed(3));

/** Everything is read at one block, so a round that goes on meanwhile makes no difference. */
const portsOf = async (
	{ client, chain, deployment, readEvents }: ChainConnection,
	{ ipfs, signal }: AuditRequest,
): Promise<{ readonly ports: AuditPorts; readonly blockNumber: bigint }> => {
	const store = await openBlockStore(ipfs);
	const { events, blockNumber } = await readEvents();
	const count = async (contract: "modelRegistry" | "roundManager", functionName: string): Promise<bigint> => {
		const abi = contract === "modelRegistry" ? modelRegistryAbi : roundManagerAbi;
		const request = { address: deployment[contract], abi: abi as readonly unknown[], functionName, blockNumber };
		const value: unknown = await client.readContract(request).catch((error: unknown) => {
			throw chainError(error, `reading ${functionName}`);
		});
		return BigInt(value as bigint);
	};
	const ports: AuditPorts = {
		chainId: chain.id,
		deployment,
		events,
		counts: {
			studies: await count("modelRegistry", "studyCount"),
			models: await count("modelRegistry", "modelCount"),
			rounds: await count("roundManager", "roundCount"),
		},
		getBlock: (digest) => store.get(requireDigest(digest.toLowerCase()), { signal }),
		getHeader: async (number) => {
			try {
				const { timestamp, parentHash, mixHash } = await client.getBlock({ blockNumber: number });
				return { timestamp, parentHash, prevRandao: mixHash };
			} catch (error) {
				throw chainError(error, `reading block ${number}`);
			}
		},
		verifyProof,
	};
	return { ports, blockNumber };
};

/**
 * Audits a deployment from its events and IPFS alone. snarkjs' threads stay for the next proofs: closeProver() ends them.
 * @throws DecentraHealthError CONFIG_INVALID, RPC_UNREACHABLE, CONTRACT_MISSING, IPFS_UNREACHABLE, STUDY_MISSING, ABORTED: then nothing
 *   was found out. What the audit finds wrong is in the report.
 */
export const runAudit = async (request: AuditRequest): Promise<AuditReport> => {
	const startedAt = performance.now();
	const { rpcUrl, address, fromBlock, signal, studyId, onCheck } = request;
	const { ports, blockNumber } = await portsOf(await connectChain({ rpcUrl, address, fromBlock, signal }), request);
	const checks: Check[] = [];
	const times: number[] = [];
	let since = performance.now();
	for await (const check of audit(ports, { studyId })) {
		if (signal?.aborted === true) throw aborted();
		const seconds = (performance.now() - since) / 1000;
		checks.push(check);
		times.push(seconds);
		onCheck?.(check, seconds);
		since = performance.now();
	}
	return auditReportSchema.parse({
		version: 1,
		chainId: ports.chainId,
		deployment: ports.deployment,
		blockNumber: String(blockNumber),
		...(studyId === undefined ? {} : { studyId: String(studyId) }),
		...summarize(checks),
		seconds: rounded((performance.now() - startedAt) / 1000),
		checks: checks.map((check, index) => ({ ...check, seconds: rounded(times[index] as number) })),
	});
};
