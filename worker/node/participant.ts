/** What every participant's worker has: the chain, IPFS, its wallet, its notes, and somebody to tell about progress. */
import { type Abi, type Hex, parseAbi } from "viem";
import type { ChainConnection } from "../adapters/chain/connect.ts";
import type { ContractCall, SendOptions, Transactor } from "../adapters/chain/transactor.ts";
import type { BlockStore } from "../adapters/ipfs/blockStore.ts";
import { contradictingParameters, decodeStudy } from "../core/codecs/study.ts";
import { foldEvents } from "../core/ledger/fold.ts";
import type { Ledger, StudyRecord } from "../core/ledger/state.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../protocol/generated/abi.ts";
import type { Study } from "../protocol/study.ts";
import type { Journal } from "./journal.ts";

export type ProgressEvent = {
	/** What is being done, for people: "prove segment 1 of 3". */
	readonly step: string;
	readonly state: "started" | "done";
	/** Wall seconds of a finished step. */
	readonly seconds?: number;
	readonly gas?: bigint;
};

export type Progress = (event: ProgressEvent) => void;

export type Participant = {
	readonly connection: ChainConnection;
	/** Reads from its own store and, where it has any, from others'; writes to its own. */
	readonly store: BlockStore;
	/** Its own store alone: what it publishes and what it keeps for others is here. By default `store`. */
	readonly own?: BlockStore | undefined;
	readonly transactor: Transactor;
	readonly journal: Journal;
	readonly progress: Progress;
	readonly signal?: AbortSignal | undefined;
};

/** Runs a step and reports its start and duration. */
export const timed = async <T>(progress: Progress, step: string, run: () => Promise<T> | T): Promise<T> => {
	const startedAt = performance.now();
	progress({ step, state: "started" });
	const result = await run();
	progress({ step, state: "done", seconds: (performance.now() - startedAt) / 1000 });
	return result;
};

export type LedgerView = {
	readonly ledger: Ledger;
	readonly blockNumber: bigint;
	readonly blockHash: Hex;
	/** Timestamp of that block, Unix seconds. */
	readonly now: bigint;
};

/** The consortium's state, `confirmations` blocks below the newest. */
export const readLedger = async ({ readEvents }: ChainConnection, confirmations = 0): Promise<LedgerView> => {
	const { events, blockNumber, blockHash, timestamp } = await readEvents({ confirmations });
	return { ledger: foldEvents(events), blockNumber, blockHash, now: timestamp };
};

// Errors of the other contracts, and of their base contracts, pass through the one that is called.
const ERRORS: Abi = [
	...[...hospitalRegistryAbi, ...modelRegistryAbi, ...roundManagerAbi].filter((item) => item.type === "error"),
	...parseAbi(["error OwnableUnauthorizedAccount(address account)"]),
];

const ABIS = {
	hospitalRegistry: hospitalRegistryAbi as Abi,
	modelRegistry: modelRegistryAbi as Abi,
	roundManager: roundManagerAbi as Abi,
} as const;

/** A call of one of the deployment's contracts, with every custom error that it can end in. */
export const contractCall = (
	{ deployment }: ChainConnection,
	contract: keyof typeof ABIS,
	functionName: string,
	args: readonly unknown[],
	summary: string,
): ContractCall => ({
	summary,
	address: deployment[contract],
	abi: [...ABIS[contract].filter((item) => item.type !== "error"), ...ERRORS],
	functionName,
	args,
});

/** Sends a call and reports its gas. */
export const sendCall = async (
	{ transactor, progress }: Pick<Participant, "transactor" | "progress">,
	key: string,
	call: ContractCall,
	options: SendOptions = {},
) => {
	const startedAt = performance.now();
	progress({ step: call.summary, state: "started" });
	const receipt = await transactor.send(key, call, options);
	const seconds = (performance.now() - startedAt) / 1000;
	progress({ step: call.summary, state: "done", seconds, gas: receipt.gasUsed });
	return receipt;
};

/** The study's record on chain. @throws STUDY_MISSING */
export const requireStudy = (ledger: Ledger, studyId: bigint): StudyRecord => {
	const study = ledger.studies.get(studyId);
	if (study !== undefined) return study;
	throw new DecentraHealthError("STUDY_MISSING", {
		message: `there is no study ${studyId} on this chain`,
		nextStep: "List the studies (model show) and use one of their ids.",
	});
};

/**
 * The study's definition as everybody signed up for it: fetched by its digest and held against the schema and the chain.
 * @throws DecentraHealthError STUDY_INVALID, BLOCK_MISSING, BLOCK_MISMATCH, IPFS_UNREACHABLE, ABORTED
 */
export const fetchStudy = async (store: BlockStore, record: StudyRecord, signal?: AbortSignal): Promise<Study> => {
	const study = decodeStudy(await store.get(record.parameters.definitionDigest, { signal }));
	const contradicting = contradictingParameters(study, record.parameters);
	if (contradicting.length === 0) return study;
	throw new DecentraHealthError("STUDY_INVALID", {
		message: `the definition of study ${record.studyId} is not what the chain says: ${contradicting.join(", ")}`,
		nextStep: "Do not take part: the coordinator registered another definition than the contracts enforce.",
	});
};
