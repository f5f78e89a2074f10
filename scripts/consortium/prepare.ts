/** Chain, contracts and study of a local consortium, and a folder for each of its workers: all that exists before the first one starts. */
import { join } from "node:path";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { createTransactor } from "../../worker/adapters/chain/transactor.ts";
import { formatCsv, readCsvRows } from "../../worker/adapters/dataset/csv.ts";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { readStudyFile } from "../../worker/adapters/studyFile.ts";
import { simulateConsortium } from "../../worker/core/dataset/consortium.ts";
import { createStudy } from "../../worker/node/coordinator.ts";
import { journalPath } from "../../worker/node/folders.ts";
import { openJournal } from "../../worker/node/journal.ts";
import type { Progress } from "../../worker/node/participant.ts";
import type { Study } from "../../worker/protocol/study.ts";
import { loadStudyCircuits, verificationKeyObjects } from "../circuits/studyCircuits.ts";
import { startDeployment } from "../demo/deployment.ts";
import { developmentAccount, developmentKey, mineByItself } from "../demo/localChain.ts";
import { EMBEDDED_FILE, EMBEDDED_STUDY } from "../simulate/data.ts";
import { HOSPITALS, type Place, placesIn, requireFreePorts } from "./places.ts";
import { writeParticipant } from "./writeParticipant.ts";

export type PrepareOptions = {
	/** A new one. */
	readonly folder: string;
	/** First of the ports. */
	readonly port: number;
	readonly rounds: number;
	readonly seed: string;
	readonly passphrase: string;
	readonly say: (text: string) => void;
};

export type Prepared = Awaited<ReturnType<typeof prepareConsortium>>;

/** Long enough to kill somebody and look on; a round that nobody finishes fails, and the next one opens. */
const DURATIONS = { submission: 900, checking: 300, attestation: 600 };
/** Training proofs a hospital and round at most: for the run's time, not the protocol's limit. */
const MAX_SEGMENTS = 2;
const writeFolders = async (
	places: readonly Place[],
	{ seed, passphrase, rounds }: PrepareOptions,
	{ rpcUrl, roundManager, study }: { readonly rpcUrl: string; readonly roundManager: string; readonly study: Study },
): Promise<ReadonlyMap<Place, string>> => {
	const { preprocessing, classes, batchSize } = study;
	if (preprocessing.kind !== "table") throw new RangeError("the embedded study reads a table");
	const rows = await readCsvRows({ path: EMBEDDED_FILE, preprocessing, classes });
	const maxBatches = MAX_SEGMENTS * study.stepsPerSegment;
	const split = simulateConsortium({ rows, hospitals: HOSPITALS, batchSize, maxBatches, seed });
	const addressesOf = (role: Place["role"]) =>
		places.filter((place) => place.role === role).map(({ account }) => developmentAccount(account).address);
	const written = new Map<Place, string>();
	for (const place of places) {
		const { role, folder, account, httpPort, gatewayPort } = place;
		const peers = places.filter((other) => other !== place).map((other) => `http://127.0.0.1:${other.gatewayPort}`);
		const [hospitals, members] = [addressesOf("hospital"), addressesOf("committee")];
		const fields = {
			rpc: { url: rpcUrl },
			chainId: 31337,
			roundManager,
			study: study.name,
			ipfs: { peers, serve: { host: "127.0.0.1", port: gatewayPort } },
			http: { port: httpPort },
			pollSeconds: 1,
			...(role === "coordinator" ? { pool: members, durations: DURATIONS, rounds, admit: { hospitals, members } } : {}),
		};
		const part = role === "hospital" ? split.hospitals[account - 1] : undefined;
		const csv = part === undefined ? undefined : formatCsv(part, preprocessing);
		const walletKey = developmentKey(account);
		written.set(place, await writeParticipant({ role, folder, passphrase, walletKey, fields, csv }));
	}
	return written;
};

/** The chain runs until `stop`. @throws DecentraHealthError PORT_IN_USE, RPC_UNREACHABLE, PROVING_KEY_* */
export const prepareConsortium = async (options: PrepareOptions) => {
	const { folder, port, say } = options;
	const study = await readStudyFile(EMBEDDED_STUDY);
	const circuits = await loadStudyCircuits(study);
	const verificationKeys = await verificationKeyObjects(circuits);
	const places = placesIn(folder, port, study.committee.members);
	await requireFreePorts(port, places);

	const chain = await startDeployment(port);
	try {
		const { rpcUrl, deployment } = chain;
		const { roundManager } = deployment;
		const verifiers = await chain.deployVerifiers(study);
		say(`chain on ${rpcUrl}, RoundManager ${roundManager}`);

		const configs = await writeFolders(places, options, { rpcUrl, roundManager, study });
		const [coordinator] = places;
		if (coordinator === undefined) throw new RangeError("a consortium has a coordinator");
		// What `study create` would do: from here on everything comes from the workers.
		const connection = await connectChain({ rpcUrl, address: roundManager });
		const journal = openJournal(journalPath(coordinator.folder));
		const account = developmentAccount(coordinator.account);
		const progress: Progress = () => undefined;
		const studyId = await createStudy(
			{
				connection,
				store: diskStore(join(coordinator.folder, "ipfs")),
				transactor: createTransactor({ connection, account, journal: journal.transactions }),
				journal,
				progress,
			},
			{ study, verifiers, verificationKeys },
		);
		say(`study ${studyId} (${study.name}); ${places.length} folders in ${folder}`);
		await mineByItself(rpcUrl);
		return { places, configs, connection, studyId, rpcUrl, roundManager, stop: chain.stop };
	} catch (error) {
		await chain.stop();
		throw error;
	}
};
