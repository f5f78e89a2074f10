/** Reads the dApp's configuration on the server, at each request: a deployment can be changed without a build. */
import { readFile } from "node:fs/promises";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { type DappConfig, dappConfigSchema } from "./schema.ts";

export const CONFIG_VARIABLE = "DECENTRAHEALTH_DAPP";

const invalid = (message: string): DecentraHealthError =>
	new DecentraHealthError("CONFIG_INVALID", {
		message,
		nextStep:
			"Start the dApp with `npm run web` (or `npm run demo -- --serve`), which writes the configuration and checks it.",
	});

/** @throws DecentraHealthError CONFIG_INVALID */
export const readConfig = async (): Promise<DappConfig> => {
	const path = process.env[CONFIG_VARIABLE];
	if (path === undefined || path === "") throw invalid(`no configuration: ${CONFIG_VARIABLE} names no file`);
	// The path is this machine's business: it stays out of what a browser sees.
	const text = await readFile(path, "utf8").catch(() => {
		throw invalid("the configuration's file can't be read");
	});
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {
		throw invalid("the configuration is no JSON");
	}
	const result = dappConfigSchema.safeParse(parsed);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw invalid(`the configuration's ${issue?.path.join(".") || "content"}: ${issue?.message}`);
};
