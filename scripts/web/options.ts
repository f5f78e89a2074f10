/** What `npm run web` and `npm run dev` can be told, and the dApp's configuration that follows from it. */
import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { type DappConfig, dappConfigSchema } from "../../web/lib/config/schema.ts";
import { systemErrorCode } from "../../worker/adapters/atomicFile.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { integer } from "../commandLine.ts";
import { findDeployment } from "./checkDeployment.ts";

export type WebOptions = {
	readonly config?: string;
	readonly rpc?: string;
	readonly address?: string;
	readonly ipfs?: readonly string[];
	readonly ws?: string;
	readonly port: number;
};

export const DEFAULT_PORT = 3000;

export const withWebOptions = (command: Command): Command =>
	command
		.option("--config <file>", "configuration of the dApp (JSON), in the place of the options below")
		.option("--rpc <url>", "JSON-RPC address of an Ethereum node, as browsers reach it")
		.option("--address <address>", "the RoundManager's address")
		.option("--ipfs <url...>", "trustless gateways, in the order they are asked (http(s)://HOST[:PORT])")
		.option("--ws <url>", "the node's WebSocket address: events then come by themselves")
		.addOption(
			new Option("--port <n>", "port of 127.0.0.1 to serve on").default(DEFAULT_PORT).argParser(integer(1, 65_535)),
		);

const refused = (message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError("CONFIG_INVALID", { message, nextStep });

/** @throws DecentraHealthError CONFIG_INVALID naming the field, never its value: a URL may hold an API key */
export const parseDappConfig = (fields: unknown, source: string): DappConfig => {
	const parsed = dappConfigSchema.safeParse(fields);
	if (parsed.success) return parsed.data;
	const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "content"}: ${message}`);
	throw refused(
		`${source}: ${problems.slice(0, 5).join("; ")}`,
		"Correct it; web/lib/config/schema.ts has every field.",
	);
};

const readConfigFile = async (file: string): Promise<DappConfig> => {
	const text = await readFile(file, "utf8").catch((error: unknown) => {
		throw refused(`${file} can't be read (${systemErrorCode(error)})`, "Check --config and the file's permissions.");
	});
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		throw refused(`${file} is no JSON`, "Correct it; web/lib/config/schema.ts has every field.");
	}
	return parseDappConfig(json, file);
};

/** @throws DecentraHealthError CONFIG_INVALID and what {@link findDeployment} throws */
export const resolveConfig = async (
	{ config: file, rpc, address, ipfs, ws }: WebOptions,
	warn: (text: string) => void,
): Promise<DappConfig> => {
	if (file !== undefined) {
		if ([rpc, address, ipfs, ws].some((option) => option !== undefined)) {
			throw refused("--config and the options of a deployment exclude each other", "Leave one of them out.");
		}
		const config = await readConfigFile(file);
		const { chain, roundManager, gateways } = config;
		const { rpcUrl, webSocketUrl } = chain;
		const found = await findDeployment({ rpcUrl, webSocketUrl, address: roundManager, gateways }, warn);
		if (found.chain.id !== chain.id) {
			throw new DecentraHealthError("RPC_WRONG_CHAIN", {
				message: `${file} says chain ${chain.id}, the node serves ${found.chain.id}`,
				nextStep: "Correct chain.id or chain.rpcUrl.",
			});
		}
		return { ...config, fromBlock: config.fromBlock ?? found.fromBlock };
	}
	if (rpc === undefined || address === undefined || ipfs === undefined) {
		throw refused(
			"the dApp has to know a deployment",
			"Name a file (--config FILE), or all of --rpc URL, --address 0x... and --ipfs URL; `npm run demo -- --serve` starts one with everything.",
		);
	}
	const found = await findDeployment({ rpcUrl: rpc, webSocketUrl: ws, address, gateways: ipfs }, warn);
	return parseDappConfig({ version: 1, ...found }, "the options");
};
