/** Every kind of bad input that a user can bring: a coded error with a next step, and a folder that is as it was, down to the last byte. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { getAddress } from "viem";
import { freePort } from "../../scripts/ports.ts";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { openBlockStore } from "../../worker/adapters/ipfs/openBlockStore.ts";
import { createKeystore } from "../../worker/adapters/keystore.ts";
import { passphraseFrom } from "../../worker/adapters/passphrase.ts";
import { loadCircuit } from "../../worker/adapters/prover.ts";
import { decodeBundle, encodeBundle } from "../../worker/core/codecs/bundle.ts";
import { decodeModel } from "../../worker/core/codecs/model.ts";
import { encodeStudy } from "../../worker/core/codecs/study.ts";
import { encryptUpdate } from "../../worker/core/encryption/encryptUpdate.ts";
import { foldEvents } from "../../worker/core/ledger/fold.ts";
import { keystorePath, openHospitalData, openShareKey } from "../../worker/node/folders.ts";
import { seatOf } from "../../worker/node/member.ts";
import { fetchStudy } from "../../worker/node/participant.ts";
import { publicKeyOf } from "../../worker/protocol/babyJubJub.ts";
import { contentDigest } from "../../worker/protocol/contentDigest.ts";
import type { ErrorCode } from "../../worker/protocol/errors.ts";
import { standardProfile as profile } from "../../worker/protocol/profiles.ts";
import { folderListing } from "../support/folderListing.ts";
import { rejectsWithCode } from "../support/rejectsWithCode.ts";
import { enrolled, MEMBERS } from "../support/roundEvents.ts";
import { seededRandomness } from "../support/seededRandomness.ts";
import { loadStudy, WDBC_PATH } from "../support/wdbc.ts";

const PASSPHRASE = "a passphrase of this test";
const study = loadStudy();
const [header = "", ...rows] = readFileSync(WDBC_PATH, "utf8").trim().split("\n");
const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
const sealed = join(folder, "sealed");

/** A keystore takes half a second to make, so the cases start from copies of this one. */
before(async () => {
	await createKeystore({
		path: keystorePath(sealed),
		passphrase: PASSPHRASE,
		name: "hospital",
		secrets: { shareKey: 7n },
	});
});
after(() => rmSync(folder, { recursive: true }));

type Case = {
	readonly code: ErrorCode;
	/** Brings the bad input; what it writes is there before the run. */
	readonly prepare?: (own: string) => void;
	readonly run: (own: string) => Promise<unknown>;
};

const location = (own: string) => ({ folder: own, passphrase: PASSPHRASE, name: "hospital" });

/** A hospital that opens its rows in a folder without a keystore. */
const csv = (code: ErrorCode, lines: readonly string[] | Uint8Array): Case => ({
	code,
	prepare: (own) => writeFileSync(join(own, "rows.csv"), lines instanceof Uint8Array ? lines : lines.join("\n")),
	run: (own) => openHospitalData({ ...location(own), data: join(own, "rows.csv"), study }),
});
/** The first row with one cell replaced. */
const withCell = (column: number, text: string): readonly string[] => {
	const cells = (rows[0] ?? "").split(",");
	cells[column] = text;
	return [header, cells.join(","), ...rows.slice(1, 50)];
};
const LABEL = header.split(",").indexOf(study.preprocessing.labelColumn);
const FEATURE = LABEL === 0 ? 1 : 0;

/** A member that opens its keystore after `damage`. */
const keystore = (
	code: ErrorCode,
	damage: (text: string) => string,
	passphrase = PASSPHRASE,
	name = "hospital",
): Case => ({
	code,
	prepare: (own) =>
		writeFileSync(keystorePath(own), damage(readFileSync(keystorePath(sealed), "utf8")), { mode: 0o600 }),
	run: (own) => openShareKey({ folder: own, passphrase, name }),
});
const flip = (text: string, field: string): string =>
	text.replace(
		new RegExp(`("${field}": ")(.)`),
		(_, start: string, digit: string) => `${start}${digit === "0" ? "1" : "0"}`,
	);

const MISSING = contentDigest(new TextEncoder().encode("nobody has this")).hex;
const asFile = (own: string, digest: string): string => join(own, "ipfs", digest.slice(2, 4), digest.slice(2));

