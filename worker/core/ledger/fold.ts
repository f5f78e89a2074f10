/** Rebuilds the consortium's state from its events. The rules are in the NatSpec of contracts/interfaces. */
import type { Address } from "viem";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { frozenSetDigest } from "../../protocol/frozenSetDigest.ts";
import type { EventPlace, LedgerEvent } from "./events.ts";
import {
	type DatasetRecord,
	FAILURE_REASONS,
	type Ledger,
	type ModelRecord,
	type RoundRecord,
	type SegmentRecord,
	type ShareKey,
	type StudyRecord,
	type UpdateRecord,
} from "./state.ts";

const impossible = (event: LedgerEvent, problem: string): DecentraHealthError =>
	new DecentraHealthError("LEDGER_INCONSISTENT", {
		message: `${event.name} in transaction ${event.place.transactionHash} (log ${event.place.logIndex}): ${problem}`,
		nextStep:
			"The RPC node left out events or the contracts are not this project's: try another node, check the address.",
	});

const isBefore = (one: EventPlace, other: EventPlace): boolean =>
	one.blockNumber < other.blockNumber || (one.blockNumber === other.blockNumber && one.logIndex < other.logIndex);

const requireSameSet = (
	event: Extract<LedgerEvent, { name: "RoundFrozen" }>,
	updates: readonly Pick<UpdateRecord, "hospital" | "bundleDigest">[],
): void => {
	const { roundId, hospitals, bundleDigests, frozenSetDigest: digest } = event.args;
	const isSame =
		hospitals.length === updates.length &&
		bundleDigests.length === updates.length &&
		updates.every(({ hospital, bundleDigest }, index) => {
			return hospitals[index] === hospital && bundleDigests[index] === bundleDigest;
		});
	if (!isSame) throw impossible(event, "the frozen set is not that of the accepted updates");
	if (frozenSetDigest(roundId, hospitals, bundleDigests) !== digest) {
		throw impossible(event, "the digest is not the frozen set's");
	}
};

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
	// Segments precede their update in the same transaction.
	const pending = new Map<string, SegmentRecord[]>();

	const amend = (event: LedgerEvent, roundId: bigint, change: (round: RoundRecord) => Partial<RoundRecord>): void => {
		const round = rounds.get(roundId);
		if (round === undefined) throw impossible(event, `round ${roundId} was never opened`);
		rounds.set(roundId, { ...round, ...change(round) });
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
				const started = { phase: "Open", deadline: opening.deadline, updates: [], removed: [], keySums: [] } as const;
				rounds.set(roundId, { roundId, studyId, baseModelId, opening, place, attestations: [], ...started });
				break;
			}
			case "SegmentProven": {
				const { roundId, hospital, ...segment } = event.args;
				const key = `${roundId}/${hospital}/${place.transactionHash}`;
				pending.set(key, [...(pending.get(key) ?? []), segment]);
				break;
			}
			case "UpdateSubmitted": {
				const { roundId, hospital, update } = event.args;
				if (rounds.get(roundId)?.updates.some((other) => other.hospital === hospital)) {
					throw impossible(event, `${hospital} submits twice`);
				}
				const key = `${roundId}/${hospital}/${place.transactionHash}`;
				const segments = pending.get(key) ?? [];
				pending.delete(key);
				amend(event, roundId, ({ updates }) => ({ updates: [...updates, { ...update, hospital, segments, place }] }));
				break;
			}
			case "UpdateRemoved": {
				const { roundId, hospital } = event.args;
				amend(event, roundId, ({ updates, removed }) => ({
					updates: updates.filter((update) => update.hospital !== hospital),
					removed: [...removed, hospital],
				}));
				break;
			}
			case "RoundFrozen": {
				const { roundId, ...frozen } = event.args;
				amend(event, roundId, ({ updates }) => {
					// A member opens the sum over `updates` and signs for the digest: were they not the same set, it would open two.
					requireSameSet(event, updates);
					return { phase: "Frozen", deadline: frozen.deadline, frozen: { ...frozen, place } };
				});
				break;
			}
			case "KeySumPosted": {
				const { roundId, ...keySum } = event.args;
				amend(event, roundId, ({ keySums }) => ({ keySums: [...keySums, { ...keySum, place }] }));
				break;
			}
			case "KeySumsCompleted":
				amend(event, event.args.roundId, () => ({ phase: "Opened", deadline: event.args.deadline }));
				break;
			case "ModelAttested": {
				const { roundId, ...attestation } = event.args;
				amend(event, roundId, ({ attestations }) => ({ attestations: [...attestations, { ...attestation, place }] }));
				break;
			}
			case "RoundFinalized": {
				const { roundId, modelId, modelCommitment, modelDigest } = event.args;
				amend(event, roundId, () => ({ phase: "Finalized", finalized: { modelId, modelCommitment, modelDigest } }));
				break;
			}
			case "RoundFailed": {
				const failure = FAILURE_REASONS[event.args.reason];
				if (failure === undefined) throw impossible(event, `unknown reason ${event.args.reason}`);
				amend(event, event.args.roundId, () => ({ phase: "Failed", failure }));
				break;
			}
			default:
				event satisfies never;
		}
	}
	return { hospitals, barred, members, datasets, studies, models, rounds };
};
