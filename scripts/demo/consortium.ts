/** Sets up the demo's consortium: chain, contracts, IPFS, and each participant with a folder, a keystore and a wallet of its own. */
import { join } from "node:path";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { createTransactor } from "../../worker/adapters/chain/transactor.ts";
import { initialWeights } from "../../worker/core/training/initialWeights.ts";
import { type Member, registerShareKey } from "../../worker/node/committee.ts";
import { admitHospital, admitMember, createStudy } from "../../worker/node/coordinator.ts";
import { journalPath, openHospitalData, openShareKey, walletName } from "../../worker/node/folders.ts";
import { commitDatasetOnChain, type Hospital } from "../../worker/node/hospital.ts";
import { openJournal } from "../../worker/node/journal.ts";
import type { Participant } from "../../worker/node/participant.ts";
import type { Study } from "../../worker/protocol/study.ts";
import type { DemoData } from "./data.ts";
import { startDeployment } from "./deployment.ts";
import { developmentAccount } from "./localChain.ts";
import { openDemoStores } from "./stores.ts";
import type { View } from "./view.ts";

export type DemoOptions = {
	readonly study: Study;
	readonly data: DemoData;
	/** A new folder: participants' folders and the IPFS blocks go below it. */
	readonly folder: string;
	readonly passphrase: string;
	readonly circuits: Hospital["circuits"] & Member["circuits"] & { readonly verificationKeys: readonly Uint8Array[] };
	readonly port?: number | undefined;
};

export type DemoConsortium = Awaited<ReturnType<typeof setUpConsortium>>;

export const setUpConsortium = async (options: DemoOptions, view: View) => {
	const { study, folder, passphrase, circuits, data } = options;
	view.say(
		`${data.hospitals.map(({ samples }) => samples.length).join(" + ")} rows for training, ${data.test.length} held out: ${data.description}`,
	);

	const chain = await startDeployment(options.port);
	const { deployment } = chain;
	const verifiers = await chain.deployVerifiers(study);
	view.say(`contracts deployed on ${chain.rpcUrl}: RoundManager ${deployment.roundManager}`);

	const hospitalNames = data.hospitals.map((_, index) => `hospital-${index + 1}`);
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
	const dataPaths: string[] = [];
	for (const [index, rows] of data.hospitals.entries()) {
		const name = hospitalNames[index] as string;
		const own = join(folder, name);
		const path = await rows.place(own);
		dataPaths.push(path);
		// Named by the wallet, as the tasks do: they work on the demo's folders too.
		const owner = walletName(developmentAccount(index + 1).address);
		const opened = await openHospitalData({ folder: own, passphrase, name: owner, data: path, study });
		hospitals.push({ ...(await participant(name, index + 1)), ...opened, circuits });
	}
	const members: Member[] = [];
	for (const [index, name] of memberNames.entries()) {
		const account = hospitals.length + 1 + index;
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
	const studyId = await createStudy(coordinator, {
		study,
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
		initialWeights: initialWeights(study, {
			chainId: coordinator.connection.chain.id,
			roundManager: deployment.roundManager,
		}),
		test: data.test,
		testParts: data.testParts,
		/** Each hospital's rows. */
		dataPaths,
		leaveSignals: chain.leaveSignals,
		stop: async () => {
			await stores.close();
			await chain.stop();
		},
	};
};
