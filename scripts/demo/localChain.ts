/** The embedded chain: a Hardhat node in a process of its own, with development accounts from the public test mnemonic. */
import { pbkdf2Sync } from "node:crypto";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { bytesToHex, createPublicClient, type Hex, http, type LocalAccount } from "viem";
import { type HDAccount, HDKey, hdKeyToAccount } from "viem/accounts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { freePort } from "../ports.ts";
import { startServerProcess } from "../serverProcess.ts";

/** Hardhat's documented development mnemonic: worthless anywhere else. */
const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";

/** The phrase's seed (BIP-39, "From mnemonic to seed") by OpenSSL, once: in JavaScript it takes a tenth of a second for each account. */
const wallet = HDKey.fromMasterSeed(pbkdf2Sync(DEVELOPMENT_MNEMONIC, "mnemonic", 2048, 64, "sha512"));

const accountOf = (index: number): HDAccount => hdKeyToAccount(wallet, { addressIndex: index });

/** The node funds the first 20 accounts. */
export const developmentAccount = (index: number): LocalAccount => accountOf(index);

/** Private key of that account, for a keystore. */
export const developmentKey = (index: number): Hex => {
	const { privateKey } = accountOf(index).getHdKey();
	if (privateKey === null) throw new RangeError("a key derived from a mnemonic is a private key");
	return bytesToHex(privateKey);
};

export type LocalChain = {
	readonly rpcUrl: string;
	/** Until this is called, SIGTERM and SIGHUP end this process and the chain at once; afterwards the caller handles them. */
	readonly leaveSignals: () => void;
	readonly stop: () => Promise<void>;
};

const START_TIMEOUT = 60_000;
const ENDING_SIGNALS = ["SIGTERM", "SIGHUP"] as const;

/**
 * Starts a node and returns when it answers.
 * @throws DecentraHealthError RPC_UNREACHABLE when it does not within a minute
 */
export const startLocalChain = async (port?: number): Promise<LocalChain> => {
	const chosen = port ?? (await freePort());
	const rpcUrl = `http://127.0.0.1:${chosen}`;
	const args = ["node_modules/hardhat/dist/src/cli.js", "node", "--hostname", "127.0.0.1", "--port", String(chosen)];
	// Its log of every call would bury the demo's own lines.
	const server = startServerProcess(args, { env: process.env, says: "errors kept" });
	// Node ends without an "exit" event, on which the server is killed, at a signal that nobody handles.
	const endOnSignal = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal]);
	for (const signal of ENDING_SIGNALS) process.on(signal, endOnSignal);
	const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0, timeout: 1_000 }) });
	const startedAt = Date.now();
	for (;;) {
		const answered = await client.getChainId().then(
			() => true,
			() => false,
		);
		if (answered) break;
		if (server.ended() || Date.now() - startedAt > START_TIMEOUT) {
			await server.stop();
			throw new DecentraHealthError("RPC_UNREACHABLE", {
				message: `the local chain did not start on port ${chosen}: ${server.output().slice(0, 500)}`,
				nextStep: "Check that the port is free, then run the command again.",
			});
		}
		await sleep(100);
	}
	const leaveSignals = (): void => {
		for (const signal of ENDING_SIGNALS) process.removeListener(signal, endOnSignal);
	};
	return {
		rpcUrl,
		leaveSignals,
		stop: async () => {
			leaveSignals();
			await server.stop();
		},
	};
};

/** Without blocks the chain's clock, and so every deadline, would stand still. */
const BLOCK_MILLISECONDS = 2_000;

/** From now on the chain makes a block now and then by itself, as others do. */
export const mineByItself = async (rpcUrl: string): Promise<void> => {
	const call = { jsonrpc: "2.0", id: 1, method: "evm_setIntervalMining", params: [BLOCK_MILLISECONDS] };
	const answer = await fetch(rpcUrl, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(call),
	});
	const { error } = (await answer.json()) as { error?: { message: string } };
	if (error !== undefined) throw new Error(`the local chain does not make blocks by itself: ${error.message}`);
};