const bundle = (() => {
	const committeeKeys = [11n, 12n, 13n].map(publicKeyOf);
	const randomness = seededRandomness("bad input");
	const encrypted = encryptUpdate({
		profile,
		weights: [1],
		sampleCount: 8,
		committeeKeys,
		threshold: 2,
		context: 5n,
		randomness,
	});
	return encodeBundle({ ...encrypted.public, members: 3, threshold: 2, context: 5n }, profile);
})();
const readBundle = (code: ErrorCode, bytes: Uint8Array, expected: object = {}): Case => ({
	code,
	run: async () => decodeBundle(bytes, profile, { members: 3, threshold: 2, context: 5n, weightCount: 1, ...expected }),
});

const seat = (code: ErrorCode, shareKey: bigint, wallet: string): Case => ({
	code,
	run: async () => {
		const events = enrolled();
		events.openRound();
		const round = foldEvents(events.events).rounds.get(1n);
		const address = getAddress(wallet);
		const transactor = { address, send: () => assert.fail("sends") };
		return seatOf({ transactor, shareKey }, round ?? assert.fail());
	},
});

const definition = (code: ErrorCode, bytes: Uint8Array): Case => ({
	code,
	run: async () => {
		const events = enrolled();
		const record = foldEvents(events.events).studies.get(1n) ?? assert.fail();
		const store = { ...diskStore(join(folder, "none")), get: async () => bytes };
		return fetchStudy(store, record);
	},
});

