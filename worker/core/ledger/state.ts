/** The consortium's state as its events tell it: all that workers decide by and that an audit starts from. */
import type { Address, Hex } from "viem";
import type { EventPlace, LedgerEvent } from "./events.ts";

type ArgsOf<Name extends LedgerEvent["name"]> = Extract<LedgerEvent, { name: Name }>["args"];

export type ShareKey = { readonly x: bigint; readonly y: bigint };

/** Groth16 points in the order of the Solidity call data. */
export type SolidityProof = ArgsOf<"SegmentProven">["proof"];

export type StudyRecord = ArgsOf<"StudyCreated">["study"] & { readonly studyId: bigint; readonly nameHash: Hex };

export type ModelRecord = ArgsOf<"ModelAppended"> & { readonly place: EventPlace };

export type DatasetRecord = Omit<ArgsOf<"DatasetCommitted">, "studyId" | "hospital">;

export type SegmentRecord = Pick<ArgsOf<"SegmentProven">, "segment" | "commitmentOut" | "proof">;

export type UpdateRecord = ArgsOf<"UpdateSubmitted">["update"] & {
	readonly hospital: Address;
	/** Order of acceptance from 0, updates counted that were removed since: what a confirmation names. */
	readonly position: number;
	/** Members that hold the bundle, in the order of their confirmations. */
	readonly confirmedBy: readonly Address[];
	readonly segments: readonly SegmentRecord[];
	readonly place: EventPlace;
};

export type FrozenSet = Omit<ArgsOf<"RoundFrozen">, "roundId"> & { readonly place: EventPlace };
export type KeySumRecord = Omit<ArgsOf<"KeySumPosted">, "roundId"> & { readonly place: EventPlace };
export type AttestationRecord = Omit<ArgsOf<"ModelAttested">, "roundId"> & { readonly place: EventPlace };

export type HospitalAttestationRecord = Omit<ArgsOf<"ModelAttestedByHospital">, "roundId"> & {
	readonly place: EventPlace;
};

/** FailureReason of IRoundManager. */
export const FAILURE_REASONS = ["None", "NotEnoughUpdates", "NotEnoughAvailable", "Cancelled", "StudyClosed"] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export type Phase = "Open" | "Frozen" | "Opened" | "Finalized" | "Failed";

export type RoundRecord = {
	readonly roundId: bigint;
	readonly studyId: bigint;
	readonly baseModelId: bigint;
	readonly opening: ArgsOf<"RoundOpened">["opening"];
	readonly place: EventPlace;
	readonly phase: Phase;
	/** Last second for submissions. */
	readonly deadline: bigint;
	/** Last second for confirmations. */
	readonly checkingDeadline: bigint;
	/** Every expected update came before the deadline: the submissions are over. */
	readonly closed: boolean;
	/** Accepted updates in order of acceptance, removed and excluded ones left out: once frozen, the frozen set. */
	readonly updates: readonly UpdateRecord[];
	/** Hospitals whose bundle was shown not to be the proven one. */
	readonly removed: readonly Address[];
	/** Hospitals whose bundle fewer than t members hold: left out when the set was frozen. */
	readonly excluded: readonly Address[];
	readonly frozen?: FrozenSet;
	readonly keySums: readonly KeySumRecord[];
	/** Last second in which members alone may attest, once Opened: afterwards the frozen set's hospitals may, too. */
	readonly membersOnlyUntil?: bigint;
	readonly attestations: readonly AttestationRecord[];
	readonly hospitalAttestations: readonly HospitalAttestationRecord[];
	readonly finalized?: Pick<ArgsOf<"RoundFinalized">, "modelId" | "modelCommitment" | "modelDigest">;
	readonly failure?: FailureReason;
};

export type Ledger = {
	readonly hospitals: ReadonlySet<Address>;
	readonly barred: ReadonlySet<Address>;
	/** Admitted members; undefined until they register a share key. */
	readonly members: ReadonlyMap<Address, ShareKey | undefined>;
	/** By study, then hospital. */
	readonly datasets: ReadonlyMap<bigint, ReadonlyMap<Address, DatasetRecord>>;
	readonly studies: ReadonlyMap<bigint, StudyRecord>;
	readonly models: ReadonlyMap<bigint, ModelRecord>;
	readonly rounds: ReadonlyMap<bigint, RoundRecord>;
	/** Studies that were closed for good. */
	readonly closedStudies: ReadonlySet<bigint>;
};

/** Fewer members than these do not make an update available, fewer updates than those are not frozen. */
export type RoundThresholds = Pick<StudyRecord["parameters"], "threshold" | "minUpdates">;

/** The update's bundle is held by t members. */
export const isAvailable = (
	{ confirmedBy }: Pick<UpdateRecord, "confirmedBy">,
	{ threshold }: Pick<RoundThresholds, "threshold">,
): boolean => confirmedBy.length >= threshold;

/** So many equal attestations of the frozen set's hospitals finalize a round. */
export const isMajority = (equal: number, frozenUpdates: number): boolean => 2 * equal > frozenUpdates;

/** The study's current model: its latest. */
export const currentModel = (ledger: Ledger, studyId: bigint): ModelRecord | undefined =>
	[...ledger.models.values()].findLast((model) => model.studyId === studyId);

/** The study's round that has not ended. */
export const activeRound = (ledger: Ledger, studyId: bigint): RoundRecord | undefined =>
	[...ledger.rounds.values()].find(
		(round) => round.studyId === studyId && round.phase !== "Finalized" && round.phase !== "Failed",
	);
