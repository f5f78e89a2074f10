/**
 * What every scenario starts from: contracts whose verifiers really check the simulated proofs, a study, and seven folders as their owners'
 * machines have them before their workers are started for the first time.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Address, Hex } from "viem";
import { keySumVerifierSource, updateVerifierSource } from "../../../scripts/circuits/verifierSource.ts";
import { writeParticipant } from "../../../scripts/consortium/writeParticipant.ts";
import { developmentAccount, developmentKey } from "../../../scripts/demo/localChain.ts";
import { freePorts } from "../../../scripts/ports.ts";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import { createTransactor, memoryJournal } from "../../../worker/adapters/chain/transactor.ts";
import { formatCsv } from "../../../worker/adapters/dataset/csv.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { admitHospital, admitMember, createStudy } from "../../../worker/node/coordinator.ts";
import { type HospitalData, openHospitalData, openShareKey, walletName } from "../../../worker/node/folders.ts";
import { openJournal } from "../../../worker/node/journal.ts";
import type { Role } from "../../../worker/service/config/schema.ts";
import { deployAll } from "../contracts/deploy.ts";
import { compileVerifiers, deployBytecode } from "../contracts/simulatedVerifiers.ts";
import { CIRCUIT_DOUBLES, VERIFICATION_KEY_DOUBLES } from "../proverDouble.ts";
import { loadStudy, loadWdbc } from "../wdbc.ts";
import type { Links } from "./links.ts";
import type { FaultNode } from "./node.ts";

export const HOSPITALS = ["hospital-1", "hospital-2", "hospital-3"] as const;
export const MEMBERS = ["member-1", "member-2", "member-3"] as const;
export const COORDINATOR = "coordinator";
export const NAMES = [COORDINATOR, ...HOSPITALS, ...MEMBERS] as const;
export type Name = (typeof NAMES)[number];
/** An admitted hospital that no worker runs for: what it sends is made up. */
export const ATTACKER_WALLET = NAMES.length;
/** Its store, when it has one. */
export const ATTACKER = "attacker";
export const WITNESS = "witness";
export const RPC = "rpc";

export const PASSPHRASE = "a passphrase of the fault suite";
/** Chain seconds; scenarios jump past those that nobody meets. */
export const DURATIONS = { submission: 900, checking: 400, attestation: 400 } as const;
/** Blocks on top of a frozen set before a member signs for it. */
export const CONFIRMATIONS = 3;
/** Two training proofs, one and one. */
const BATCH_COUNTS = [6, 2, 3] as const;
/** With a dropout, two hospitals' sum is still opened. */
export const STUDY = { ...loadStudy(), minUpdates: 2 };

export const roleOf = (name: Name): Role =>
	name === COORDINATOR ? "coordinator" : name.startsWith("hospital") ? "hospital" : "committee";
export const walletOf = (name: Name): number => NAMES.indexOf(name);
export const addressOf = (name: Name): Address => developmentAccount(walletOf(name)).address;

export type FaultConsortium = {
	readonly roundManager: Address;
	readonly studyId: bigint;
	readonly initialWeights: readonly number[];
	/** Below it, a folder for each name: copied for each scenario. */
	readonly template: string;
	readonly ports: Readonly<Record<Name, number>>;
	/** By hospital, as committed. */
	readonly data: readonly HospitalData[];
	readonly rows: readonly (readonly string[])[];
	/** By seat. */
	readonly shareKeys: readonly bigint[];
};

const csvsOf = async (): Promise<readonly string[]> => {
	const rows = await loadWdbc();
	return BATCH_COUNTS.map((batches, index) =>
		formatCsv(rows.slice(100 * index, 100 * index + batches * STUDY.batchSize), STUDY.preprocessing),
	);
};

