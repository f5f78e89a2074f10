/** The connection to the chain; a node that is down at the start is waited for. */
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import type { Clock } from "../loop/clock.ts";
import { backoff, policyAtStart } from "../loop/errorPolicy.ts";
import type { WorkerRequest } from "../request.ts";
import type { Services } from "../startServices.ts";
import { connect } from "./connect.ts";

const MOST_WAIT = 30_000;

/** @throws DecentraHealthError what policyAtStart calls fatal, such as another chain or no contract; with `once` anything */
export const connectPatiently = async (
	{ config, signal, once = false }: WorkerRequest,
	{ log, metrics, state }: Pick<Services, "log" | "metrics" | "state">,
	clock: Clock,
): Promise<ChainConnection> => {
	for (let attempt = 1; ; attempt++) {
		try {
			return await connect(config, signal);
		} catch (error) {
			metrics.failed(error);
			state.failed(error);
			if (once || signal.aborted || policyAtStart(error) === "fatal") throw error;
			const wait = backoff(attempt, { first: config.pollSeconds * 1000, most: MOST_WAIT });
			if (attempt === 1) log.failure("warn", error, { waitSeconds: wait / 1000 });
			await clock.wait(wait, signal);
		}
	}
};
