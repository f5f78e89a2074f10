/** Where a hospital stands in its study: from the chain and its worker alone, so that a page that is loaded at any time shows the same. */
import type { Address } from "viem";
import {
	activeRound,
	type DatasetRecord,
	type Ledger,
	type RoundRecord,
	type UpdateRecord,
} from "../../../worker/core/ledger/state.ts";
import type { Offer } from "./schemas.ts";
import type { Turn } from "./steps.ts";
import type { WorkerView } from "./workerStore.ts";

export const HOSPITAL_STEPS = ["admission", "dataset", "round", "training", "signature", "accepted"] as const;
export type HospitalStep = (typeof HOSPITAL_STEPS)[number];

export type HospitalStanding = {
	readonly current: HospitalStep;
	readonly turn: Turn;
	readonly admitted: boolean;
	readonly barred: boolean;
	/** What the chain has of this hospital's data in the worker's study. */
	readonly committed: DatasetRecord | undefined;
	/** The worker's own data are the committed ones. */
	readonly isCommitted: boolean;
	/** The study's round that has not ended. */
	readonly round: RoundRecord | undefined;
	/** This hospital's update in it. */
	readonly update: UpdateRecord | undefined;
	/** The newest ended round that this hospital took part in. */
	readonly last: { readonly round: RoundRecord; readonly update: UpdateRecord } | undefined;
	readonly commitOffer: Offer | undefined;
	readonly submitOffer: Offer | undefined;
};

const updateOf = (round: RoundRecord | undefined, hospital: Address): UpdateRecord | undefined =>
	round?.updates.find((update) => update.hospital === hospital);

const lastOf = (ledger: Ledger, studyId: bigint, hospital: Address): HospitalStanding["last"] => {
	const ended = [...ledger.rounds.values()].filter(
		(round) => round.studyId === studyId && (round.phase === "Finalized" || round.phase === "Failed"),
	);
	for (const round of ended.toReversed()) {
		const update = updateOf(round, hospital);
		if (update !== undefined) return { round, update };
	}
	return undefined;
};

export const hospitalStanding = (ledger: Ledger, hospital: Address, worker: WorkerView): HospitalStanding => {
	const { status, dataset, offers } = worker;
	const studyId = status?.study === null || status === undefined ? undefined : BigInt(status.study.id);
	const admitted = ledger.hospitals.has(hospital);
	const committed = studyId === undefined ? undefined : ledger.datasets.get(studyId)?.get(hospital);
	const isCommitted = committed !== undefined && dataset !== undefined && committed.root === BigInt(dataset.root);
	const round = studyId === undefined ? undefined : activeRound(ledger, studyId);
	const update = updateOf(round, hospital);
	const commitOffer = offers.find(({ action }) => action === "commitDataset");
	const submitOffer = offers.find(({ action }) => action === "submitUpdate");
	const facts = {
		admitted,
		barred: ledger.barred.has(hospital),
		committed,
		isCommitted,
		round,
		update,
		last: studyId === undefined ? undefined : lastOf(ledger, studyId, hospital),
		commitOffer,
		submitOffer,
	};
	const at = (current: HospitalStep, turn: Turn): HospitalStanding => ({ ...facts, current, turn });

	if (!admitted) return at("admission", "others");
	// While the worker is down and was never asked for its data, what the chain has is believed.
	const hasData = dataset === undefined ? committed !== undefined : isCommitted;
	if (update !== undefined) return at("accepted", "nobody");
	if (commitOffer !== undefined) return at("dataset", "you");
	if (!hasData) return at("dataset", status?.next.state === "working" ? "worker" : "others");
	if (submitOffer !== undefined) return at("signature", "you");
	if (round?.phase === "Open" && status?.next.state === "working") return at("training", "worker");
	return at("round", "others");
};
