/** Rebuilds the consortium's state from its events. The rules are in the NatSpec of contracts/interfaces. */
import type { Address } from "viem";
import type { EventPlace, LedgerEvent } from "./events.ts";
import { changeOf, impossible, type RoundEvent } from "./foldRound.ts";
import type { DatasetRecord, Ledger, ModelRecord, RoundRecord, SegmentRecord, ShareKey, StudyRecord } from "./state.ts";

/** A state that events are applied to one after another. Its records are never changed, only replaced. */
export type LedgerFold = {
	/** Up to the last event that was applied. */
	readonly ledger: Ledger;
	/** @throws DecentraHealthError LEDGER_INCONSISTENT when the event can't have come from these contracts in this state: the fold is void then */
	readonly apply: (event: LedgerEvent) => void;
	/** One that goes on from here by itself. */
	readonly fork: () => LedgerFold;
};

/**
 * @param events all events of the three contracts from the first block on, in chain order
 * @throws DecentraHealthError LEDGER_INCONSISTENT when the events can't have come from these contracts
 */
export const foldEvents = (events: readonly LedgerEvent[]): Ledger => {
	const { apply, ledger } = createLedgerFold();
	for (const event of events) apply(event);
	return ledger;
};

export const createLedgerFold = (): LedgerFold => foldFrom(emptyState());

type FoldState = {
	readonly hospitals: Set<Address>;
	readonly barred: Set<Address>;
	readonly members: Map<Address, ShareKey | undefined>;
	readonly datasets: Map<bigint, Map<Address, DatasetRecord>>;
	readonly studies: Map<bigint, StudyRecord>;
	readonly models: Map<bigint, ModelRecord>;
	readonly rounds: Map<bigint, RoundRecord>;
	readonly closedStudies: Set<bigint>;
	/** Segments whose update has not followed yet. */
	readonly pending: Map<string, readonly SegmentRecord[]>;
	previous: EventPlace | undefined;
};

const emptyState = (): FoldState => ({
	hospitals: new Set(),
	barred: new Set(),
	members: new Map(),
	datasets: new Map(),
	studies: new Map(),
	models: new Map(),
	rounds: new Map(),
	closedStudies: new Set(),
	pending: new Map(),
	previous: undefined,
});

const copyOf = (state: FoldState): FoldState => ({
	hospitals: new Set(state.hospitals),
	barred: new Set(state.barred),
	members: new Map(state.members),
	datasets: new Map([...state.datasets].map(([studyId, ofStudy]) => [studyId, new Map(ofStudy)])),
	studies: new Map(state.studies),
	models: new Map(state.models),
	rounds: new Map(state.rounds),
	closedStudies: new Set(state.closedStudies),
	pending: new Map(state.pending),
	previous: state.previous,
});

const isBefore = (one: EventPlace, other: EventPlace): boolean =>
	one.blockNumber < other.blockNumber || (one.blockNumber === other.blockNumber && one.logIndex < other.logIndex);

/** Segments precede their update in the same transaction. */
const segmentKey = (event: Extract<LedgerEvent, { name: "SegmentProven" | "UpdateSubmitted" }>): string =>
	`${event.args.roundId}/${event.args.hospital}/${event.place.transactionHash}`;

const foldFrom = (state: FoldState): LedgerFold => {
	const { hospitals, barred, members, datasets, studies, models, rounds, closedStudies, pending } = state;

	const takeSegments = (key: string): readonly SegmentRecord[] => {
		const segments = pending.get(key) ?? [];
		pending.delete(key);
		return segments;
	};
	const amend = (event: RoundEvent): void => {
		const { roundId } = event.args;
		const round = rounds.get(roundId);
		const study = round && studies.get(round.studyId);
		if (round === undefined || study === undefined) throw impossible(event, `round ${roundId} was never opened`);
		const segments = event.name === "UpdateSubmitted" ? takeSegments(segmentKey(event)) : [];
		rounds.set(roundId, { ...round, ...changeOf(event, round, { thresholds: study.parameters, segments }) });
	};

	const apply = (event: LedgerEvent): void => {
		const { place } = event;
		if (state.previous !== undefined && !isBefore(state.previous, place))
			throw impossible(event, "is not after the event before it");
		state.previous = place;
		switch (event.name) {
			case "HospitalAdmitted":
				hospitals.add(event.args.hospital);
				break;
			case "HospitalRemoved":
				hospitals.delete(event.args.hospital);
				for (const ofStudy of datasets.values()) ofStudy.delete(event.args.hospital);
				break;
			case "HospitalBarred":
				barred.add(event.args.hospital);
				break;
			case "HospitalBarLifted":
				barred.delete(event.args.hospital);
				break;
			case "MemberAdmitted":
				members.set(event.args.member, undefined);
				break;
			case "MemberRemoved":
				members.delete(event.args.member);
				break;
			case "ShareKeyRegistered":
				members.set(event.args.member, { x: event.args.x, y: event.args.y });
				break;
			case "DatasetCommitted": {
				const { studyId, hospital, ...dataset } = event.args;
				const ofStudy = datasets.get(studyId) ?? new Map<Address, DatasetRecord>();
				datasets.set(studyId, ofStudy.set(hospital, dataset));
				break;
			}
			case "RoundManagerSet":
				break;
			case "StudyCreated": {
				const { studyId, nameHash, study } = event.args;
				studies.set(studyId, { ...study, studyId, nameHash });
				break;
			}
			case "ModelAppended":
				models.set(event.args.modelId, { ...event.args, place });
				break;
			case "RoundOpened": {
				const { roundId, studyId, baseModelId, opening } = event.args;
				if (!studies.has(studyId) || !models.has(baseModelId)) throw impossible(event, "of an unknown study or model");
				if (roundId !== BigInt(rounds.size + 1)) throw impossible(event, `follows round ${rounds.size}`);
				const { deadline, checkingDuration } = opening;
				rounds.set(roundId, {
					roundId,
					studyId,
					baseModelId,
					opening,
					place,
					phase: "Open",
					closed: false,
					deadline,
					checkingDeadline: deadline + BigInt(checkingDuration),
					updates: [],
					removed: [],
					excluded: [],
					keySums: [],
					attestations: [],
					hospitalAttestations: [],
				});
				break;
			}
			case "StudyClosed":
				closedStudies.add(event.args.studyId);
				break;
			case "SegmentProven": {
				const { roundId: _, hospital: __, ...segment } = event.args;
				const key = segmentKey(event);
				pending.set(key, [...(pending.get(key) ?? []), segment]);
				break;
			}
			default:
				amend(event);
		}
	};

	const ledger: Ledger = { hospitals, barred, members, datasets, studies, models, rounds, closedStudies };
	return { ledger, apply, fork: () => foldFrom(copyOf(state)) };
};
