/** Three hospitals and a committee with folders, block stores, keystores' secrets and wallets of their own, on a WorkerChain; a study, no round yet. */
import { join } from "node:path";
import { developmentAccount } from "../../scripts/demo/localChain.ts";
import { createTransactor } from "../../worker/adapters/chain/transactor.ts";
import type { BlockStore } from "../../worker/adapters/ipfs/blockStore.ts";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { firstOf } from "../../worker/adapters/ipfs/firstOf.ts";
import { commitDataset } from "../../worker/core/dataset/commit.ts";
import { quantizeRow } from "../../worker/core/dataset/preprocess.ts";
import { initialWeights } from "../../worker/core/training/initialWeights.ts";
import { trainRound } from "../../worker/core/training/trainRound.ts";
import { type Member, registerShareKey } from "../../worker/node/committee.ts";
import { admitHospital, admitMember, createStudy, openRound } from "../../worker/node/coordinator.ts";
import { commitDatasetOnChain, type Hospital } from "../../worker/node/hospital.ts";
import { openJournal } from "../../worker/node/journal.ts";
import { type Participant, readLedger, requireStudy } from "../../worker/node/participant.ts";
import { learningRateInteger, type ServerOptimizer } from "../../worker/protocol/study.ts";
import { type Crashing, crashing } from "./crash.ts";
import { circuitDoubles, proverDouble } from "./proverDouble.ts";
import { randomRing } from "./randomRing.ts";
import { seededRandomness } from "./seededRandomness.ts";
import { loadStudy, loadWdbc } from "./wdbc.ts";
import type { WorkerChain } from "./workerChain.ts";

export const WALLETS = { coordinator: 0, hospitals: [1, 2, 3], members: [4, 5, 6], stranger: 7 } as const;
export const DURATIONS = { submission: 1000, checking: 400, attestation: 250 } as const;
/** Members have this wallet and the next ones. */
const FIRST_MEMBER = 4;

const TIMING = { timeout: 2_000, grace: 200 } as const;
/** Batches of the hospitals' data sets: 2, 1 and 1 segments. */
const BATCH_COUNTS = [6, 2, 3] as const;

export type WorkerConsortium = Awaited<ReturnType<typeof enrollWorkers>>;

export type ConsortiumSize = {
	/** Admitted members. */
	readonly members?: number;
	/** Of the study. */
	readonly committee?: { readonly members: number; readonly threshold: number };
	readonly minUpdates?: number;
	/** As the chain was started with. */
	readonly keySumSlots?: number;
	readonly serverOptimizer?: ServerOptimizer;
};

