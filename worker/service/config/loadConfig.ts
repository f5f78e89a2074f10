/** A worker's configuration from a JSON file and the environment, checked, with absolute paths. */
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, resolve } from "node:path";
import type { z } from "zod";
import { systemErrorCode } from "../../adapters/atomicFile.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { type Environment, withEnvironment } from "./environment.ts";
import {
	CONFIG_SCHEMAS,
	type CommitteeConfig,
	type CoordinatorConfig,
	type HospitalConfig,
	type Role,
	type WorkerConfig,
} from "./schema.ts";

export type ConfigOf<R extends Role> = {
	readonly hospital: HospitalConfig;
	readonly committee: CommitteeConfig;
	readonly coordinator: CoordinatorConfig;
}[R];

const MAX_BYTES = 1_048_576;
const NEXT_STEP = "Correct it; `npm run worker -- ROLE --help` describes every field.";

const invalid = (message: string, nextStep = NEXT_STEP): DecentraHealthError =>
	new DecentraHealthError("CONFIG_INVALID", { message, nextStep });

/** Where and what, never the value: it may be a URL with an API key. */
const describeIssue = (issue: z.core.$ZodIssue): string => {
	const place = issue.path.join(".");
	if (issue.code === "unrecognized_keys") {
		const names = issue.keys.map((key) => [...issue.path, key].join(".")).join(", ");
		return `unknown field ${names}`;
	}
	return place === "" ? issue.message : `${place}: ${issue.message}`;
};

/** Checks fields against the role's schema. @throws DecentraHealthError CONFIG_INVALID naming every wrong field */
export const parseConfig = <R extends Role>(role: R, fields: unknown, source = "the configuration"): ConfigOf<R> => {
	const parsed = CONFIG_SCHEMAS[role].safeParse(fields);
	if (parsed.success) return parsed.data as ConfigOf<R>;
	const problems = parsed.error.issues.map(describeIssue);
	const shown = problems.slice(0, 5).join("; ");
	throw invalid(`${source}: ${shown}${problems.length > 5 ? `; and ${problems.length - 5} more` : ""}`);
};

const readFields = async (file: string): Promise<Record<string, unknown>> => {
	const text = await readFile(file, "utf8").catch((error: unknown) => {
		throw invalid(`${file} can't be read (${systemErrorCode(error)})`, "Check --config and the file's permissions.");
	});
	if (text.length > MAX_BYTES) throw invalid(`${file} has ${text.length} characters: it is something else`);
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		// The parser's message quotes the text, which may hold an API key.
		throw invalid(`${file} is no JSON`);
	}
	if (typeof json !== "object" || json === null || Array.isArray(json)) throw invalid(`${file} is no JSON object`);
	return json as Record<string, unknown>;
};

const isUrl = (location: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(location);

/** Paths count from the file's folder, so a worker can be started from anywhere. */
const withAbsolutePaths = <C extends WorkerConfig>(config: C, base: string): C => {
	const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(base, path));
	const folder = absolute(config.folder);
	const { store } = config.ipfs;
	return {
		...config,
		folder,
		ipfs: {
			...config.ipfs,
			store: store === undefined ? resolve(folder, "ipfs") : isUrl(store) ? store : absolute(store),
		},
		...(config.circuits === undefined ? {} : { circuits: absolute(config.circuits) }),
		...("data" in config ? { data: absolute(config.data) } : {}),
	};
};

export type ConfigSource = {
	/** JSON file; without it everything comes from the environment. */
	readonly file?: string | undefined;
	readonly environment: Environment;
};

/** @throws DecentraHealthError CONFIG_INVALID */
export const loadConfig = async <R extends Role>(
	role: R,
	{ file, environment }: ConfigSource,
): Promise<ConfigOf<R>> => {
	const fields = file === undefined ? {} : await readFields(file);
	const config = parseConfig(role, withEnvironment(fields, environment), file ?? "the configuration");
	return withAbsolutePaths(config, file === undefined ? process.cwd() : dirname(resolve(file)));
};
