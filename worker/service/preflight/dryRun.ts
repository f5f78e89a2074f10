/** `--dry-run`: everything that a worker needs is looked at, nothing is changed, sent or taken. */
import { requireInitialModel } from "../../node/initialModel.ts";
import { readLedger } from "../../node/participant.ts";
import type { Environment } from "../config/environment.ts";
import type { WorkerConfig } from "../config/schema.ts";
import { connect } from "../open/connect.ts";
import { openDataset } from "../open/dataset.ts";
import { openKeys } from "../open/keys.ts";
import { openStores, reachablePeers } from "../open/stores.ts";
import { describeWanted, lookUpStudy, openStudy } from "../open/study.ts";
import type { WorkerOverrides } from "../request.ts";
import { createChecks, type PreflightCheck } from "./check.ts";
import { checkFolder, checkPort, checkStoreFolder } from "./places.ts";
import { checkBalance, checkOwner, checkStanding } from "./standing.ts";

export type DryRunRequest = {
	readonly config: WorkerConfig;
	readonly environment: Environment;
	readonly signal?: AbortSignal | undefined;
	readonly onCheck?: ((check: PreflightCheck) => void) | undefined;
	readonly overrides?: Pick<WorkerOverrides, "circuits"> | undefined;
};

/** Every check is made as long as those that it needs succeed, so one run shows all that is wrong. @throws DecentraHealthError ABORTED */
export const dryRun = async (request: DryRunRequest): Promise<readonly PreflightCheck[]> => {
	const { config, environment, overrides = {} } = request;
	const signal = request.signal ?? new AbortController().signal;
	const { check, list } = createChecks(request.onCheck);
	const { folder, http, ipfs } = config;

	await check("folder", () => checkFolder(folder));
	await check("http port", () => checkPort("127.0.0.1", http.port, "http.port"));
	const { serve } = ipfs;
	if (serve !== undefined) await check("gateway port", () => checkPort(serve.host, serve.port, "ipfs.serve.port"));
	const keys = await check("keystore", async () => {
		const value = await openKeys(config, environment);
		if (config.wallet.kind === "keystore") return { value, detail: `opens; signs as ${value.account?.address}` };
		return { value, detail: config.role === "coordinator" ? "not needed" : "opens" };
	});
	const stores = await check("block store", async () => {
		const value = await openStores(config);
		if (ipfs.store === undefined || !ipfs.store.includes("://")) await checkStoreFolder(ipfs.store ?? folder);
		return { value, detail: value.own.description };
	});
	await check(
		"peers",
		stores &&
			(async () => {
				const answers = await reachablePeers(stores.peers, signal);
				const silent = stores.peers.filter((_, place) => answers[place] !== true).map(({ description }) => description);
				const detail = silent.length === 0 ? `${answers.length} answer` : `no answer from ${silent.join(", ")}`;
				return { detail, warning: silent.length > 0 };
			}),
	);
	const connection = await check("chain and contracts", async () => {
		const value = await connect(config, signal);
		return { value, detail: `chain ${value.chain.id}, RoundManager ${value.deployment.roundManager}` };
	});
	const ledger = await check(
		"events",
		connection &&
			(async () => {
				const { ledger: value, blockNumber } = await readLedger(connection);
				return { value, detail: `read up to block ${blockNumber}; ${value.rounds.size} rounds` };
			}),
	);
	const opened = await check(
		"study and keys",
		stores &&
			ledger &&
			(async () => {
				const record = lookUpStudy(ledger, config.study);
				if (record === undefined)
					return { detail: `study ${describeWanted(config.study)} is waited for`, warning: true };
				const value = await openStudy(config, record, stores.store, overrides.circuits, signal);
				const proven = value.circuits === undefined ? "" : "; circuits have the contracts' verifying keys";
				return { value, detail: `study ${value.record.studyId} (${value.study.name})${proven}` };
			}),
	);
	const isAwaited = ledger !== undefined && lookUpStudy(ledger, config.study) === undefined;
	/** What can't be looked at before there is a study. */
	const later = isAwaited ? async () => ({ detail: "follows when the study exists", warning: true }) : undefined;
	await check(
		"initial model",
		later ??
			(connection &&
				stores &&
				ledger &&
				opened &&
				(async () => {
					await requireInitialModel({ connection, store: stores.store, signal }, ledger, opened.record.studyId);
					return { detail: "the one that the study's definition gives here" };
				})),
	);
	const seed = keys?.dataSeed;
	const dataset =
		config.role !== "hospital"
			? undefined
			: await check(
					"data set",
					later ??
						(opened &&
							seed &&
							(async () => {
								const { summary: value } = await openDataset(config, opened.study, seed, signal);
								return { value, detail: `${value.samples} samples in ${value.batches} batches, root ${value.root}` };
							})),
				);
	if (config.role === "coordinator") {
		await check("owner", connection && keys && (() => checkOwner(connection, config, keys)));
	}
	await check("balance", connection && keys && (() => checkBalance(connection, config, keys)));
	await check(
		"standing",
		later ??
			(ledger &&
				opened &&
				keys &&
				(async () => checkStanding({ config, keys, ledger, record: opened.record, dataset }))),
	);
	return list();
};

export const hasPassed = (checks: readonly PreflightCheck[]): boolean =>
	checks.every(({ status }) => status === "ok" || status === "warning");
