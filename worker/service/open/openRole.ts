/** One participant as its role acts: what to call to make it take its next step. */
import type { ChainConnection } from "../../adapters/chain/connect.ts";
import { createTransactor } from "../../adapters/chain/transactor.ts";
import { prove } from "../../adapters/prover.ts";
import { memberStep } from "../../node/committee.ts";
import { admitHospital, admitMember, coordinatorStep } from "../../node/coordinator.ts";
import { journalPath } from "../../node/folders.ts";
import { hospitalStep } from "../../node/hospital.ts";
import { openJournal } from "../../node/journal.ts";
import { type Participant, type Progress, readLedger } from "../../node/participant.ts";
import type { CoordinatorConfig, WorkerConfig } from "../config/schema.ts";
import type { Clock } from "../loop/clock.ts";
import type { Step } from "../loop/runLoop.ts";
import type { Metrics } from "../metrics.ts";
import type { WorkerOverrides } from "../request.ts";
import { createExternalTransactor } from "../wallet/externalTransactor.ts";
import type { Offers } from "../wallet/offers.ts";
import { confirmationsOf } from "./connect.ts";
import { type DatasetSummary, openDataset } from "./dataset.ts";
import type { WorkerKeys } from "./keys.ts";
import { measuredProver, measuredTransactor } from "./measured.ts";
import type { WorkerStores } from "./stores.ts";
import type { OpenedStudy } from "./study.ts";

export type RolePorts = {
	readonly config: WorkerConfig;
	readonly keys: WorkerKeys;
	readonly connection: ChainConnection;
	readonly stores: WorkerStores;
	readonly opened: OpenedStudy;
	readonly offers: Offers;
	readonly metrics: Metrics;
	readonly progress: Progress;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly overrides: WorkerOverrides;
};

export type OpenedRole = {
	readonly address: Participant["transactor"]["address"];
	readonly step: () => Promise<Step>;
	readonly dataset?: DatasetSummary;
};

const participantOf = (ports: RolePorts): Participant => {
	const { config, keys, connection, stores, offers, metrics, progress, clock, signal } = ports;
	const journal = openJournal(journalPath(config.folder));
	const poll = config.pollSeconds * 1000;
	const { wallet } = config;
	const transactor =
		wallet.kind === "external"
			? createExternalTransactor({ connection, address: wallet.address, offers, signal, clock, poll })
			: createTransactor({ connection, account: requireAccount(keys), journal: journal.transactions });
	const { own, store } = stores;
	return {
		connection,
		store,
		own,
		journal,
		transactor: measuredTransactor(transactor, metrics),
		progress,
		signal,
	};
};

const requireAccount = ({ account }: WorkerKeys) => {
	// openKeys has refused a keystore without one.
	if (account === undefined) throw new RangeError("the keystore's wallet key was not opened");
	return account;
};

/** The admissions of the configuration, one a step, each tried once in a process' life: whoever is removed meanwhile stays removed. */
const admissionsOf = (coordinator: Participant, { admit }: CoordinatorConfig) => {
	const waiting = [
		...admit.hospitals.map((address) => ({ kind: "admitHospital", address }) as const),
		...admit.members.map((address) => ({ kind: "admitMember", address }) as const),
	];
	return async (): Promise<Step | undefined> => {
		if (waiting.length === 0) return undefined;
		const { ledger } = await readLedger(coordinator.connection);
		for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
			const { kind, address } = next;
			const known = kind === "admitHospital" ? ledger.hospitals : ledger.members;
			const done = known.has(address) || (kind === "admitHospital" && ledger.barred.has(address));
			if (!done) await (kind === "admitHospital" ? admitHospital : admitMember)(coordinator, address);
			waiting.shift();
			if (!done) return { kind };
		}
		return undefined;
	};
};

/** @throws DecentraHealthError DATASET_* */
export const openRole = async (ports: RolePorts): Promise<OpenedRole> => {
	const { config, keys, opened, metrics, signal, overrides } = ports;
	const { record, study, circuits } = opened;
	const { studyId } = record;
	const participant = participantOf(ports);
	const { address } = participant.transactor;
	const proveIt = measuredProver(overrides.prove ?? prove, metrics);
	if (config.role === "coordinator") {
		const { pool, durations, rounds } = config;
		const admit = admissionsOf(participant, config);
		const act = () => coordinatorStep(participant, { studyId, pool, durations, rounds });
		return { address, step: async () => (await admit()) ?? act() };
	}
	if (circuits === undefined) throw new RangeError("openStudy opens the circuits of everybody who proves");
	if (config.role === "hospital") {
		const { dataSeed } = keys;
		if (dataSeed === undefined) throw new RangeError("openKeys has refused a keystore without a data seed");
		const { dataset, summary } = await openDataset(config, study, dataSeed, signal);
		const { committeeKeysDigests } = config;
		const confirmations = confirmationsOf(config);
		const own = { dataset, dataSeed, circuits, committeeKeysDigests, confirmations, prove: proveIt };
		const hospital = { ...participant, ...own };
		return { address, step: () => hospitalStep(hospital, studyId, study), dataset: summary };
	}
	const { shareKey } = keys;
	if (shareKey === undefined) throw new RangeError("openKeys has refused a keystore without a share key");
	const confirmations = confirmationsOf(config);
	const member = {
		...participant,
		shareKey,
		circuits,
		prove: proveIt,
		confirmations,
		checkedBundles: new Set<string>(),
	};
	return { address, step: () => memberStep(member, studyId) };
};
