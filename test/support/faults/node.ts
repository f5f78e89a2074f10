/** The chain of the fault suite: a JSON-RPC node in a process of its own that mines when it is told to. */
import { type ChildProcess, spawn } from "node:child_process";
import { type Hex, numberToHex } from "viem";
import { startLocalChain } from "../../../scripts/demo/localChain.ts";
import { freePort } from "../../../scripts/ports.ts";
import { findAnvil } from "./anvil.ts";

export type FaultNode = {
	readonly kind: "anvil" | "hardhat";
	/** Why there is no anvil, where there is none. */
	readonly lacks?: string;
	readonly rpcUrl: string;
	/** @throws Error with the node's message */
	readonly request: <T>(method: string, ...params: readonly unknown[]) => Promise<T>;
	/** Mines one block with this timestamp (Unix seconds). */
	readonly mine: (timestamp: bigint) => Promise<void>;
	/** Of the next block, in wei; those after it fall by an eighth each while blocks are empty. */
	readonly setBaseFee: (fee: bigint) => Promise<void>;
	/** Takes the newest blocks back, as if they had never been; a node that can't has none. */
	readonly rollback?: (blocks: number) => Promise<void>;
	readonly stop: () => Promise<void>;
};

const START_TIMEOUT = 20_000;

const requester = (rpcUrl: string): FaultNode["request"] => {
	let id = 0;
	return async <T>(method: string, ...params: readonly unknown[]): Promise<T> => {
		const response = await fetch(rpcUrl, {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }),
		});
		const { result, error } = (await response.json()) as { result?: T; error?: { message: string } };
		if (error !== undefined) throw new Error(`${method}: ${error.message}`);
		return result as T;
	};
};

const exited = (child: ChildProcess): Promise<void> =>
	new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) resolve();
		else child.once("exit", () => resolve());
	});

const startAnvil = async (path: string): Promise<Pick<FaultNode, "rpcUrl" | "stop">> => {
	const port = await freePort();
	const options = [
		"--port",
		String(port),
		"--chain-id",
		"31337",
		"--hardfork",
		"cancun",
		"--accounts",
		"20",
		"--silent",
	];
	const child = spawn(path, options, { stdio: "ignore" });
	const killWithUs = () => child.kill("SIGKILL");
	process.once("exit", killWithUs);
	const rpcUrl = `http://127.0.0.1:${port}`;
	const request = requester(rpcUrl);
	for (const startedAt = Date.now(); ; ) {
		const answers = await request("eth_chainId").then(
			() => true,
			() => false,
		);
		if (answers) break;
		if (child.exitCode !== null || Date.now() - startedAt > START_TIMEOUT) {
			killWithUs();
			throw new Error("anvil does not start");
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	return {
		rpcUrl,
		stop: async () => {
			process.removeListener("exit", killWithUs);
			child.kill("SIGKILL");
			await exited(child);
		},
	};
};

/** anvil, or where it can't be had the Hardhat node, which can't reorganize. */
export const startFaultNode = async (): Promise<FaultNode> => {
	const anvil = await findAnvil();
	const { rpcUrl, stop } = "path" in anvil ? await startAnvil(anvil.path) : await startLocalChain();
	const request = requester(rpcUrl);
	const common = {
		rpcUrl,
		stop,
		request,
		setBaseFee: async (fee: bigint) => {
			const prefix = "path" in anvil ? "anvil" : "hardhat";
			await request(`${prefix}_setNextBlockBaseFeePerGas`, numberToHex(fee));
		},
		mine: async (timestamp: bigint) => void (await request("evm_mine", numberToHex(timestamp))),
	};
	if (!("path" in anvil)) return { ...common, kind: "hardhat", lacks: anvil.missing };
	return { ...common, kind: "anvil", rollback: async (blocks) => void (await request("anvil_rollback", blocks)) };
};

export type NodeBlock = {
	readonly number: Hex;
	readonly hash: Hex;
	readonly timestamp: Hex;
	readonly transactions: readonly Hex[];
};
