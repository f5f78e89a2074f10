/** Seven workers of a WorkerConsortium with folders, keystores and configurations of their own: what `npm run worker` would be started with. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeParticipant } from "../../../scripts/consortium/writeParticipant.ts";
import { developmentAccount, developmentKey } from "../../../scripts/demo/localChain.ts";
import { freePorts } from "../../../scripts/ports.ts";
import { formatCsv } from "../../../worker/adapters/dataset/csv.ts";
import { loadConfig } from "../../../worker/service/config/loadConfig.ts";
import type { Role } from "../../../worker/service/config/schema.ts";
import type { WorkerRequest } from "../../../worker/service/request.ts";
import { CIRCUIT_DOUBLES, proverDouble } from "../proverDouble.ts";
import { loadStudy, loadWdbc } from "../wdbc.ts";
import { DURATIONS, WALLETS, type WorkerConsortium } from "../workerConsortium.ts";

export const PASSPHRASE = "a passphrase of the tests";
export const ENVIRONMENT = { DECENTRAHEALTH_PASSPHRASE: PASSPHRASE };

export type WorkerPlace = {
	readonly name: string;
	readonly role: Role;
	readonly wallet: number;
	readonly folder: string;
	readonly configFile: string;
};

/** Rows of hospital i: two batches. */
const csvOf = async (index: number): Promise<string> => {
	const { preprocessing, batchSize } = loadStudy();
	const rows = (await loadWdbc()).slice(100 * index, 100 * index + 2 * batchSize + 1);
	return formatCsv(rows, preprocessing);
};

/** Writes everybody's folder. The coordinator's store is the consortium's, where the study is. */
export const writeWorkers = async (
	{ chain, folder, study, pool, memberWallets }: WorkerConsortium,
	changes: Readonly<Record<string, unknown>> = {},
): Promise<readonly WorkerPlace[]> => {
	const wallets = [WALLETS.coordinator, ...WALLETS.hospitals, ...memberWallets];
	const ports = await freePorts(wallets.length);
	const write = async (wallet: number, role: Role, name: string): Promise<WorkerPlace> => {
		const gateways = ports.map((port) => `http://127.0.0.1:${port}`);
		const own = wallets.indexOf(wallet);
		const place = join(folder, name);
		const fields = {
			rpc: { url: chain.rpcUrl },
			chainId: 31337,
			roundManager: chain.roundManager.address,
			study: study.name,
			ipfs: {
				store: join(folder, "ipfs", `wallet-${wallet}`),
				peers: gateways.filter((_, index) => index !== own),
				serve: { port: ports[own] },
			},
			http: { port: 0 },
			pollSeconds: 0.1,
			...(role === "coordinator" ? { pool, durations: DURATIONS, rounds: 1 } : {}),
			...changes,
		};
		const csv = role === "hospital" ? await csvOf(wallet - 1) : undefined;
		const walletKey = developmentKey(wallet);
		const configFile = await writeParticipant({ role, folder: place, passphrase: PASSPHRASE, walletKey, fields, csv });
		return { name, role, wallet, folder: place, configFile };
	};
	return Promise.all([
		write(WALLETS.coordinator, "coordinator", "coordinator"),
		...WALLETS.hospitals.map((wallet, index) => write(wallet, "hospital", `hospital-${index + 1}`)),
		...memberWallets.map((wallet, index) => write(wallet, "committee", `member-${index + 1}`)),
	]);
};

export const addressOf = ({ wallet }: WorkerPlace) => developmentAccount(wallet).address;

/** A request that proves with the double, and what it logs. */
export const requestOf = async (place: WorkerPlace, changes: Readonly<Record<string, unknown>> = {}) => {
	const { role, configFile } = place;
	const fields = JSON.parse(await readFile(configFile, "utf8"));
	const config = { ...(await loadConfig(role, { file: configFile, environment: {} })), ...changes };
	const stop = new AbortController();
	const lines: string[] = [];
	const { prove } = proverDouble();
	const request: WorkerRequest = {
		role,
		config,
		environment: ENVIRONMENT,
		signal: stop.signal,
		writeLog: (line) => lines.push(line),
		showToken: () => undefined,
		overrides: { prove, circuits: CIRCUIT_DOUBLES },
	};
	return { request, stop, lines, fields };
};