const cases: Readonly<Record<string, Case>> = {
	// Rows
	"CSV with a column too few": csv(
		"DATASET_SHAPE",
		[header, ...rows].map((line) => line.slice(0, line.lastIndexOf(","))),
	),
	"CSV with a column twice": csv(
		"DATASET_SHAPE",
		[header, ...rows].map((line) => `${line},${line.slice(0, line.indexOf(","))}`),
	),
	"CSV without its first line": csv("DATASET_SHAPE", rows),
	"CSV with a short row": csv("DATASET_SHAPE", [header, ...rows.slice(0, 20), "1,2,3"]),
	"CSV that is an image": csv(
		"DATASET_SHAPE",
		Uint8Array.from({ length: 5000 }, (_, index) => (index * 97) % 251),
	),
	NaN: csv("DATASET_VALUE", withCell(FEATURE, "NaN")),
	"an infinite cell": csv("DATASET_VALUE", withCell(FEATURE, "1e999")),
	"an empty cell": csv("DATASET_VALUE", withCell(FEATURE, "")),
	"an unknown label": csv("DATASET_LABEL", withCell(LABEL, "2")),
	"a label in other words": csv("DATASET_LABEL", withCell(LABEL, "suspicious")),
	"too many samples": csv("DATASET_TOO_LARGE", [header, ...rows]),
	"more rows than any study holds": csv("DATASET_TOO_LARGE", [
		header,
		...Array.from({ length: 60 }, () => rows).flat(),
	]),
	"an empty data set": csv("DATASET_EMPTY", [header]),
	"an empty file": csv("DATASET_EMPTY", []),
	"fewer rows than a batch": csv("DATASET_EMPTY", [header, ...rows.slice(0, study.batchSize - 1)]),
	"no such file": {
		code: "DATASET_UNREADABLE",
		run: (own) => openHospitalData({ ...location(own), data: join(own, "no.csv"), study }),
	},
	// Keystores
	"a key file cut short": keystore("KEYSTORE_CORRUPT", (text) => text.slice(0, -40)),
	"a key file that is empty": keystore("KEYSTORE_CORRUPT", () => ""),
	"a key file with another ciphertext": keystore("KEYSTORE_CORRUPT", (text) => flip(text, "ciphertext")),
	"a key file with another tag": keystore("KEYSTORE_CORRUPT", (text) => flip(text, "tag")),
	"a key file with a weaker cost": keystore("KEYSTORE_CORRUPT", (text) => text.replace(/"n": \d+/, '"n": 2')),
	"a wrong passphrase": keystore("KEYSTORE_PASSPHRASE", (text) => text, "another passphrase"),
	"another participant's key file": keystore("CONFIG_INVALID", (text) => text, PASSPHRASE, "member"),
	"a key file of the wrong role": {
		code: "KEYSTORE_CORRUPT",
		prepare: (own) => {
			keystore("KEYSTORE_CORRUPT", (text) => text).prepare?.(own);
			writeFileSync(join(own, "rows.csv"), [header, ...rows.slice(0, 20)].join("\n"));
		},
		run: (own) => openHospitalData({ ...location(own), data: join(own, "rows.csv"), study }),
	},
	"no key file where one must be": {
		code: "KEYSTORE_MISSING",
		run: (own) => openShareKey({ ...location(own), create: false }),
	},
	"a passphrase too short for a new key file": {
		code: "KEYSTORE_PASSPHRASE",
		run: (own) => openShareKey({ ...location(own), passphrase: "short" }),
	},
	"no passphrase": { code: "KEYSTORE_PASSPHRASE", run: async () => passphraseFrom({}) },
	// Chain
	"an unreachable RPC node": {
		code: "RPC_UNREACHABLE",
		run: async () => connectChain({ rpcUrl: `http://127.0.0.1:${await freePort()}`, address: MEMBERS[0] }),
	},
	"an RPC URL that is none": {
		code: "CONFIG_INVALID",
		run: () => connectChain({ rpcUrl: "localhost", address: MEMBERS[0] }),
	},
	"an address that is none": {
		code: "CONFIG_INVALID",
		run: () => connectChain({ rpcUrl: "http://localhost", address: "0x1" }),
	},
	// IPFS
	"a missing block": { code: "BLOCK_MISSING", run: (own) => diskStore(join(own, "ipfs")).get(MISSING) },
	"a damaged block": {
		code: "BLOCK_MISMATCH",
		prepare: (own) => {
			mkdirSync(join(asFile(own, MISSING), ".."), { recursive: true });
			writeFileSync(asFile(own, MISSING), "somebody else's bytes");
		},
		run: (own) => diskStore(join(own, "ipfs")).get(MISSING),
	},
	"a gateway that is down": {
		code: "IPFS_UNREACHABLE",
		run: async () => (await openBlockStore(`http://127.0.0.1:${await freePort()}`)).get(MISSING),
	},
	"an IPFS address that is none": { code: "CONFIG_INVALID", run: () => openBlockStore("ftp://example.org") },
	"a block folder that does not exist": {
		code: "IPFS_UNREACHABLE",
		run: (own) => openBlockStore(join(own, "no-such-folder")),
	},
	// Objects
	"a bundle of another round or hospital": readBundle("BUNDLE_FOREIGN", bundle, { context: 6n }),
	"a bundle of another committee": readBundle("BUNDLE_FOREIGN", bundle, { members: 4 }),
	"a bundle cut short": readBundle("BUNDLE_MALFORMED", bundle.subarray(0, -1)),
	"something else than a bundle": readBundle("BUNDLE_MALFORMED", new TextEncoder().encode("<html>")),
	"a model of another architecture": { code: "MODEL_MALFORMED", run: async () => decodeModel(bundle, 61) },
	"a study's definition that is no JSON": definition("STUDY_INVALID", new TextEncoder().encode("{")),
	"a study's definition that is no text": definition("STUDY_INVALID", Uint8Array.of(0xff, 0xfe)),
	"a study's definition without a field": definition("STUDY_INVALID", new TextEncoder().encode('{"name":"wdbc"}')),
	"a study's definition that the chain contradicts": definition("STUDY_INVALID", encodeStudy(study)),
	// Roles
	"a share key that is not the member's": seat("SHARE_KEY_MISMATCH", 11n, MEMBERS[0]),
	"a wallet that is no member": seat("NOT_A_MEMBER", 11n, `0x${"12".repeat(20)}`),
	// Circuits
	"proving keys that were not made": {
		code: "PROVING_KEY_MISSING",
		run: (own) => loadCircuit(own, "TrainSegmentWdbc"),
	},
};

let number = 0;
for (const [name, { code, prepare, run }] of Object.entries(cases)) {
	test(name, async () => {
		const own = join(folder, `case-${++number}`);
		mkdirSync(own);
		prepare?.(own);
		const before = folderListing(own);
		// Asserts on the code, and that message and next step say something.
		const { message, nextStep } = await rejectsWithCode(run(own), code);
		assert.deepEqual(folderListing(own), before);
		assert.ok(!`${message}${nextStep}`.includes(PASSPHRASE));
	});
}
