/** Opens the chain, the study and the role; what is down at the start is waited for. */
import { type Progress, readLedger } from "../../node/participant.ts";
import type { Clock } from "../loop/clock.ts";
import { backoff, policyAtStart } from "../loop/errorPolicy.ts";
import type { WorkerRequest } from "../request.ts";
import type { Services } from "../startServices.ts";
import { connect } from "./connect.ts";
import { keepStudy } from "./keepStudy.ts";
import { openRole } from "./openRole.ts";
import { openStudy } from "./study.ts";

const MOST_WAIT = 30_000;

/** @throws DecentraHealthError what policyAtStart calls fatal; with `once` anything */
export const openPatiently = async (request: WorkerRequest, services: Services, clock: Clock) => {
	const { config, signal, once = false, overrides = {} } = request;
	const { log, metrics, state, stores, jobs } = services;
	const open = async () => {
		const connection = await connect(config, signal);
		const { ledger } = await readLedger(connection);
		const opened = await openStudy(config, ledger, stores.store, overrides.circuits, signal);
		await keepStudy(stores, ledger, opened.record, signal);
		const progress: Progress = (event) => {
			jobs.progress(event);
			const { step, state: stage, seconds = 0, gas } = event;
			if (stage === "started") log.debug(step);
			else log.info(step, { seconds: Number(seconds.toFixed(1)), ...(gas === undefined ? {} : { gas: Number(gas) }) });
		};
		const acting = await openRole({ ...services, config, connection, opened, progress, clock, signal, overrides });
		return { connection, opened, acting };
	};
	for (let attempt = 1; ; attempt++) {
		try {
			return await open();
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
