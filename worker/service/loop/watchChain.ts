/** The worker's view of the chain, for its log, page and metrics; also while a long step runs. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import { readLedger } from "../../node/participant.ts";
import type { WorkerConfig } from "../config/schema.ts";
import type { Log } from "../log/createLog.ts";
import type { Metrics } from "../metrics.ts";
import { lookUpStudy } from "../open/study.ts";
import type { WorkerState } from "../state.ts";
import type { Look } from "./runLoop.ts";

export type WatchPorts = {
	readonly connection: ChainConnection;
	/** The configured study. */
	readonly study: WorkerConfig["study"];
	readonly state: WorkerState;
	readonly metrics: Metrics;
	readonly log: Log;
	readonly signal: AbortSignal;
	/** Milliseconds between two questions for a new block. */
	readonly poll: number;
};

/** How often the view is renewed beside a step without a new block, in polls. */
const IDLE_POLLS = 5;

export const watchChain = ({ connection, study, state, metrics, log, signal, poll }: WatchPorts) => {
	let shown: string | undefined;

	const look = async (): Promise<Look> => {
		const { ledger, blockNumber, now } = await readLedger(connection);
		const studyId = lookUpStudy(ledger, study)?.studyId;
		if (studyId === undefined) return { blockNumber, now };
		const latest = [...ledger.rounds.values()].findLast((round) => round.studyId === studyId);
		const hasEnded = latest?.phase === "Finalized" || latest?.phase === "Failed";
		return { blockNumber, now, studyId, round: hasEnded ? undefined : latest, latest };
	};

	const onLook = (seen: Look): void => {
		state.looked(seen);
		metrics.looked(seen);
		const { latest } = seen;
		if (latest === undefined) return;
		const { roundId, phase, failure } = latest;
		const text = `round ${roundId} is ${phase}${failure === undefined ? "" : `: ${failure}`}`;
		if (text !== shown) log.info(text, { round: Number(roundId), phase });
		shown = text;
	};

	const hasNewBlock = async (): Promise<boolean> =>
		(await connection.client.getBlockNumber()) !== state.look()?.blockNumber;

	/** The step, with the view renewed until it is over: with each block, and now and then. */
	const beside = async <T>(step: () => Promise<T>): Promise<T> => {
		const over = new AbortController();
		const either = AbortSignal.any([signal, over.signal]);
		const renewing = (async () => {
			for (let polls = 1; ; polls++) {
				await sleep(poll, undefined, { signal: either }).catch(() => undefined);
				if (either.aborted) return;
				// Whether the chain can be read, the loop itself says.
				const isDue = polls % IDLE_POLLS === 0 || (await hasNewBlock().catch(() => false));
				if (isDue) await look().then(onLook, () => undefined);
			}
		})();
		try {
			return await step();
		} finally {
			over.abort();
			await renewing;
		}
	};

	return { look, onLook, beside };
};
