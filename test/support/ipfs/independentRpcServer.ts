/** An independent server of Kubo's RPC API for tests: js-ipfs, installed once into .cache because nothing else of the project needs it. */
import { execFile, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const FOLDER = fileURLToPath(new URL("../../../.cache/js-ipfs-0.18.1", import.meta.url));
const SCRIPT = fileURLToPath(new URL("./rpcServer.mjs", import.meta.url));
const PACKAGES = ["ipfs-core@0.18.1", "ipfs-http-server@0.15.1"];

/** Installs beside the final folder, then renames, so that an interrupted installation is never used. */
const install = async (): Promise<void> => {
	const partial = `${FOLDER}.${process.pid}.partial`;
	mkdirSync(partial, { recursive: true });
	try {
		writeFileSync(join(partial, "package.json"), '{ "private": true, "type": "module" }\n');
		const options = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--fetch-retries=1"];
		await promisify(execFile)("npm", ["install", ...options, ...PACKAGES], { cwd: partial, timeout: 300_000 });
		if (!existsSync(FOLDER)) renameSync(partial, FOLDER);
	} finally {
		rmSync(partial, { recursive: true, force: true });
	}
};

export type RpcServer = { readonly url: URL; readonly stop: () => Promise<void> };

/** @returns the running server, or the reason why this machine cannot have it */
export const startIndependentRpcServer = async (): Promise<RpcServer | { readonly unavailable: string }> => {
	if (!existsSync(FOLDER)) {
		try {
			await install();
		} catch (error) {
			const reason = error instanceof Error ? error.message.trim().split("\n").slice(0, 3).join(" ") : String(error);
			return { unavailable: `js-ipfs cannot be installed: ${reason}` };
		}
	}
	const script = join(FOLDER, "rpcServer.mjs");
	copyFileSync(SCRIPT, script);
	const child = spawn(process.execPath, [script], { cwd: FOLDER, stdio: ["pipe", "pipe", "inherit"] });
	const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	const line = await Promise.race([
		new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve)),
		ended.then(() => undefined),
	]);
	if (line === undefined) throw new Error("js-ipfs' RPC server ended before it listened");
	return {
		url: new URL((JSON.parse(line) as { url: string }).url),
		stop: () => {
			child.stdin.end();
			return ended;
		},
	};
};
