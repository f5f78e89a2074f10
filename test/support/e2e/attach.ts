/** A run as somebody sees it who has its RPC URL, its gateway and its address; and, given the passphrase, its participants' secrets. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { type ChainConnection, connectChain } from "../../../worker/adapters/chain/connect.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { decodeStudy } from "../../../worker/core/codecs/study.ts";
import type { CommittedDataset } from "../../../worker/core/dataset/commit.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import type { Ledger, RoundRecord, StudyRecord } from "../../../worker/core/ledger/state.ts";
import { openHospitalData, openShareKey, walletName } from "../../../worker/node/folders.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import type { DemoRun } from "./demoRun.ts";

export type AttachedRun = {
	readonly connection: ChainConnection;
	readonly ledger: Ledger;
	readonly record: StudyRecord;
	readonly study: Study;
	/** In the order in which they were opened; all finalized. */
	readonly rounds: readonly RoundRecord[];
	/** Folder of the blocks. */
	readonly blocks: string;
	readonly block: (digest: Hex) => Promise<Uint8Array>;
};

export const attach = async ({ rpcUrl, address, folder }: DemoRun): Promise<AttachedRun> => {
	const connection = await connectChain({ rpcUrl, address });
	const ledger = foldEvents((await connection.readEvents()).events);
	const [record] = ledger.studies.values();
	if (record === undefined) throw new RangeError("the run has no study");
	const blocks = join(folder, "ipfs");
	const block = diskStore(blocks).get;
	const study = decodeStudy(await block(record.parameters.definitionDigest));
	return {
		connection,
		ledger,
		record,
		study,
		rounds: [...ledger.rounds.values()],
		blocks,
		block: (digest) => block(digest),
	};
};

export type HospitalSecrets = {
	readonly name: string;
	readonly dataset: CommittedDataset;
	readonly dataSeed: Uint8Array;
	/** Lines of its CSV file without the header. */
	readonly rows: readonly string[];
};

/** The keystores are named by their wallets. */
const keystoreName = (account: number): string => walletName(developmentAccount(account).address);

/** What the hospitals' keystores and files hold, in the order of their wallets. */
export const openHospitals = (
	{ folder, passphrase }: DemoRun,
	{ study, count }: { readonly study: Study; readonly count: number },
): Promise<readonly HospitalSecrets[]> =>
	Promise.all(
		Array.from({ length: count }, async (_, index) => {
			const name = `hospital-${index + 1}`;
			const own = join(folder, name);
			const csv = join(own, "data.csv");
			const keystore = { folder: own, passphrase, name: keystoreName(index + 1), create: false };
			const data = await openHospitalData({ ...keystore, data: csv, study });
			const [, ...rows] = (await readFile(csv, "utf8")).trim().split("\n");
			return { name, rows, ...data };
		}),
	);

/** The committee's secret share keys, in committee order. */
export const openShareKeys = (
	{ folder, passphrase }: DemoRun,
	{ members, hospitals }: { readonly members: number; readonly hospitals: number },
): Promise<readonly bigint[]> =>
	Promise.all(
		Array.from({ length: members }, (_, index) => {
			const name = keystoreName(hospitals + 1 + index);
			return openShareKey({ folder: join(folder, `member-${index + 1}`), passphrase, name, create: false });
		}),
	);
