/**
 * anvil (Foundry's node) from npm: the one node that can be asked to reorganize its chain. Not among the locked packages, because the packages
 * of other platforms that it names are not on every registry, and `npm ci` would then fail for everybody.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ROOT } from "../../../scripts/checks/steps.ts";

const VERSION = "1.7.1";
const FOLDER = join(ROOT, ".cache", `anvil-${VERSION}`);
const INSTALL_TIMEOUT = 120_000;

/** The platform's own package of a program of Foundry holds nothing but the executable. */
const platformPackage = (): string => {
	const platform = process.platform === "win32" ? "win32" : process.platform;
	return `@foundry-rs/anvil-${platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
};

const executable = (): string | undefined => {
	const name = process.platform === "win32" ? "anvil.exe" : "anvil";
	try {
		const manifest = createRequire(join(FOLDER, "index.js")).resolve(`${platformPackage()}/package.json`);
		const path = join(manifest, "..", "bin", name);
		return existsSync(path) ? path : undefined;
	} catch {
		return undefined;
	}
};

const npmInstall = (): Promise<string | undefined> =>
	new Promise((resolve) => {
		const spec = `${platformPackage()}@${VERSION}`;
		const options = [
			"--no-save",
			"--no-audit",
			"--no-fund",
			"--ignore-scripts",
			"--loglevel=error",
			"--fetch-retries=1",
		];
		const child = spawn("npm", ["install", "--prefix", FOLDER, ...options, spec], {
			stdio: ["ignore", "ignore", "pipe"],
			timeout: INSTALL_TIMEOUT,
			shell: process.platform === "win32",
		});
		let errors = "";
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			errors += text;
		});
		child.once("error", ({ message }) => resolve(message));
		child.once("close", (code) => resolve(code === 0 ? undefined : errors.trim().split("\n")[0]));
	});

export type Anvil = { readonly path: string } | { readonly missing: string };

/** Installs it at first use, into the cache. @returns its path, or why there is none */
export const findAnvil = async (): Promise<Anvil> => {
	const installed = executable();
	if (installed !== undefined) return { path: installed };
	const problem = await npmInstall();
	const path = executable();
	return path === undefined ? { missing: problem ?? `no package ${platformPackage()}` } : { path };
};
