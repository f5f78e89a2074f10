/** The worker's state as its answers tell it; what each holds is in openapi.json. */
import type { RoundRecord } from "../../core/ledger/state.ts";
import type { Jobs } from "../jobs.ts";
import type { WorkerState } from "../state.ts";
import { VERSION } from "../version.ts";
import type { Offer, Offers } from "../wallet/offers.ts";

export type DescribedPorts = {
	readonly state: WorkerState;
	readonly jobs: Jobs;
	readonly offers: Offers;
};

const describeRound = (round: RoundRecord) => ({
	id: Number(round.roundId),
	phase: round.phase,
	deadline: Number(round.deadline),
	checkingDeadline: Number(round.checkingDeadline),
	updates: round.updates.length,
	expectedUpdates: Number(round.opening.expectedUpdates),
});

const describeOffer = ({ action, to, data, chainId, summary, from, preparedAt }: Offer) => ({
	action,
	to,
	data,
	chainId,
	summary,
	from,
	preparedAt,
});

/** What the user has to do comes before what the worker does, and that before what it waits for. */
const describeNext = ({ state, jobs, offers }: DescribedPorts) => {
	const [offered] = offers.list();
	if (offered !== undefined) return { state: "sign", action: offered.action, text: offered.summary };
	const running = jobs.list().findLast((job) => job.state === "running");
	if (running !== undefined) return { state: "working", action: null, text: running.step };
	const last = state.last();
	return { state: "waiting", action: null, text: last?.kind === "wait" ? (last.reason ?? null) : null };
};

/** Undefined before the chain was read. */
export const describeStatus = (ports: DescribedPorts) => {
	const { state } = ports;
	const identity = state.identity();
	const look = state.look();
	if (identity === undefined || look === undefined) return undefined;
	const { chainId, deployment, study, wallet, expects } = identity;
	const { blockNumber, now, round } = look;
	return {
		role: state.role,
		version: VERSION,
		chain: { id: chainId, block: Number(blockNumber), time: Number(now) },
		contracts: deployment,
		study:
			study === undefined
				? null
				: { id: Number(study.studyId), name: study.name, definitionDigest: study.definitionDigest },
		wallet,
		round: round === undefined ? null : describeRound(round),
		next: describeNext(ports),
		expects: expects?.(round) ?? null,
		problem: state.problem() ?? null,
	};
};

export const describeTransactions = (offers: Offers) => ({ transactions: offers.list().map(describeOffer) });
