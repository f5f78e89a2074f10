/** The consortium from its first worker to the audit; main.ts has built everything before this is loaded. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { firstOf } from "../../worker/adapters/ipfs/firstOf.ts";
import { startGateway } from "../../worker/adapters/ipfs/gatewayServer.ts";
import { PASSPHRASE_VARIABLE } from "../../worker/adapters/passphrase.ts";
import { closeProver } from "../../worker/adapters/prover.ts";
import type { RoundRecord } from "../../worker/core/ledger/state.ts";
import { runAudit } from "../../worker/node/auditor.ts";
import { readLedger } from "../../worker/node/participant.ts";
import { makeNewFolder } from "../newFolder.ts";
import { type Prepared, prepareConsortium } from "./prepare.ts";
import { supervise } from "./supervise.ts";

export type ConsortiumOptions = {
	readonly rounds: number;
	readonly seed: string;
	readonly folder: string;
	readonly port: number;
	readonly restart: boolean;
	readonly prepareOnly: boolean;
	readonly signal: AbortSignal;
};

const WIDTH = 12;
/** How often the chain is looked at, milliseconds. */
const POLL = 1_000;

const say = (text: string): void => void process.stdout.write(`${"consortium".padEnd(WIDTH)}| ${text}\n`);
const tell = (name: string, line: string): void => void process.stdout.write(`${name.padEnd(WIDTH)}| ${line}\n`);

const PASSPHRASE_NAME = "passphrase";

const commandsFor = ({ configs }: Prepared, folder: string): readonly string[] => {
	const shown = (path: string): string => relative(process.cwd(), path);
	const passphrase = `${PASSPHRASE_VARIABLE}="$(cat ${shown(join(folder, PASSPHRASE_NAME))})"`;
	return [...configs].map(([{ role }, config]) => `${passphrase} npm run worker -- ${role} --config ${shown(config)}`);
};

const auditAll = async ({ places, rpcUrl, roundManager }: Prepared): Promise<boolean> => {
	say("audit: from block 0 and everybody's blocks");
	const store = firstOf(places.map(({ folder }) => diskStore(join(folder, "ipfs"))));
	const gateway = await startGateway({ store });
	try {
		const { clean, counts, seconds } = await runAudit({
			rpcUrl,
			address: roundManager,
			ipfs: gateway.url,
			onCheck: ({ id, place, status, detail }) => {
				if (status !== "ok") say(`${status}: ${id} ${JSON.stringify(place)} ${detail}`);
			},
		});
		const { ok, failed, warning } = counts;
		say(`audit: ${ok} checks passed, ${failed} failed, ${warning} warnings in ${seconds.toFixed(1)} s`);
		return clean;
	} finally {
		await gateway.close();
	}
};

/** Until so many rounds are finalized; false when it was stopped before. */
const watchRounds = async (prepared: Prepared, { rounds, signal }: ConsortiumOptions): Promise<boolean> => {
	const { connection, studyId } = prepared;
	const shown = new Map<bigint, RoundRecord["phase"]>();
	while (!signal.aborted) {
		// Ctrl-C ends the chain too, before anybody is done with it.
		const seen = await readLedger(connection).catch((error: unknown) => {
			if (!signal.aborted) throw error;
		});
		if (seen === undefined) return false;
		const { ledger } = seen;
		const own = [...ledger.rounds.values()].filter((round) => round.studyId === studyId);
		for (const { roundId, phase, failure } of own) {
			if (shown.get(roundId) === phase) continue;
			shown.set(roundId, phase);
			say(`--- round ${roundId}: ${phase}${failure === undefined ? "" : ` (${failure})`} ---`);
		}
		if (own.filter(({ phase }) => phase === "Finalized").length >= rounds) return true;
		await sleep(POLL, undefined, { signal }).catch(() => undefined);
	}
	return false;
};

/** @returns whether every round was finalized and the audit is clean */
export const runConsortium = async (options: ConsortiumOptions): Promise<boolean> => {
	const { folder, port, rounds, seed, restart, prepareOnly, signal } = options;
	await makeNewFolder(folder);
	// Of this folder's keystores alone; with one of one's own, the tasks can open them too.
	const passphrase = process.env[PASSPHRASE_VARIABLE] || randomBytes(24).toString("base64url");
	await writeFile(join(folder, PASSPHRASE_NAME), passphrase, { mode: 0o600 });
	const prepared = await prepareConsortium({ folder, port, rounds, seed, passphrase, say });
	try {
		if (prepareOnly) {
			say("one terminal for each of these; the chain runs until Ctrl-C here");
			for (const command of commandsFor(prepared, folder)) process.stdout.write(`\n${command}\n`);
			process.stdout.write("\n");
			await watchRounds(prepared, options);
			await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
			return true;
		}
		const workers = supervise({ configs: prepared.configs, passphrase, restart, say, tell });
		for (const [name, pid] of workers.pids()) say(`${name} is process ${pid}: kill -9 ${pid} and see`);
		const finished = await watchRounds(prepared, options).finally(workers.stop);
		if (!finished) return false;
		return await auditAll(prepared);
	} finally {
		await prepared.stop();
		await closeProver();
	}
};
