/** The state of the contracts at one moment of the replay. Mutable: the replay passes once over all events. */
import type { Address, Hex } from "viem";
import type { EventPlace, LedgerEvent } from "../../ledger/events.ts";
import type {
	AttestationRecord,
	DatasetRecord,
	FrozenSet,
	HospitalAttestationRecord,
	KeySumRecord,
	ModelRecord,
	Phase,
	RoundRecord,
	ShareKey,
	StudyRecord,
	UpdateRecord,
} from "../../ledger/state.ts";
import type { CheckId } from "../report.ts";

type EventArgs<Name extends LedgerEvent["name"]> = Extract<LedgerEvent, { name: Name }>["args"];

/** An accepted update and what the registry said about its hospital at that moment. */
export type Submission = UpdateRecord & {
	/** Seated members that confirmed to hold the bundle, each once, in the order of their confirmations. */
	readonly confirmedBy: Address[];
	readonly admitted: boolean;
	readonly dataset: DatasetRecord | undefined;
};

/** The contract found that a bundle is not what its proof says. */
export type Challenge = { readonly hospital: Address; readonly place: EventPlace };

export type Confirmation = Omit<EventArgs<"AvailabilityConfirmed">, "roundId"> & { readonly place: EventPlace };

/** An end of a phase that came with an event. */
export type PhaseEnd = { readonly deadline: bigint; readonly place: EventPlace };

export type RoundHistory = {
	readonly roundId: bigint;
	readonly studyId: bigint;
	readonly baseModelId: bigint;
	readonly opening: RoundRecord["opening"];
	readonly place: EventPlace;
	readonly atOpening: {
		readonly members: ReadonlyMap<Address, ShareKey | undefined>;
		readonly currentModel: bigint | undefined;
		/** Admitted hospitals with a data set in the study. */
		readonly committedHospitals: number;
		/** Those of them that committed in an earlier block, so that they can submit. */
		readonly eligibleHospitals: number;
	};
	phase: Phase;
	/** All that were ever accepted, removed ones too. */
	readonly submissions: Submission[];
	/** In the order of acceptance, less removed ones; from the freeze on, less those that too few members hold: the set that had to be frozen. */
	accepted: Submission[];
	readonly challenges: Challenge[];
	/** The last expected update came before the deadline. */
	closed?: PhaseEnd;
	readonly confirmations: Confirmation[];
	/** Live updates that were not available when the set was frozen. */
	unavailable: readonly Submission[];
	/** Hospitals of which the chain said so. */
	readonly excluded: Address[];
	frozen?: FrozenSet;
	readonly keySums: KeySumRecord[];
	completed?: { readonly membersOnlyUntil: bigint; readonly place: EventPlace };
	readonly attestations: AttestationRecord[];
	readonly hospitalAttestations: HospitalAttestationRecord[];
	finalized?: NonNullable<RoundRecord["finalized"]> & { readonly place: EventPlace };
	failed?: { readonly reason: number; readonly from: Phase; readonly place: EventPlace };
};

/** An event that broke the contracts' rules. */
export type Violation = {
	readonly id: Extract<CheckId, `history.${string}`>;
	readonly place: EventPlace;
	readonly roundId?: bigint;
	readonly problem: string;
};

export type ReplayState = {
	readonly hospitals: Set<Address>;
	readonly barred: Set<Address>;
	readonly members: Map<Address, ShareKey | undefined>;
	readonly datasets: Map<bigint, Map<Address, DatasetRecord>>;
	readonly studies: Map<bigint, StudyRecord>;
	/** In the order of their events. */
	readonly models: ModelRecord[];
	readonly currentModel: Map<bigint, bigint>;
	readonly rounds: Map<bigint, RoundHistory>;
	readonly closedStudies: Set<bigint>;
	/** Which registries know their round manager. */
	readonly linked: Set<LedgerEvent["source"]>;
	/** Events that the present transaction still has to emit, by key. */
	readonly owed: Map<string, EventPlace>;
	/** Proven segments whose update has not followed yet; all of one transaction. */
	segments: Extract<LedgerEvent, { name: "SegmentProven" }>[];
};

export const initialState = (): ReplayState => ({
	hospitals: new Set(),
	barred: new Set(),
	members: new Map(),
	datasets: new Map(),
	studies: new Map(),
	models: [],
	currentModel: new Map(),
	rounds: new Map(),
	closedStudies: new Set(),
	linked: new Set(),
	owed: new Map(),
	segments: [],
});

/** Keys of owed events. */
export const owedKey = {
	initialModel: (studyId: bigint) => `ModelAppended of study ${studyId}`,
	roundModel: (roundId: bigint) => `ModelAppended of round ${roundId}`,
	finalized: (roundId: bigint) => `RoundFinalized of round ${roundId}`,
	closed: (roundId: bigint) => `SubmissionsClosed of round ${roundId}`,
	frozen: (roundId: bigint) => `RoundFrozen of round ${roundId}`,
	completed: (roundId: bigint) => `KeySumsCompleted of round ${roundId}`,
	barred: (roundId: bigint) => `HospitalBarred after round ${roundId}'s challenge`,
	readmitted: (hospital: Address) => `HospitalAdmitted of ${hospital}`,
	studyClosed: (studyId: bigint) => `StudyClosed of study ${studyId}`,
	update: (roundId: bigint, hospital: Address) => `UpdateSubmitted of ${hospital} in round ${roundId}`,
} as const;

export const sameModel = (
	one: { readonly modelCommitment: bigint; readonly modelDigest: Hex },
	other: { readonly modelCommitment: bigint; readonly modelDigest: Hex },
): boolean => one.modelCommitment === other.modelCommitment && one.modelDigest === other.modelDigest;
