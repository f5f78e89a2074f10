/** What --help says about the configuration, besides the options. */
import { DEFAULT_MAX_BASE_FEE_GWEI, DEFAULT_MAX_PRIORITY_FEE_GWEI } from "../adapters/chain/feeCaps.ts";
import { MOST_TRANSACTION_GAS } from "../core/estimate/gas.ts";
import { VARIABLES } from "../service/config/environment.ts";
import { DEFAULT_PORTS, type Role } from "../service/config/schema.ts";

const SHARED = (role: Role): readonly (readonly [string, string])[] => [
	["rpc.url", "JSON-RPC address of an Ethereum node"],
	["rpc.witnesses", "further nodes that have to agree before what can't be taken back; default none"],
	["chainId", "the chain that the nodes have to serve"],
	["roundManager", "the RoundManager's address"],
	["study", "id or name; one that does not exist yet is waited for"],
	["folder", "this worker's own folder: keystore, notes, lock, blocks"],
	["ipfs.store", "own block store, a folder or kubo+http(s)://[USER:PASSWORD@]HOST:PORT; default FOLDER/ipfs"],
	["ipfs.peers", "the other workers' gateways, http(s)://HOST:PORT[?NAME=TOKEN] (or kubo+http(s)://...); default none"],
	[
		"ipfs.serve",
		'{"host", "port"}: serve the own store to the others, from a process without keys; default not served',
	],
	["ipfs.serve.limits", '{"connections", "connectionsPerAddress", "requestsPerSecond"}; default 512, 64 and 100'],
	["ipfs.timeoutSeconds", "for one answer of a peer; default 10"],
	["confirmations", "blocks on top of what is acted on; default 5, and 0 on a development chain"],
	["fromBlock", "block of the deployment; default searched for"],
	["pollSeconds", "how often the chain is asked for a block; default 4"],
	["http.port", `of API, health and metrics on 127.0.0.1; default ${DEFAULT_PORTS[role]}`],
	["http.origins", "web pages that may use the API; default none"],
	["wallet", '{"kind": "keystore"} (default) or {"kind": "external", "address"}: the user signs at the web page'],
	[
		"fees.maxBaseFeeGwei",
		`most that is offered for a block's base fee, a fifth of it as room; default ${DEFAULT_MAX_BASE_FEE_GWEI}`,
	],
	["fees.maxPriorityFeeGwei", `most priority fee; default ${DEFAULT_MAX_PRIORITY_FEE_GWEI}`],
	[
		"fees.maxGas",
		`most gas of one transaction; default ${MOST_TRANSACTION_GAS}; each call has a lower limit of its own`,
	],
	["log.level", "debug, info, warn or error; default info"],
	["circuits", "folder of the prepared circuits; default .cache/circuits of this repository"],
];

const OWN: Readonly<Record<Role, readonly (readonly [string, string])[]>> = {
	hospital: [
		["data", "the rows: CSV file, .npz archive, folder of images with labels, or a store of `data import`"],
		["split", "train, val or test of an .npz archive; default train"],
		["committeeKeysDigests", "the only committees to encrypt to, decimal; required off development chains"],
		[
			"acceptedRepeats",
			'[{"baseCommitment", "reason"}]: give another update from base weights that a round had one from; default none',
		],
	],
	committee: [
		["knownHospitals", "wallets of hospitals known to be independent; default none: all that the study allows count"],
		["minKnownHospitals", "how many of them a set needs before its sum is opened; default the study's minUpdates"],
	],
	coordinator: [
		["pool", "addresses of the members that rounds are seated from"],
		["durations", '{"submission", "checking", "attestation"}: seconds; at least 3600 each off development chains'],
		["rounds", "finalized rounds of the study after which no further one is opened"],
		["admit", '{"hospitals", "members"}: admitted at the start; default none'],
	],
};

const rows = (entries: readonly (readonly [string, string])[]): string => {
	const width = Math.max(...entries.map(([name]) => name.length)) + 2;
	return entries.map(([name, text]) => `  ${name.padEnd(width)}${text}`).join("\n");
};

export const configurationHelp = (role: Role): string =>
	[
		"",
		"Configuration (JSON; paths count from the file's folder; unknown fields are refused):",
		rows([...SHARED(role), ...OWN[role]]),
		"",
		"Environment (stronger than the file; lists are separated by commas):",
		rows([
			[
				"DECENTRAHEALTH_PASSPHRASE_FILE",
				"file with what opens the keystore; required, but for a coordinator with a wallet of the user's own",
			],
			["CREDENTIALS_DIRECTORY", "set by systemd: the credential decentrahealth-passphrase stands for that file"],
			["DECENTRAHEALTH_PASSPHRASE", "the passphrase itself, in place of a file; not kept in the environment"],
			...VARIABLES.map(({ name, description }) => [name, description] as const),
		]),
		"",
		`API: http://127.0.0.1:PORT, described by /openapi.json. Its bearer token is new at each start: shown on the terminal, or without one in
FOLDER/http-token, which its owner alone may read. A page at one of http.origins shows what the worker does and, with an external wallet, has
the user sign.`,
		"",
		"Exit code: 0 done or stopped by a signal, 1 failed, 2 could not start as it is configured (--dry-run: a check failed).",
	].join("\n");
