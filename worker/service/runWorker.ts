/** One participant's worker in this process; worker/service/request.ts says what it takes and does. */
import { setTimeout as sleep } from "node:timers/promises";
import { startGateway } from "../adapters/ipfs/gatewayServer.ts";
import { activeRound } from "../core/ledger/state.ts";
import { readLedger } from "../node/participant.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import { randomToken } from "./http/guard.ts";
import { startHttpServer } from "./http/server.ts";
import { createJobs } from "./jobs.ts";
import { lockFolder } from "./lock.ts";
import { createLog } from "./log/createLog.ts";
import { systemClock } from "./loop/clock.ts";
import { backoff, policyAtStart } from "./loop/errorPolicy.ts";
import { type Look, runLoop } from "./loop/runLoop.ts";
import { createMetrics } from "./metrics.ts";
import { connect } from "./open/connect.ts";
import { openKeys } from "./open/keys.ts";
import { openRole } from "./open/openRole.ts";
import { openStores, reachablePeers } from "./open/stores.ts";
import { openStudy } from "./open/study.ts";
import type { RunWorker, WorkerRequest } from "./request.ts";
import { createState } from "./state.ts";
import { showToken } from "./token.ts";
import { VERSION } from "./version.ts";
import { createOffers } from "./wallet/offers.ts";

/** How long what is being done may go on after the worker was told to stop; then it is abandoned, milliseconds. */
const STOP_GRACE = 8_000;
/** How often a page's view of the chain is renewed while a long step runs, milliseconds. */
const WATCH = 10_000;
const PEER_CHECK = 60_000;
const MOST_START_WAIT = 30_000;

type Closing = () => Promise<void>;

/** What has to be closed again, in the opposite order. */
const createClosings = () => {
	const closings: Closing[] = [];
	return {
		add: (closing: Closing): void => {
			closings.push(closing);
		},
		close: async (): Promise<void> => {
			for (const closing of closings.reverse()) await closing().catch(() => undefined);
		},
	};
};

const gatewayAt = async ({ ipfs }: WorkerRequest["config"], own: Parameters<typeof startGateway>[0]["store"]) => {
	if (ipfs.serve === undefined) return undefined;
	return startGateway({ store: own, ...ipfs.serve }).catch((error: unknown) => {
		const inUse = isDecentraHealthError(error) && error.message.includes("EADDRINUSE");
		if (!inUse) throw error;
		throw new DecentraHealthError("PORT_IN_USE", {
			message: `another program listens on ${ipfs.serve?.host}:${ipfs.serve?.port}`,
			nextStep: 'Choose another "ipfs.serve.port", or stop that program.',
		});
	});
};

