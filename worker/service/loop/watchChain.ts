/** The worker's view of the chain, for its log, page and metrics; also while a long step runs. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import { readLedger } from "../../node/participant.ts";
import type { Log } from "../log/createLog.ts";
import type { Metrics } from "../metrics.ts";
import type { WorkerState } from "../state.ts";
import type { Look } from "./runLoop.ts";

export type WatchPorts = {
	readonly connection: ChainConnection;
	readonly studyId: bigint;
	readonly state: WorkerState;
	readonly metrics: Metrics;
	readonly log: Log;
	readonly signal: AbortSignal;
};

/** How often the view is renewed beside a step, milliseconds. */
const RENEWAL = 10_000;

export const watchChain = ({ connection, studyId, state, metrics, log, signal }: WatchPorts) => {
	let shown: string | undefined;

	const look = async (): Promise<Look> => {
		const { ledger, blockNumber, now } = await readLedger(connection);
		const latest = [...ledger.rounds.values()].findLast((round) => round.studyId === studyId);
		const hasEnded = latest?.phase === "Finalized" || latest?.phase === "Failed";
		return { blockNumber, now, round: hasEnded ? undefined : latest, latest };
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

	/** The step, with the view renewed until it is over. */
	const beside = async <T>(step: () => Promise<T>): Promise<T> => {
		const over = new AbortController();
		const either = AbortSignal.any([signal, over.signal]);
		const renewing = (async () => {
			for (;;) {
				await sleep(RENEWAL, undefined, { signal: either }).catch(() => undefined);
				if (either.aborted) return;
				// Whether the chain can be read, the loop itself says.
				await look().then(onLook, () => undefined);
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
