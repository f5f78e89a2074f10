/** The environment's part of the configuration: one variable per field, each stronger than the file's. */
import { PASSPHRASE_FILE_VARIABLE, PASSPHRASE_VARIABLE } from "../../adapters/passphrase.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";

const PREFIX = "DECENTRAHEALTH_";

type Variable = {
	readonly name: string;
	/** Where its value goes in the configuration. */
	readonly field: readonly [string, ...string[]];
	readonly parse: (text: string) => unknown;
	readonly description: string;
};

const text = (value: string): unknown => value;
const list = (value: string): unknown =>
	value
		.split(",")
		.map((part) => part.trim())
		.filter((part) => part !== "");
/** What is no number stays text: the schema then names the field. */
const number = (value: string): unknown => (/^[0-9]+(?:\.[0-9]+)?$/.test(value) ? Number(value) : value);

const variable = (name: string, field: Variable["field"], parse: Variable["parse"], description: string): Variable => ({
	name: `${PREFIX}${name}`,
	field,
	parse,
	description,
});

export const VARIABLES: readonly Variable[] = [
	variable("RPC_URL", ["rpc", "url"], text, "JSON-RPC address of an Ethereum node"),
	variable("RPC_WITNESSES", ["rpc", "witnesses"], list, "other nodes of the same chain, separated by commas"),
	variable("CHAIN_ID", ["chainId"], number, "the chain that they have to serve"),
	variable("ADDRESS", ["roundManager"], text, "the RoundManager's address"),
	variable("STUDY", ["study"], number, "the study's id or name"),
	variable("FOLDER", ["folder"], text, "this worker's own folder"),
	variable("IPFS", ["ipfs", "store"], text, "own block store: a folder or kubo+http(s)://HOST:PORT"),
	variable("IPFS_PEERS", ["ipfs", "peers"], list, "the other workers' gateways, separated by commas"),
	variable("IPFS_SERVE_HOST", ["ipfs", "serve", "host"], text, "address to serve the own store on"),
	variable("IPFS_SERVE_PORT", ["ipfs", "serve", "port"], number, "port to serve the own store on"),
	variable("CONFIRMATIONS", ["confirmations"], number, "blocks on top of what the worker acts on"),
	variable("FROM_BLOCK", ["fromBlock"], number, "block of the deployment"),
	variable("POLL_SECONDS", ["pollSeconds"], number, "how often the chain is asked for a new block"),
	variable("FEES_MAX_BASE_FEE_GWEI", ["fees", "maxBaseFeeGwei"], number, "most that is offered for the base fee, gwei"),
	variable("FEES_MAX_PRIORITY_FEE_GWEI", ["fees", "maxPriorityFeeGwei"], number, "most priority fee, gwei"),
	variable("FEES_MAX_GAS", ["fees", "maxGas"], number, "most gas of one transaction"),
	variable("HTTP_PORT", ["http", "port"], number, "port of the local API, health and metrics"),
	variable("HTTP_ORIGINS", ["http", "origins"], list, "web pages that may use the API, separated by commas"),
	variable("LOG_LEVEL", ["log", "level"], text, "debug, info, warn or error"),
	variable("CIRCUITS", ["circuits"], text, "folder of the prepared circuits"),
	variable("DATA", ["data"], text, "hospital: the rows: CSV file, .npz archive, folder of images or normalized store"),
	variable("SPLIT", ["split"], text, "hospital: train, val or test of an .npz archive"),
	variable(
		"COMMITTEE_KEYS_DIGESTS",
		["committeeKeysDigests"],
		list,
		"hospital: digests of the only committees to encrypt to, separated by commas",
	),
	variable(
		"KNOWN_HOSPITALS",
		["knownHospitals"],
		list,
		"committee: wallets of hospitals that are known, separated by commas",
	),
	variable("MIN_KNOWN_HOSPITALS", ["minKnownHospitals"], number, "committee: how many of them a set needs"),
];

/** Read elsewhere, so not unknown: a worker's secret, and the browser that tests start in the same environment. */
const OTHERS: readonly string[] = [PASSPHRASE_VARIABLE, PASSPHRASE_FILE_VARIABLE, "DECENTRAHEALTH_CHROMIUM"];

export type Environment = Readonly<Record<string, string | undefined>>;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** A copy with the value at the field's place; what is no object on the way is left for the schema to refuse. */
const withField = (fields: Fields, [first, ...rest]: readonly string[], value: unknown): Fields => {
	if (first === undefined) return fields;
	if (rest.length === 0) return { ...fields, [first]: value };
	const inner = fields[first] ?? {};
	return isFields(inner) ? { ...fields, [first]: withField(inner, rest, value) } : fields;
};

/**
 * The file's fields with the environment's in their place. An empty variable counts as absent.
 * @throws DecentraHealthError CONFIG_INVALID for a variable with our prefix that nobody reads
 */
export const withEnvironment = (fields: Fields, environment: Environment): Fields => {
	const known = new Map(VARIABLES.map((entry) => [entry.name, entry]));
	let result = fields;
	for (const [name, value] of Object.entries(environment)) {
		if (!name.startsWith(PREFIX) || value === undefined || value === "") continue;
		const entry = known.get(name);
		if (entry !== undefined) result = withField(result, entry.field, entry.parse(value));
		else if (!OTHERS.includes(name)) {
			throw new DecentraHealthError("CONFIG_INVALID", {
				message: `nobody reads the environment variable ${name}`,
				nextStep: "Correct its name (worker --help lists them all), or unset it.",
			});
		}
	}
	return result;
};
