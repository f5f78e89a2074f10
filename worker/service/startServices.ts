/** Everything that a worker has before it knows the chain: its folder, its keys, its stores, and the servers on its ports. */
import { startGatewayProcess } from "../adapters/ipfs/gatewayProcess.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import type { Closings } from "./closings.ts";
import type { WorkerConfig } from "./config/schema.ts";
import { randomToken } from "./http/guard.ts";
import { startHttpServer } from "./http/server.ts";
import { createJobs } from "./jobs.ts";
import { lockFolder } from "./lock.ts";
import { createLog, type Log } from "./log/createLog.ts";
import { createMetrics } from "./metrics.ts";
import { openKeys } from "./open/keys.ts";
import { openStores, ownLocation } from "./open/stores.ts";
import type { WorkerRequest } from "./request.ts";
import { createState } from "./state.ts";
import { printToken, showToken } from "./token.ts";
import { VERSION } from "./version.ts";
import { createOffers } from "./wallet/offers.ts";

export type Services = Awaited<ReturnType<typeof startServices>>;

const serveBlocks = async (config: WorkerConfig, log: Log) => {
	const { serve } = config.ipfs;
	if (serve === undefined) return undefined;
	const { host, port, limits = {} } = serve;
	return startGatewayProcess({
		...{ location: ownLocation(config), host, port },
		limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
		onDeath: (how) => log.warn("the gateway's process died and is started again", { reason: how }),
		onRestart: () => log.info("the gateway serves again"),
	}).catch((error: unknown) => {
		if (!isDecentraHealthError(error) || !error.message.includes("EADDRINUSE")) throw error;
		throw new DecentraHealthError("PORT_IN_USE", {
			message: `another program listens on ${serve.host}:${serve.port}`,
			nextStep: 'Choose another "ipfs.serve.port", or stop that program.',
		});
	});
};

/**
 * @param onLost the folder is another process' now
 * @throws DecentraHealthError FOLDER_LOCKED, CONFIG_INVALID, KEYSTORE_*, PORT_IN_USE
 */
export const startServices = async (request: WorkerRequest, closings: Closings, onLost: () => void) => {
	const { role, config, environment } = request;
	const write = request.writeLog ?? ((line: string) => void process.stdout.write(line));
	const log = createLog({ level: config.log.level, write });

	closings.add((await lockFolder(config.folder, { onLost })).release);
	const keys = await openKeys(config, environment);
	for (const secret of keys.hidden) log.hide(secret);
	const stores = await openStores(config);

	const metrics = createMetrics({ role, version: VERSION });
	const state = createState(role);
	const [jobs, offers] = [createJobs(), createOffers()];
	const token = randomToken();
	log.hide(token);
	const { port, origins } = config.http;
	const published = role === "coordinator" ? stores.own : undefined;
	const api = { state, jobs, offers, token, published };
	const onFault = (error: unknown): void => log.failure("error", error);
	const server = await startHttpServer({ port, origins, state, metrics, api, onFault });
	closings.add(server.close);
	const gateway = await serveBlocks(config, log);
	if (gateway !== undefined) closings.add(gateway.close);
	log.info("started", { role, version: VERSION, pid: process.pid, http: server.url, gateway: gateway?.url });
	const show = request.showToken ?? (process.stderr.isTTY ? printToken : undefined);
	const place = await showToken(token, { folder: config.folder, show });
	closings.add(place.remove);
	log.info(`the API's token is at: ${place.description}`);
	return { log, keys, stores, metrics, state, jobs, offers, http: server.url, gateway: gateway?.url };
};
