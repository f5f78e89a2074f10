/** Rebuilds the consortium's state from its events. The rules are in the NatSpec of contracts/interfaces. */
import type { Address } from "viem";
import type { EventPlace, LedgerEvent } from "./events.ts";
import { changeOf, impossible, type RoundEvent } from "./foldRound.ts";
import type { DatasetRecord, Ledger, ModelRecord, RoundRecord, SegmentRecord, ShareKey, StudyRecord } from "./state.ts";

const isBefore = (one: EventPlace, other: EventPlace): boolean =>
	one.blockNumber < other.blockNumber || (one.blockNumber === other.blockNumber && one.logIndex < other.logIndex);

/** Segments precede their update in the same transaction. */
const segmentKey = (event: Extract<LedgerEvent, { name: "SegmentProven" | "UpdateSubmitted" }>): string =>
	`${event.args.roundId}/${event.args.hospital}/${event.place.transactionHash}`;

/**
 * @param events all events of the three contracts from the first block on, in chain order
 * @throws DecentraHealthError LEDGER_INCONSISTENT when the events can't have come from these contracts
 */
export const foldEvents = (events: readonly LedgerEvent[]): Ledger => {
	const hospitals = new Set<Address>();
	const barred = new Set<Address>();
	const members = new Map<Address, ShareKey | undefined>();
	const datasets = new Map<bigint, Map<Address, DatasetRecord>>();
	const studies = new Map<bigint, StudyRecord>();
	const models = new Map<bigint, ModelRecord>();
	const rounds = new Map<bigint, RoundRecord>();
	const pending = new Map<string, readonly SegmentRecord[]>();

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

	let previous: EventPlace | undefined;
	for (const event of events) {
		const { place } = event;
		if (previous !== undefined && !isBefore(previous, place))
			throw impossible(event, "is not after the event before it");
		previous = place;
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
				});
				break;
			}
			case "SegmentProven": {
				const { roundId: _, hospital: __, ...segment } = event.args;
				const key = segmentKey(event);
				pending.set(key, [...(pending.get(key) ?? []), segment]);
				break;
			}
			default:
				amend(event);
		}
	}
	return { hospitals, barred, members, datasets, studies, models, rounds };
};
