/** One participant's worker in this process; worker/service/request.ts says what it takes and does. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Closings, createClosings } from "./closings.ts";
import { folderLost } from "./lock.ts";
import { systemClock } from "./loop/clock.ts";
import { runLoop } from "./loop/runLoop.ts";
import { watchChain } from "./loop/watchChain.ts";
import { connectPatiently } from "./open/connectPatiently.ts";
import { openParticipant } from "./open/openParticipant.ts";
import { reachablePeers } from "./open/stores.ts";
import type { RunWorker, WorkerRequest } from "./request.ts";
import { type Services, startServices } from "./startServices.ts";

/** How long what is being done may go on after the worker was told to stop; then it is abandoned, milliseconds. */
const STOP_GRACE = 8_000;
const PEER_CHECK = 60_000;

/** For the metrics: whether the others can be reached, until the signal aborts. */
const watchPeers = async ({ stores, metrics }: Services, signal: AbortSignal): Promise<void> => {
	while (stores.peers.length > 0 && !signal.aborted) {
		const answers = await reachablePeers(stores.peers, signal);
		const reachable = answers.filter((answer) => answer).length;
		metrics.peers(reachable, answers.length - reachable);
		await sleep(PEER_CHECK, undefined, { signal, ref: false }).catch(() => undefined);
	}
};

const run = async (request: WorkerRequest, closings: Closings, onLost: () => void): Promise<void> => {
	const { config, signal, once = false } = request;
	const clock = request.overrides?.clock ?? systemClock;
	const services = await startServices(request, closings, onLost);
	const { log, metrics, state, jobs, http, gateway } = services;
	const connection = await connectPatiently(request, services, clock);
	const { chainId } = config;
	let isReady = false;
	const ready = (): void => {
		if (isReady) return;
		isReady = true;
		request.onReady?.({ http, ...(gateway === undefined ? {} : { gateway }) });
	};
	const { address, step } = openParticipant({
		...{ request, services, connection, clock },
		onWaiting: ready,
		onOpened: ({ record, study: { name } }, { dataset, expects }) => {
			const { studyId, parameters } = record;
			const study = { studyId, name, definitionDigest: parameters.definitionDigest };
			state.opened({ ...known, study, dataset, expects });
			log.info("opened", { study: name, chainId, address });
			ready();
		},
	});
	const known = { chainId, deployment: connection.deployment, wallet: { kind: config.wallet.kind, address } };
	state.opened(known);
	void watchPeers(services, signal);
	const poll = config.pollSeconds * 1000;
	const { study: wanted } = config;
	const { look, onLook, beside } = watchChain({ connection, study: wanted, state, metrics, log, signal, poll });
	await runLoop({
		look,
		step: () => beside(step),
		latestBlock: () => connection.client.getBlockNumber(),
		clock,
		log,
		signal,
		poll,
		once,
		onLook,
		onStep: (done) => {
			state.stepped(done);
			if (done.kind !== "wait") metrics.acted(done.kind);
		},
		onError: (error) => {
			metrics.failed(error);
			state.failed(error);
			jobs.stopRunning();
		},
	});
	log.info(signal.aborted ? "stopped" : "nothing is due");
};

/** See {@link RunWorker}. */
export const runWorker: RunWorker = async (request) => {
	const { signal } = request;
	const closings = createClosings();
	const over = new AbortController();
	// Another process has the folder and may sign: nothing that was begun is finished.
	let onLost = (): void => undefined;
	const lost = new Promise<never>((_, reject) => {
		onLost = () => reject(folderLost(request.config.folder));
	});
	const running = run(request, closings, onLost).catch((error: unknown) => {
		// Being told to stop is no failure, whatever it interrupted.
		if (!signal.aborted) throw error;
	});
	running.catch(() => undefined);
	const abandoned = new Promise<void>((resolve) => {
		const later = () => void sleep(STOP_GRACE, undefined, { signal: over.signal }).then(resolve, () => undefined);
		if (signal.aborted) later();
		else signal.addEventListener("abort", later, { once: true });
	});
	try {
		await Promise.race([running, abandoned, lost]);
	} finally {
		over.abort();
		await closings.close();
	}
};
