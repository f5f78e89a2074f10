/** Serves the dApp's build on 127.0.0.1, in a process of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { CONFIG_VARIABLE } from "../../web/lib/config/read.ts";
import type { DappConfig } from "../../web/lib/config/schema.ts";
import { writeFileAtomic } from "../../worker/adapters/atomicFile.ts";
import { requireFreePort } from "../ports.ts";
import { type ServerProcess, startServerProcess } from "../serverProcess.ts";
import { withBuiltWeb } from "./build.ts";
import { DIST_VARIABLE, nextCommand, nextEnvironment, WEB, webFailed } from "./next.ts";
import { servingCopy } from "./servingCopy.ts";

export const HOST = "127.0.0.1";

export type WebServer = ServerProcess & { readonly url: string };

/** A build of the present sources, for one server. */
export type WebBuild = Awaited<ReturnType<typeof takeWebBuild>>;

/** Builds what is missing. It is removed with its server, at the latest with this process. @throws DecentraHealthError WEB_FAILED */
export const takeWebBuild = async () => {
	const copy = await withBuiltWeb((dist) => servingCopy(WEB, dist));
	process.once("exit", copy.remove);
	return copy;
};

export type ServeOptions = {
	/** By default it is made now, if it is not there. */
	readonly build?: WebBuild;
	readonly config: DappConfig;
	/** Where the configuration is written, for its owner alone; the server reads it at each request. */
	readonly configFile: string;
	readonly port: number;
	/** The option that chooses the port, for a message. */
	readonly portOption?: string;
};

const START_TIMEOUT = 60_000;
const POLL = 100;

export const writeDappConfig = (path: string, config: DappConfig): Promise<void> =>
	writeFileAtomic(path, `${JSON.stringify(config, null, "\t")}\n`);

/** Until a page is there, whatever it says about the chain. */
const untilItAnswers = async (url: string, { ended, output }: ServerProcess): Promise<void> => {
	const startedAt = performance.now();
	let last = "no answer";
	while (performance.now() - startedAt < START_TIMEOUT && !ended()) {
		const status = await fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
			async (response) => {
				await response.body?.cancel();
				return response.status;
			},
			() => undefined,
		);
		if (status === 200) return;
		if (status !== undefined) {
			last = `status ${status}`;
			break;
		}
		await sleep(POLL);
	}
	throw webFailed(
		`the dApp's server ${ended() ? "ended at once" : `does not answer (${last})`}:\n${output()}`,
		"Correct what it names, then start it again.",
	);
};

/** @throws DecentraHealthError PORT_IN_USE, WEB_FAILED */
export const serveWeb = async (options: ServeOptions): Promise<WebServer> => {
	const { config, configFile, port, portOption } = options;
	await requireFreePort(port, portOption);
	const build = options.build ?? (await takeWebBuild());
	await writeDappConfig(configFile, config);
	const env = nextEnvironment("production", {
		[DIST_VARIABLE]: build.name,
		[CONFIG_VARIABLE]: configFile,
		// It has nothing to finish: without this it waits until browsers close their connections.
		NEXT_MANUAL_SIG_HANDLE: "1",
	});
	const args = nextCommand("start", WEB, "--hostname", HOST, "--port", String(port));
	const server = startServerProcess(args, { env, says: "kept", whenGone: build.remove });
	const url = `http://${HOST}:${port}`;
	try {
		await untilItAnswers(url, server);
	} catch (error) {
		await server.stop();
		throw error;
	}
	return { ...server, url };
};