/** @param folder of the test: participants' folders and their IPFS blocks go below it */
export const enrollWorkers = async (chain: WorkerChain, folder: string, size: ConsortiumSize = {}) => {
	const random = randomRing("worker consortium");
	const original = loadStudy();
	const { committee: seats = original.committee, minUpdates = original.minUpdates } = size;
	const { keySumSlots = original.keySumSlots, serverOptimizer = original.serverOptimizer } = size;
	const { circuits, verificationKeys } = circuitDoubles(keySumSlots);
	const study = { ...original, committee: seats, minUpdates, keySumSlots, serverOptimizer };
	const rows = await loadWdbc();
	const memberWallets = Array.from(
		{ length: size.members ?? WALLETS.members.length },
		(_, index) => FIRST_MEMBER + index,
	);
	const storeOf = (wallet: number): BlockStore => diskStore(join(folder, "ipfs", `wallet-${wallet}`));
	const wallets = [WALLETS.coordinator, ...WALLETS.hospitals, ...memberWallets];
	/** Its own store first, then the others', as by their gateways. */
	const reading = (wallet: number, own: BlockStore): BlockStore =>
		firstOf([own, ...wallets.filter((other) => other !== wallet).map(storeOf)]);
	const shareKeys = memberWallets.map(() => 1n + random.belowBig(1n << 250n));
	const datasets = BATCH_COUNTS.map((batches, index) => {
		const seed = seededRandomness(`data seed ${index}`).bytes(32);
		const part = rows.slice(100 * index, 100 * index + batches * study.batchSize);
		const samples = part.map(({ features, label }) => ({ inputs: quantizeRow(features, study.preprocessing), label }));
		return { dataSeed: seed, dataset: commitDataset({ study, samples, seed }) };
	});

	/** A participant as a new process opens it: all that it knows is below its folder. */
	const participant = async (wallet: number, crash: Crashing = crashing()): Promise<Participant> => {
		const plain = await chain.connect();
		const connection = { ...plain, client: crash.clientOf(plain.client) };
		const journal = crash.journalOf(openJournal(join(folder, `wallet-${wallet}`, "journal")));
		const account = developmentAccount(wallet);
		const transactor = createTransactor({ connection, account, journal: journal.transactions, timing: TIMING });
		const own = crash.storeOf(storeOf(wallet));
		return { connection, store: reading(wallet, own), own, journal, transactor, progress: () => undefined };
	};
	const provingWith =
		(crash: Crashing, { prove }: ReturnType<typeof proverDouble>): NonNullable<Hospital["prove"]> =>
		(circuit, input, options) =>
			crash.effect("prove", () => prove(circuit, input, options));
	const hospital = async (index: number, crash: Crashing = crashing(), double = proverDouble()): Promise<Hospital> => ({
		...(await participant(WALLETS.hospitals[index] as number, crash)),
		...(datasets[index] as (typeof datasets)[number]),
		circuits,
		prove: provingWith(crash, double),
	});
	const member = async (
		index: number,
		crash: Crashing = crashing(),
		confirmations = 0,
		double = proverDouble(),
	): Promise<Member> => ({
		...(await participant(memberWallets[index] as number, crash)),
		shareKey: shareKeys[index] as bigint,
		circuits,
		prove: provingWith(crash, double),
		confirmations,
		checkedBundles: new Set(),
	});

	const coordinator = await participant(WALLETS.coordinator);
	for (const wallet of WALLETS.hospitals) await admitHospital(coordinator, developmentAccount(wallet).address);
	for (const wallet of memberWallets) await admitMember(coordinator, developmentAccount(wallet).address);
	const { verifiers } = chain;
	const studyId = await createStudy(coordinator, { study, verifiers, verificationKeys });
	const { chain: network, deployment } = coordinator.connection;
	const place = { chainId: network.id, roundManager: deployment.roundManager };
	const pool = memberWallets.map((wallet) => developmentAccount(wallet).address);
	const committee = pool.slice(0, study.committee.members);

	const ledger = async () => (await readLedger(coordinator.connection)).ledger;
	return {
		chain,
		folder,
		/** Everybody's blocks; a test that publishes something itself does so with the coordinator's store. */
		store: reading(WALLETS.coordinator, storeOf(WALLETS.coordinator)),
		storeOf,
		study,
		studyId,
		initialWeights: initialWeights(study, place),
		shareKeys,
		datasets,
		/** All members, and those of `openRound`. */
		pool,
		committee,
		memberWallets,
		coordinator,
		participant,
		hospital,
		member,
		ledger,
		/** Share keys and data sets of everybody. */
		join: async () => {
			for (const index of memberWallets.keys()) await registerShareKey(await member(index));
			for (const index of WALLETS.hospitals.keys()) await commitDatasetOnChain(await hospital(index), studyId);
		},
		openRound: () => openRound(coordinator, { studyId, committee, durations: DURATIONS }),
		/** The round and its study as the chain says now. */
		round: async (roundId: bigint) => {
			const now = await ledger();
			const round = now.rounds.get(roundId);
			if (round === undefined) throw new RangeError(`no round ${roundId}`);
			return { round, record: requireStudy(now, studyId) };
		},
		/** Transactions of a wallet that were mined. */
		sent: (wallet: number): Promise<number> =>
			coordinator.connection.client.getTransactionCount({ address: developmentAccount(wallet).address }),
	};
};

/** The round's result without proofs, encryption or committee: docs/PROTOCOL.md section 5.6. */
export const plaintextModel = (
	{ study, datasets, initialWeights: weights }: Pick<WorkerConsortium, "study" | "datasets" | "initialWeights">,
	beacon: number,
): readonly number[] => {
	const { epochs } = study;
	const learningRate = learningRateInteger(study.learningRate);
	const updates = datasets.map(({ dataset: { batches, sampleCount } }) => ({
		sampleCount,
		trained: trainRound({ study, weights, batches, beacon, learningRate, epochs }),
	}));
	const total = updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	return weights.map((_, index) => {
		const sum = updates.reduce((part, { sampleCount, trained }) => part + sampleCount * (trained[index] ?? 0), 0);
		return Math.floor((2 * sum + total) / (2 * total));
	});
};
