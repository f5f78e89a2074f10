/** What an audit needs from outside, over a connection to the chain and a block store: the same in a command line and in a browser. */
import type { AuditPorts } from "../core/audit/ports.ts";
import { modelRegistryAbi, roundManagerAbi } from "../protocol/generated/abi.ts";
import type { ChainConnection } from "./chain/connect.ts";
import { chainError } from "./chain/errors.ts";
import type { BlockStore } from "./ipfs/blockStore.ts";
import { requireDigest } from "./ipfs/cid.ts";

export type AuditPlaces = {
	readonly store: Pick<BlockStore, "get">;
	readonly verifyProof: AuditPorts["verifyProof"];
	readonly signal?: AbortSignal | undefined;
};

/**
 * Everything is read at one block, so a round that goes on meanwhile makes no difference.
 * @throws DecentraHealthError RPC_UNREACHABLE, RPC_FAILED, LEDGER_INCONSISTENT, ABORTED
 */
export const auditPortsOf = async (
	{ client, chain, deployment, readEvents }: ChainConnection,
	{ store, verifyProof, signal }: AuditPlaces,
): Promise<{ readonly ports: AuditPorts; readonly blockNumber: bigint }> => {
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
