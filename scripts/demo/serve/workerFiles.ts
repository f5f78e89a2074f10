/** Turns a participant's folder of the demo into its worker's: wallet key in the keystore for those who sign by themselves, and a configuration. */
import { access, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Address } from "viem";
import { writeFileAtomic } from "../../../worker/adapters/atomicFile.ts";
import { createKeystore, updateKeystore } from "../../../worker/adapters/keystore.ts";
import { randomDataSeed, randomShareKey } from "../../../worker/adapters/secrets.ts";
import { keystorePath, walletName } from "../../../worker/node/folders.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { parseConfig } from "../../../worker/service/config/loadConfig.ts";
import { CONFIG_NAME } from "../../consortium/writeParticipant.ts";
import { developmentKey } from "../localChain.ts";
import { type CastMember, urlOf } from "./cast.ts";

export type WorkerFilesOptions = {
	readonly cast: readonly CastMember[];
	readonly study: Study;
	readonly passphrase: string;
	readonly rpcUrl: string;
	readonly roundManager: Address;
	/** The archive's gateway: it has what the chain names, whoever is gone. */
	readonly archive: string;
	/** Web pages that may use the workers' APIs. */
	readonly origins: readonly string[];
	/** Each hospital's rows. */
	readonly dataPaths: readonly string[];
	/** Finalized rounds after which a coordinator that signs by itself opens no further one. */
	readonly rounds: number;
};

/** Time for a person to look, think and sign; a phase ends before when all have done their part. */
const DURATIONS = { submission: 3_600, checking: 900, attestation: 1_800 };

const ensureKeystore = async ({ role, folder, address, account, byHand }: CastMember, passphrase: string) => {
	const path = keystorePath(folder);
	const exists = await access(path).then(
		() => true,
		() => false,
	);
	// Whose wallet is in a person's hands has no key here.
	const wallet = byHand ? {} : { walletKey: developmentKey(account) };
	// The demo's own rounds have made it, unless there were none; a coordinator had none before.
	if (exists) {
		if (!byHand) await updateKeystore({ path, passphrase, update: (secrets) => ({ ...secrets, ...wallet }) });
		return;
	}
	const secrets = {
		...wallet,
		...(role === "hospital" ? { dataSeed: randomDataSeed() } : {}),
		...(role === "committee" ? { shareKey: randomShareKey() } : {}),
	};
	await mkdir(folder, { recursive: true, mode: 0o700 });
	await createKeystore({ path, passphrase, name: walletName(address), secrets });
};

/** The configuration's fields of one participant. */
export const workerFields = (member: CastMember, options: WorkerFilesOptions) => {
	const { cast, study, rpcUrl, roundManager, archive, origins, dataPaths, rounds } = options;
	const { role, account, address, byHand, httpPort, gatewayPort } = member;
	const addressesOf = (of: CastMember["role"]) =>
		cast.filter((other) => other.role === of).map((other) => other.address);
	const [hospitals, members] = [addressesOf("hospital"), addressesOf("committee")];
	const peers = cast.filter((other) => other !== member).map((other) => urlOf(other.gatewayPort));
	const data = dataPaths[account - 1];
	return {
		role,
		folder: ".",
		rpc: { url: rpcUrl },
		chainId: 31337,
		roundManager,
		study: study.name,
		wallet: byHand ? { kind: "external", address } : { kind: "keystore" },
		ipfs: { peers: [...peers, archive], serve: { host: "127.0.0.1", port: gatewayPort } },
		http: { port: httpPort, origins },
		pollSeconds: 1,
		// A path that a user named counts from where the command was started; a worker's would from its folder.
		...(role === "hospital" && data !== undefined ? { data: resolve(data) } : {}),
		...(role === "coordinator" ? { pool: members, durations: DURATIONS, rounds, admit: { hospitals, members } } : {}),
	};
};

/** @returns each one's configuration file */
export const writeWorkerFiles = async (options: WorkerFilesOptions): Promise<ReadonlyMap<CastMember, string>> => {
	const written = new Map<CastMember, string>();
	for (const member of options.cast) {
		await ensureKeystore(member, options.passphrase);
		const fields = workerFields(member, options);
		// Better now than in seven processes.
		parseConfig(member.role, fields, `the configuration of ${member.name}`);
		const path = join(member.folder, CONFIG_NAME);
		await writeFileAtomic(path, `${JSON.stringify(fields, null, "\t")}\n`);
		written.set(member, path);
	}
	return written;
};
