/** What a worker can be told: schemas of its configuration. Unknown fields are refused, defaults are the safe choice. */
import { z } from "zod";
import { addressSchema as address } from "../../protocol/address.ts";
import { isFieldElement } from "../../protocol/field.ts";
import { feesSchema } from "./fees.ts";

export const ROLES = ["hospital", "committee", "coordinator"] as const;
export type Role = (typeof ROLES)[number];

const httpUrl = z
	.string()
	.refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), "no http:// or https:// URL");

const peerUrl = z
	.string()
	.refine(
		(text) => /^(?:kubo\+)?https?:\/\//.test(text) && URL.canParse(text.replace(/^kubo\+/, "")),
		"no http(s)://GATEWAY and no kubo+http(s)://HOST:PORT",
	);

/** As a browser sends it: scheme, host and port, nothing after. */
const origin = z
	.string()
	.refine((text) => URL.canParse(text) && new URL(text).origin === text, 'no origin such as "https://app.example"');

const port = z.int().min(0).max(65_535);
const path = z.string().min(1);
const seconds = z
	.int()
	.min(1)
	.max(90 * 86_400);

/** 127.0.0.1 alone: the API is for programs of the same machine. 0 takes any free port. */
export const DEFAULT_PORTS: Readonly<Record<Role, number>> = { hospital: 8645, committee: 8646, coordinator: 8647 };

/** What strangers may take of the gateway; worker/adapters/ipfs/gatewayLimits.ts has the defaults. Behind a proxy all have one address. */
const serveLimits = z
	.strictObject({
		connections: z.int().min(1).max(10_000),
		connectionsPerAddress: z.int().min(1).max(10_000),
		requestsPerSecond: z.number().min(0.1).max(100_000),
	})
	.partial()
	.optional();

const keystoreWallet = z.strictObject({
	/** The key is in the keystore; the worker signs by itself. */
	kind: z.literal("keystore"),
});
const externalWallet = z.strictObject({
	/** The worker has no key: it prepares transactions and waits until this wallet has sent them. */
	kind: z.literal("external"),
	address,
});

const wallet = z.discriminatedUnion("kind", [keystoreWallet, externalWallet]).default({ kind: "keystore" });

const shared = (role: Role) => ({
	rpc: z.strictObject({
		url: httpUrl,
		/** Other nodes of the same chain that have to agree before a member signs or a hospital encrypts. */
		witnesses: z.array(httpUrl).max(8).default([]),
	}),
	/** The chain that the nodes have to serve. */
	chainId: z.int().min(1),
	/** The RoundManager's address; everything else is found by it. */
	roundManager: address,
	/** Id or name. */
	study: z.union([z.int().min(1), z.string().regex(/^[a-z0-9-]{1,32}$/)]),
	/** Keystore, notes, lock and blocks; for this worker alone. */
	folder: path,
	ipfs: z
		.strictObject({
			/** Own store: a folder or kubo+http(s)://HOST:PORT; by default FOLDER/ipfs. */
			store: z.string().min(1).optional(),
			/** Where the other workers' blocks are, in the order they are asked: gateways, or Kubo nodes. */
			peers: z.array(peerUrl).max(32).default([]),
			/** Serves the own store, read-only, to the others. Without it nobody can fetch from here. */
			serve: z.strictObject({ host: z.string().min(1).default("127.0.0.1"), port, limits: serveLimits }).optional(),
			/** For one answer of a peer. */
			timeoutSeconds: z.number().min(0.1).max(300).default(10),
		})
		.prefault({}),
	/** Blocks on top of what this worker acts on; by default 5, and 0 on a development chain. */
	confirmations: z.int().min(0).max(9_999).optional(),
	/** Block of the deployment; by default it is searched for. */
	fromBlock: z.int().min(0).optional(),
	/** How often the chain is asked for a new block. */
	pollSeconds: z.number().min(0.05).max(600).default(4),
	http: z
		.strictObject({
			port: port.default(DEFAULT_PORTS[role]),
			/** Web pages that may use the API; none by default. */
			origins: z.array(origin).max(16).default([]),
		})
		.prefault({}),
	/** Nothing is signed that offers more; for a keystore's wallet. */
	fees: feesSchema,
	log: z.strictObject({ level: z.enum(["debug", "info", "warn", "error"]).default("info") }).prefault({}),
	/** Folder of the prepared circuits; by default this repository's .cache/circuits. */
	circuits: path.optional(),
});

const fieldElement = z
	.string()
	.regex(/^[0-9]{1,78}$/, "no decimal number")
	.transform(BigInt)
	.refine(isFieldElement, "not below the field order");

export const hospitalConfigSchema = z.strictObject({
	...shared("hospital"),
	role: z.literal("hospital").default("hospital"),
	wallet,
	/** The rows: a CSV file, an .npz archive, a folder of images with a CSV file of labels, or a store that `data import` made. */
	data: path,
	/** Of an archive; by default train. */
	split: z.enum(["train", "val", "test"]).optional(),
	/** Digests of the only committees' keys to encrypt to, decimal, one per committee where members take turns; off a development chain they have to be named. */
	committeeKeysDigests: z.array(fieldElement).max(128).optional(),
	/** The operator's word, with a reason, that another update is given from base weights that an earlier round had one from. */
	acceptedRepeats: z
		.array(z.strictObject({ baseCommitment: fieldElement, reason: z.string().min(20).max(1_000) }))
		.max(64)
		.default([]),
});

export const committeeConfigSchema = z
	.strictObject({
		...shared("committee"),
		role: z.literal("committee").default("committee"),
		wallet,
		/** Wallets of hospitals that the operator knows to be independent of the coordinator and of each other. */
		knownHospitals: z.array(address).min(1).max(256).optional(),
		/** How many of them a set needs before its sum is opened; by default the study's minUpdates, at least 3 off development chains. */
		minKnownHospitals: z.int().min(1).max(64).optional(),
	})
	.refine(({ knownHospitals = [], minKnownHospitals = 0 }) => minKnownHospitals <= new Set(knownHospitals).size, {
		path: ["minKnownHospitals"],
		message: "more than knownHospitals names",
	});

export const coordinatorConfigSchema = z.strictObject({
	...shared("coordinator"),
	role: z.literal("coordinator").default("coordinator"),
	wallet,
	/** Committee members that rounds are seated from. */
	pool: z.array(address).min(1).max(64),
	/** Longest time of each phase. */
	durations: z.strictObject({ submission: seconds, checking: seconds, attestation: seconds }),
	/** Finalized rounds of the study after which no further one is opened. */
	rounds: z.int().min(0).max(1_000_000),
	/** Admitted at the start, if they are not yet. */
	admit: z
		.strictObject({ hospitals: z.array(address).default([]), members: z.array(address).default([]) })
		.prefault({}),
});

export type HospitalConfig = z.infer<typeof hospitalConfigSchema>;
export type CommitteeConfig = z.infer<typeof committeeConfigSchema>;
export type CoordinatorConfig = z.infer<typeof coordinatorConfigSchema>;
export type WorkerConfig = HospitalConfig | CommitteeConfig | CoordinatorConfig;

export const CONFIG_SCHEMAS = {
	hospital: hospitalConfigSchema,
	committee: committeeConfigSchema,
	coordinator: coordinatorConfigSchema,
} as const;