const run = async (request: WorkerRequest, closings: ReturnType<typeof createClosings>): Promise<void> => {
	const { role, config, environment, signal, once = false, overrides = {} } = request;
	const write = request.writeLog ?? ((line: string) => void process.stdout.write(line));
	const log = createLog({ level: config.log.level, write });
	const clock = overrides.clock ?? systemClock;
	const poll = config.pollSeconds * 1000;

	const lock = await lockFolder(config.folder);
	closings.add(lock.release);
	const keys = await openKeys(config, environment);
	for (const secret of keys.hidden) log.hide(secret);
	const stores = await openStores(config);

	const metrics = createMetrics({ role, version: VERSION });
	const state = createState(role);
	const [jobs, offers] = [createJobs(), createOffers()];
	const token = randomToken();
	log.hide(token);
	const server = await startHttpServer({
		port: config.http.port,
		origins: config.http.origins,
		state,
		metrics,
		api: role === "hospital" ? { state, jobs, offers, token } : undefined,
		onFault: (error) => log.failure("error", error),
	});
	closings.add(server.close);
	const gateway = await gatewayAt(config, stores.own);
	if (gateway !== undefined) closings.add(gateway.close);
	log.info("started", { role, version: VERSION, pid: process.pid, http: server.url, gateway: gateway?.url });
	if (role === "hospital") {
		const terminal = process.stderr.isTTY ? (text: string) => void process.stderr.write(text) : undefined;
		const place = await showToken(token, { folder: config.folder, terminal: request.showToken ?? terminal });
		closings.add(place.remove);
		log.info(`the API's token is at: ${place.description}`);
	}

	const open = async () => {
		const connection = await connect(config, signal);
		const { ledger } = await readLedger(connection);
		const opened = await openStudy(config, ledger, stores.store, overrides.circuits, signal);
		const { progress } = jobs;
		const ports = { config, keys, connection, stores, opened, offers, metrics, progress, clock, signal, overrides };
		return { connection, opened, acting: await openRole(ports) };
	};
	const openPatiently = async () => {
		for (let attempt = 1; ; attempt++) {
			try {
				return await open();
			} catch (error) {
				metrics.failed(error);
				state.failed(error);
				if (once || signal.aborted || policyAtStart(error) === "fatal") throw error;
				const wait = backoff(attempt, { first: poll, most: MOST_START_WAIT });
				if (attempt === 1) log.failure("warn", error, { waitSeconds: wait / 1000 });
				await clock.wait(wait, signal);
			}
		}
	};
	const { connection, opened, acting } = await openPatiently();
	const { studyId } = opened.record;
	const { address, dataset } = acting;
	const { kind } = config.wallet;
	const { name } = opened.study;
	const { deployment } = connection;
	state.opened({ chainId: config.chainId, deployment, studyId, studyName: name, wallet: { kind, address }, dataset });
	log.info("opened", { study: name, chainId: config.chainId, address });
	request.onReady?.({ http: server.url, ...(gateway === undefined ? {} : { gateway: gateway.url }) });

	const look = async (): Promise<Look> => {
		const { ledger, blockNumber, now } = await readLedger(connection);
		return { blockNumber, now, round: activeRound(ledger, studyId) };
	};
	let shown: string | undefined;
	const onLook = (seen: Look): void => {
		state.looked(seen);
		metrics.looked(seen);
		const { round } = seen;
		const phase = round === undefined ? undefined : `${round.roundId} ${round.phase}`;
		if (round !== undefined && phase !== shown) {
			log.info(`round ${round.roundId} is ${round.phase}`, { round: Number(round.roundId), phase: round.phase });
		}
		shown = phase;
	};
	/** Runs beside a step, so that page and metrics see the chain go on. */
	const watched = async <T>(step: () => Promise<T>): Promise<T> => {
		const over = new AbortController();
		const both = AbortSignal.any([signal, over.signal]);
		const watching = (async () => {
			for (;;) {
				await sleep(WATCH, undefined, { signal: both }).catch(() => undefined);
				if (both.aborted) return;
				// Whether the chain can be read, the loop itself says.
				await look().then(onLook, () => undefined);
			}
		})();
		try {
			return await step();
		} finally {
			over.abort();
			await watching;
		}
	};
	const checkPeers = async (): Promise<void> => {
		while (stores.peers.length > 0 && !signal.aborted) {
			const answers = await reachablePeers(stores.peers, signal);
			const reachable = answers.filter((answer) => answer).length;
			metrics.peers(reachable, answers.length - reachable);
			await sleep(PEER_CHECK, undefined, { signal, ref: false }).catch(() => undefined);
		}
	};
	void checkPeers();

	await runLoop({
		look,
		step: () => watched(acting.step),
		latestBlock: () => connection.client.getBlockNumber(),
		clock,
		log,
		signal,
		poll,
		once,
		onLook,
		onStep: (step) => {
			state.stepped(step);
			if (step.kind !== "wait") metrics.acted(step.kind);
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
	const grace = new AbortController();
	const running = run(request, closings).catch((error: unknown) => {
		// Being told to stop is no failure, whatever it interrupted.
		if (!signal.aborted) throw error;
	});
	const abandoned = new Promise<void>((resolve) => {
		const later = () => void sleep(STOP_GRACE, undefined, { signal: grace.signal }).then(resolve, () => undefined);
		if (signal.aborted) later();
		else signal.addEventListener("abort", later, { once: true });
	});
	try {
		await Promise.race([running, abandoned]);
	} finally {
		grace.abort();
		await closings.close();
	}
};
