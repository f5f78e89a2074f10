/** Sets up the demo's consortium: chain, contracts, IPFS, and each participant with a folder, a keystore and a wallet of its own. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { createTransactor } from "../../worker/adapters/chain/transactor.ts";
import { formatCsv, readCsvRows } from "../../worker/adapters/dataset/csv.ts";
import { simulateConsortium } from "../../worker/core/dataset/consortium.ts";
import { quantizeRow, type Row } from "../../worker/core/dataset/preprocess.ts";
import { initialWeights } from "../../worker/core/training/initialWeights.ts";
import { type Member, registerShareKey } from "../../worker/node/committee.ts";
import { admitHospital, admitMember, createStudy } from "../../worker/node/coordinator.ts";
import { journalPath, openHospitalData, openShareKey, walletName } from "../../worker/node/folders.ts";
import { commitDatasetOnChain, type Hospital } from "../../worker/node/hospital.ts";
import { openJournal } from "../../worker/node/journal.ts";
import type { Participant } from "../../worker/node/participant.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import type { Study, TablePreprocessing } from "../../worker/protocol/study.ts";
import { developmentAccount, startLocalChain } from "./localChain.ts";
import { openDemoStores } from "./stores.ts";
import type { View } from "./view.ts";

export type DemoOptions = {
	readonly study: Study;
	readonly dataFile: string;
	readonly hospitals: number;
	readonly seed: string;
	/** A new folder: participants' folders and the IPFS blocks go below it. */
	readonly folder: string;
	readonly passphrase: string;
	readonly circuits: Hospital["circuits"] & Member["circuits"] & { readonly verificationKeys: readonly Uint8Array[] };
	readonly port?: number;
};

/** Training proofs a hospital and round at most: for the demo's time, not the protocol's limit. */
const MAX_SEGMENTS = 4;

export type DemoConsortium = Awaited<ReturnType<typeof setUpConsortium>>;

const tableOf = ({ preprocessing }: Study): TablePreprocessing => {
	if (preprocessing.kind === "table") return preprocessing;
	throw new RangeError("the demo reads tables");
};

export const toSample =
	(study: Study) =>
	({ features, label }: Row): Sample => ({ inputs: quantizeRow(features, tableOf(study)), label });

export const setUpConsortium = async (options: DemoOptions, view: View) => {
	const { study, folder, passphrase, seed, circuits } = options;
	const preprocessing = tableOf(study);
	const rows = await readCsvRows({ path: options.dataFile, preprocessing, classes: study.classes });
	const maxBatches = MAX_SEGMENTS * study.stepsPerSegment;
	const split = simulateConsortium({
		rows,
		hospitals: options.hospitals,
		batchSize: study.batchSize,
		maxBatches,
		seed,
	});
	view.say(
		`${rows.length} rows: ${split.hospitals.map((part) => part.length).join(" + ")} for training, ${split.test.length} held out`,
	);

	const chain = await startLocalChain(options.port);
	process.env.LOCALHOST_RPC_URL = chain.rpcUrl;
	const hre = (await import("hardhat")).default;
	const { deployContracts, deployStudyVerifiers } = await import("../deploy/deployContracts.ts");
	const network = await hre.network.connect("localhost");
	const deployment = await deployContracts(network);
	const verifiers = await deployStudyVerifiers(network, study.name);
	view.say(`contracts deployed on ${chain.rpcUrl}: RoundManager ${deployment.roundManager}`);

	const hospitalNames = split.hospitals.map((_, index) => `hospital-${index + 1}`);
	const memberNames = Array.from({ length: study.committee.members }, (_, index) => `member-${index + 1}`);
	const names = ["coordinator", ...hospitalNames, ...memberNames];
	const stores = await openDemoStores(folder, names);
	view.say(`${names.length} block stores with a gateway each; an archive on ${stores.gatewayUrl}`);

	const participant = async (name: string, account: number): Promise<Participant> => {
		const connection = await connectChain({ rpcUrl: chain.rpcUrl, address: deployment.roundManager });
		const journal = openJournal(journalPath(join(folder, name)));
		const transactor = createTransactor({
			connection,
			account: developmentAccount(account),
			journal: journal.transactions,
		});
		return { connection, ...stores.of(name), journal, transactor, progress: view.progressOf(name) };
	};

	const coordinator = await participant("coordinator", 0);
	const hospitals: Hospital[] = [];
	for (const [index, part] of split.hospitals.entries()) {
		const name = hospitalNames[index] as string;
		const csv = join(folder, name, "data.csv");
		await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
		await writeFile(csv, formatCsv(part, preprocessing), { mode: 0o600 });
		// Named by the wallet, as the tasks do: they work on the demo's folders too.
		const owner = walletName(developmentAccount(index + 1).address);
		const data = await openHospitalData({ folder: join(folder, name), passphrase, name: owner, data: csv, study });
		hospitals.push({ ...(await participant(name, index + 1)), ...data, circuits });
	}
	const members: Member[] = [];
	for (const [index, name] of memberNames.entries()) {
		const account = options.hospitals + 1 + index;
		const owner = walletName(developmentAccount(account).address);
		const shareKey = await openShareKey({ folder: join(folder, name), passphrase, name: owner });
		members.push({
			...(await participant(name, account)),
			shareKey,
			circuits,
			confirmations: 0,
			checkedBundles: new Set(),
		});
	}

	for (const { transactor } of hospitals) await admitHospital(coordinator, transactor.address);
	for (const { transactor } of members) await admitMember(coordinator, transactor.address);
	const weights = initialWeights(study, seed);
	const studyId = await createStudy(coordinator, {
		study,
		initialWeights: weights,
		verifiers,
		verificationKeys: circuits.verificationKeys,
	});
	for (const member of members) await registerShareKey(member);
	for (const hospital of hospitals) await commitDatasetOnChain(hospital, studyId);

	return {
		study,
		studyId,
		deployment,
		rpcUrl: chain.rpcUrl,
		stores,
		coordinator,
		hospitals,
		members,
		initialWeights: weights,
		test: split.test.map(toSample(study)),
		pool: split.pool.map(toSample(study)),
		stop: async () => {
			await stores.close();
			await network.close();
			await chain.stop();
		},
	};
};
