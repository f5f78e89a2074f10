/** Leaves a demo running as a consortium would run it: workers as processes, an archive of all blocks, the dApp. */
import { join } from "node:path";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { freePorts, requireFreePort } from "../../ports.ts";
import { findDeployment } from "../../web/checkDeployment.ts";
import { parseDappConfig } from "../../web/options.ts";
import { serveWeb, type WebBuild } from "../../web/serve.ts";
import type { DemoDeployment } from "../deployment.ts";
import { mineByItself } from "../localChain.ts";
import type { Served } from "./announce.ts";
import { openArchive } from "./archive.ts";
import { type CastMember, castOf, portsFor, urlOf } from "./cast.ts";
import { heldOutBlock } from "./heldOut.ts";
import { writeWorkerFiles } from "./workerFiles.ts";
import { startWorkers } from "./workers.ts";

/** A chain with contracts, and the participants' folders. */
export type Stage = Pick<DemoDeployment, "rpcUrl" | "deployment" | "leaveSignals" | "stop"> & {
	readonly study: Study;
	readonly folder: string;
	readonly passphrase: string;
	/** Folder of the archive's blocks. */
	readonly blocks: string;
	/** Each hospital's rows. */
	readonly dataPaths: readonly string[];
	/** Held out from all training. */
	readonly test: readonly Sample[];
	/** Where the rows come from, in words. */
	readonly description: string;
	/** File that a coordinator creates the study from, when there is none yet. */
	readonly studyPackage?: string;
};

export type ServeOptions = {
	/** Of the dApp, made before anything else: what is wrong with it shows at once. */
	readonly build: WebBuild;
	readonly byHand: ReadonlySet<string>;
	/** Of the dApp; by default 3000, or another one when that is taken. */
	readonly webPort: number | undefined;
	readonly say: (text: string) => void;
	readonly onRestart: (name: string, pid: number) => void;
	readonly signal: AbortSignal;
};

const WEB_PORT = 3000;
/** More than a demo's user waits for: a coordinator that signs by itself opens one after the other. */
const ROUNDS = 1_000;

const dappConfig = async (
	stage: Stage,
	cast: readonly CastMember[],
	{ gateway, heldOut }: { readonly gateway: string; readonly heldOut: unknown },
) => {
	const { rpcUrl, deployment } = stage;
	const webSocketUrl = rpcUrl.replace(/^http/, "ws");
	const source = { rpcUrl, webSocketUrl, address: deployment.roundManager, gateways: [gateway] };
	const found = await findDeployment(source, () => undefined);
	const fields = {
		version: 1,
		...found,
		participants: Object.fromEntries(cast.map(({ address, title }) => [address, title])),
		...(heldOut === undefined ? {} : { heldOut }),
		workers: cast.map(({ role, title, httpPort, address }) => ({ role, name: title, url: urlOf(httpPort), address })),
	};
	return parseDappConfig(fields, "the demo's dApp");
};

/**
 * Returns when all of it answers; undefined when the signal aborted before. `stop` ends everything but the chain, in reverse order.
 * @throws DecentraHealthError PORT_IN_USE, WEB_FAILED, ROUND_STUCK
 */
export const serveDemo = async (stage: Stage, options: ServeOptions) => {
	const { study, folder, passphrase, rpcUrl, deployment, blocks, dataPaths, test, description } = stage;
	const { build, byHand, say, signal, onRestart } = options;
	const [hospitals, members] = [dataPaths.length, study.committee.members];
	if (options.webPort !== undefined) await requireFreePort(options.webPort, "--web-port");
	const [webPort = 0, archivePort = 0, ...ports] = await freePorts(
		2 + portsFor(hospitals, members),
		options.webPort ?? WEB_PORT,
	);
	const cast = castOf({ folder, hospitals, members, byHand, ports });

	const closings: (() => Promise<void>)[] = [];
	const stop = async (): Promise<void> => {
		for (let close = closings.pop(); close !== undefined; close = closings.pop()) await close();
	};
	try {
		await mineByItself(rpcUrl);
		const peers = cast.map(({ gatewayPort }) => urlOf(gatewayPort));
		const archive = await openArchive({ blocks, peers, port: archivePort });
		closings.push(archive.close);
		const held = heldOutBlock(study, test, description);
		const heldOut =
			held === undefined ? undefined : { digest: await archive.put(held.bytes), description: held.description };

		const { roundManager } = deployment;
		const origins = [urlOf(webPort), `http://localhost:${webPort}`];
		const shared = { cast, study, passphrase, rpcUrl, roundManager, dataPaths, origins, rounds: ROUNDS };
		const configs = await writeWorkerFiles({ ...shared, archive: archive.url });
		const over = new AbortController();
		const connection = await connectChain({ rpcUrl, address: roundManager });
		const following = archive.follow(connection, over.signal);
		closings.push(async () => {
			over.abort();
			await following;
		});
		const config = await dappConfig(stage, cast, { gateway: archive.url, heldOut });
		const configFile = join(folder, "dapp.json");
		const web = await serveWeb({ build, config, configFile, port: webPort, portOption: "--web-port" });
		closings.push(web.stop);
		// After the dApp: they may begin to prove at once, and take both cores.
		say(`starting ${cast.length} workers; their logs are in ${join(folder, "NAME", "worker.log")}`);
		const workers = startWorkers({ configs, passphrase, say, onRestart, signal });
		closings.push(workers.stop);
		await workers.ready();

		const served: Served = {
			url: web.url,
			rpcUrl,
			roundManager,
			gateway: archive.url,
			blocks,
			cast,
			pids: workers.pids(),
			studyPackage: stage.studyPackage,
		};
		return { served, web, stop };
	} catch (error) {
		await stop();
		throw error;
	}
};
