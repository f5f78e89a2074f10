/** The embedded chain: a Hardhat node in a process of its own, with development accounts from the public test mnemonic. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { constants } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bytesToHex, createPublicClient, type Hex, http, type LocalAccount } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { ROOT } from "../checks/steps.ts";

/** Hardhat's documented development mnemonic: worthless anywhere else. */
const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";

/** The node funds the first 20 accounts. */
export const developmentAccount = (index: number): LocalAccount =>
	mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex: index });

/** Private key of that account, for a keystore. */
export const developmentKey = (index: number): Hex => {
	const { privateKey } = mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex: index }).getHdKey();
	if (privateKey === null) throw new RangeError("a key derived from a mnemonic is a private key");
	return bytesToHex(privateKey);
};

export type LocalChain = {
	readonly rpcUrl: string;
	/** Until this is called, SIGTERM and SIGHUP end this process and the chain at once; afterwards the caller handles them. */
	readonly leaveSignals: () => void;
	readonly stop: () => Promise<void>;
};

/** A TCP port that nobody listens on, from the operating system. */
export const freePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.on("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject()));
		});
	});

const START_TIMEOUT = 60_000;
const ENDING_SIGNALS = ["SIGTERM", "SIGHUP"] as const;

const stopChild = async (child: ChildProcess): Promise<void> => {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	child.kill("SIGTERM");
	const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
	await exited;
	clearTimeout(force);
};

/**
 * Starts a node and returns when it answers.
 * @throws DecentraHealthError RPC_UNREACHABLE when it does not within a minute
 */
export const startLocalChain = async (port?: number): Promise<LocalChain> => {
	const chosen = port ?? (await freePort());
	const rpcUrl = `http://127.0.0.1:${chosen}`;
	const hardhat = join(ROOT, "node_modules/hardhat/dist/src/cli.js");
	const child = spawn(process.execPath, [hardhat, "node", "--hostname", "127.0.0.1", "--port", String(chosen)], {
		cwd: ROOT,
		// Its log of every call would bury the demo's own lines.
		stdio: ["ignore", "ignore", "pipe"],
	});
	const errors: Buffer[] = [];
	child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
	const killWithUs = () => child.kill("SIGKILL");
	process.once("exit", killWithUs);
	// Node ends without an "exit" event on a signal that nobody handles.
	const endOnSignal = (signal: NodeJS.Signals) => {
		killWithUs();
		process.exit(128 + constants.signals[signal]);
	};
	for (const signal of ENDING_SIGNALS) process.on(signal, endOnSignal);
	const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0, timeout: 1_000 }) });
	const startedAt = Date.now();
	for (;;) {
		const answered = await client.getChainId().then(
			() => true,
			() => false,
		);
		if (answered) break;
		if (child.exitCode !== null || Date.now() - startedAt > START_TIMEOUT) {
			await stopChild(child);
			throw new DecentraHealthError("RPC_UNREACHABLE", {
				message: `the local chain did not start on port ${chosen}: ${Buffer.concat(errors).toString("utf8").slice(0, 500)}`,
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
			process.removeListener("exit", killWithUs);
			leaveSignals();
			await stopChild(child);
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
