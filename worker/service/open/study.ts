/** The study that the configuration names, as the chain and IPFS have it, and the circuits it is proven with. */
import { fileURLToPath } from "node:url";
import { keccak256, stringToBytes } from "viem";
import type { BlockStore } from "../../adapters/ipfs/blockStore.ts";
import { loadStudyCircuits, type StudyCircuits } from "../../adapters/prover/studyCircuits.ts";
import type { Ledger, StudyRecord } from "../../core/ledger/state.ts";
import { fetchStudy } from "../../node/participant.ts";
import { requireProvingKey } from "../../node/provingKeys.ts";
import { requireKeysForChain } from "../../protocol/developmentChain.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { Study } from "../../protocol/study.ts";
import type { Role, WorkerConfig } from "../config/schema.ts";

/** Undefined as long as there is no study of this id or name. */
export const lookUpStudy = (
	{ studies }: Pick<Ledger, "studies">,
	wanted: WorkerConfig["study"],
): StudyRecord | undefined => {
	const nameHash = typeof wanted === "string" ? keccak256(stringToBytes(wanted)) : undefined;
	return [...studies.values()].find((study) =>
		nameHash === undefined ? study.studyId === BigInt(wanted) : study.nameHash === nameHash,
	);
};

export const describeWanted = (wanted: WorkerConfig["study"]): string =>
	typeof wanted === "string" ? `"${wanted}"` : String(wanted);

/** @throws DecentraHealthError STUDY_MISSING */
export const findStudy = (ledger: Pick<Ledger, "studies">, wanted: WorkerConfig["study"]): StudyRecord => {
	const found = lookUpStudy(ledger, wanted);
	if (found !== undefined) return found;
	throw new DecentraHealthError("STUDY_MISSING", {
		message: `there is no study ${describeWanted(wanted)} on this chain`,
		nextStep:
			'List the studies (model show) and correct "study", or have the coordinator create it: a worker that is not to run --once waits for it.',
	});
};

export type OpenedStudy = {
	readonly record: StudyRecord;
	readonly study: Study;
	/** Undefined for a coordinator, who proves nothing. */
	readonly circuits: StudyCircuits | undefined;
};

const DEFAULT_CIRCUITS = fileURLToPath(new URL("../../../.cache/circuits", import.meta.url));

/** The circuits that a role proves with have to have the keys that the contracts verify with. @throws PROVING_KEY_MISMATCH, DEVELOPMENT_KEYS */
export const requireKeysOf = (
	role: Exclude<Role, "coordinator">,
	chainId: number,
	circuits: StudyCircuits,
	record: StudyRecord,
): void => {
	const { train, encrypt, keySum } = circuits;
	requireKeysForChain(chainId, role === "hospital" ? [train, encrypt] : [keySum]);
	const { trainVkHash, encryptVkHash, keySumVkHash } = record;
	// All three: a build with one other key is another build.
	requireProvingKey(train, trainVkHash);
	requireProvingKey(encrypt, encryptVkHash);
	requireProvingKey(keySum, keySumVkHash);
};

/**
 * @param given circuits in the place of the configured folder's
 * @throws DecentraHealthError STUDY_INVALID, PROVING_KEY_MISSING, PROVING_KEY_MISMATCH, DEVELOPMENT_KEYS, BLOCK_MISSING,
 *   IPFS_UNREACHABLE
 */
export const openStudy = async (
	config: WorkerConfig,
	record: StudyRecord,
	store: BlockStore,
	given: StudyCircuits | undefined,
	signal?: AbortSignal,
): Promise<OpenedStudy> => {
	const study = await fetchStudy(store, record, signal);
	if (config.role === "coordinator") return { record, study, circuits: undefined };
	const circuits = given ?? (await loadStudyCircuits(config.circuits ?? DEFAULT_CIRCUITS, study));
	requireKeysOf(config.role, config.chainId, circuits, record);
	return { record, study, circuits };
};