const deploy = async ({ rpcUrl, request }: FaultNode) => {
	process.env.LOCALHOST_RPC_URL = rpcUrl;
	const { default: hre } = await import("hardhat");
	const network = await hre.network.create("localhost");
	const { train, encrypt, keySum } = CIRCUIT_DOUBLES;
	const sources = {
		UpdateFaultVerifier: updateVerifierSource("Fault", { train, encrypt }),
		KeySumFaultVerifier: keySumVerifierSource("Fault", keySum),
	};
	const code = compileVerifiers(sources);
	const verifiers = {
		updateVerifier: await deployBytecode(network, code.UpdateFaultVerifier ?? "0x"),
		keySumVerifier: await deployBytecode(network, code.KeySumFaultVerifier ?? "0x"),
	};
	const { modelRegistry, hospitalRegistry, roundManager } = await deployAll(network, {
		verifiers: { update: verifiers.updateVerifier, keySum: verifiers.keySumVerifier },
	});
	await modelRegistry.write.setRoundManager([roundManager.address]);
	await hospitalRegistry.write.setRoundManager([roundManager.address]);
	await network.close();
	await request("evm_mine");
	return { roundManager: roundManager.address, verifiers };
};

/** @param folder of the suite; the templates go below it */
export const prepareConsortium = async (node: FaultNode, links: Links, folder: string): Promise<FaultConsortium> => {
	const template = join(folder, "template");
	await rm(template, { recursive: true, force: true });
	const { roundManager, verifiers } = await deploy(node);
	const connection = await connectChain({ rpcUrl: node.rpcUrl, address: roundManager });
	const account = developmentAccount(walletOf(COORDINATOR));
	const transactor = createTransactor({ connection, account, journal: memoryJournal() });
	// Study, keys and first model are where a coordinator publishes them: in its own store.
	const store = diskStore(join(template, COORDINATOR, "ipfs"));
	const journal = openJournal(join(folder, "set-up"));
	const coordinator = { connection, store, journal, transactor, progress: () => undefined };
	for (const name of HOSPITALS) await admitHospital(coordinator, addressOf(name));
	await admitHospital(coordinator, developmentAccount(ATTACKER_WALLET).address);
	for (const name of MEMBERS) await admitMember(coordinator, addressOf(name));
	const verificationKeys = VERIFICATION_KEY_DOUBLES;
	const creation = { study: STUDY, verifiers, verificationKeys };
	const studyId = await createStudy(coordinator, creation);
	const weights = initialWeights(STUDY, { chainId: connection.chain.id, roundManager });

	const csvs = await csvsOf();
	const free = await freePorts(NAMES.length);
	const ports = Object.fromEntries(NAMES.map((name, index) => [name, free[index]])) as Record<Name, number>;
	const write = async (name: Name): Promise<void> => {
		links.targets.set(name, `http://127.0.0.1:${ports[name]}`);
		const role = roleOf(name);
		const fields = {
			rpc: {
				url: `${links.url}/${name}/${RPC}`,
				witnesses: role === "committee" ? [`${links.url}/${name}/${WITNESS}`] : [],
			},
			chainId: 31337,
			roundManager,
			study: STUDY.name,
			ipfs: {
				peers: [...NAMES.filter((other) => other !== name), ATTACKER].map((other) => `${links.url}/${name}/${other}`),
				serve: { port: ports[name] },
				timeoutSeconds: 1,
			},
			http: { port: 0 },
			pollSeconds: 0.3,
			// "fees-rise" goes above what is paid without being asked.
			fees: { maxBaseFeeGwei: 10_000 },
			confirmations: CONFIRMATIONS,
			log: { level: "debug" },
			...(role === "coordinator" ? { pool: MEMBERS.map(addressOf), durations: DURATIONS, rounds: 1 } : {}),
		};
		const csv = role === "hospital" ? csvs[walletOf(name) - 1] : undefined;
		const walletKey: Hex = developmentKey(walletOf(name));
		await mkdir(join(template, name), { recursive: true, mode: 0o700 });
		await writeParticipant({ role, folder: join(template, name), passphrase: PASSPHRASE, walletKey, fields, csv });
	};
	await Promise.all(NAMES.map(write));
	const own = (name: Name) => {
		const place = join(template, name);
		return { folder: place, passphrase: PASSPHRASE, name: walletName(addressOf(name)), create: false };
	};
	const data = await Promise.all(
		HOSPITALS.map((name) => openHospitalData({ ...own(name), data: join(template, name, "data.csv"), study: STUDY })),
	);
	const shareKeys = await Promise.all(MEMBERS.map((name) => openShareKey(own(name))));
	const rows = csvs.map((csv) => csv.trim().split("\n").slice(1));
	return { roundManager, studyId, initialWeights: weights, template, ports, data, rows, shareKeys };
};
