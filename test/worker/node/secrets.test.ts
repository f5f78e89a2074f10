/** Secrets stay in memory and in the sealed keystore: whatever else a worker writes, publishes, sends, reports or throws is searched for them. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { bytesToHex, numberToHex } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { type Member, memberStep } from "../../../worker/node/committee.ts";
import { keystorePath, openHospitalData, openShareKey } from "../../../worker/node/folders.ts";
import { type Hospital, hospitalStep } from "../../../worker/node/hospital.ts";
import { readLedger } from "../../../worker/node/participant.ts";
import { proverDouble } from "../../support/proverDouble.ts";
import { type RpcProxy, startRpcProxy } from "../../support/rpcProxy.ts";
import { WDBC_PATH } from "../../support/wdbc.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";
import { enrollWorkers, WALLETS, type WorkerConsortium } from "../../support/workerConsortium.ts";

const PASSPHRASE = "the passphrase of this very test";
const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
/** The hospital's rows as it brought them; the one place where they may be. */
const rows = mkdtempSync(join(tmpdir(), "decentrahealth-"));
let chain: WorkerChain;
let consortium: WorkerConsortium;
let proxy: RpcProxy;
/** Everything that left a worker, as text and bytes. */
const told: string[] = [];

before(async () => {
	chain = await startWorkerChain();
	proxy = await startRpcProxy(chain.rpcUrl);
	proxy.answer = ({ method, params }) => {
		told.push(`${method} ${JSON.stringify(params)}`);
		return undefined;
	};
	consortium = await enrollWorkers({ ...chain, connect: () => chain.connect(proxy.url) }, folder);
	await consortium.join();
});
after(async () => {
	await closeProver();
	await proxy.close();
	await chain.stop();
	for (const path of [folder, rows]) rmSync(path, { recursive: true });
});

const filesBelow = (path: string): readonly string[] =>
	statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesBelow(join(path, name))) : [path];

/** Every form in which a number might be written down. */
const formsOf = (secret: bigint): readonly string[] => {
	const hex = numberToHex(secret, { size: 32 }).slice(2);
	const bytes = Buffer.from(hex, "hex");
	return [
		secret.toString(),
		secret.toString(16),
		bytes.toString("latin1"),
		Buffer.from(bytes).reverse().toString("latin1"),
		Buffer.from(bytes).reverse().toString("hex"),
		bytes.toString("base64").slice(0, 40),
	];
};

/** Numbers of a circuit's input that are long enough to be recognized and are not among its public values. */
const longNumbers = (value: unknown): readonly bigint[] => {
	if (typeof value === "bigint") return value > 1n << 128n ? [value] : [];
	if (typeof value !== "object" || value === null) return [];
	return Object.values(value).flatMap(longNumbers);
};
const PUBLIC = ["context", "datasetRoot", "commitmentOut", "commitmentIn", "bundleDigest", "weightsCommitment"];
const ALSO_PUBLIC = ["committeeKeysDigest", "memberKeys", "baseCommitment"];
/** Of a key sum's proof; not the shares, their blinds and the masks. */
const PUBLIC_OF_KEY_SUM = ["gamma", "maskIn", "maskOut", "shareDigests", "commitments"];
/** Searching for every share of every member would take minutes. */
const EVERY = 7;

test("nothing but the sealed keystore holds a secret, after a whole round and some failures", async () => {
	const secrets: bigint[] = [...consortium.shareKeys];
	const texts: string[] = [PASSPHRASE];
	const progress: Hospital["progress"] = (event) => told.push(inspect(event));
	const double = proverDouble();
	const prove: Hospital["prove"] = (circuit, input, options) => {
		const isPublic = (name: string) => [...PUBLIC, ...ALSO_PUBLIC].includes(name);
		secrets.push(...longNumbers(Object.fromEntries(Object.entries(input).filter(([name]) => !isPublic(name)))));
		return double.prove(circuit, input, options);
	};
	const failing = async (run: () => Promise<unknown>): Promise<void> => {
		const error = await run().then(
			() => assert.fail("nothing failed"),
			(caught: unknown) => caught,
		);
		told.push(inspect(error, { depth: 9 }));
	};

	const hospitals: Hospital[] = [];
	for (const index of [0, 1, 2]) hospitals.push({ ...(await consortium.hospital(index)), progress, prove });
	const members: Member[] = [];
	const proveKeySum: Member["prove"] = (circuit, input, options) => {
		const isPublic = (name: string) => [...PUBLIC, ...PUBLIC_OF_KEY_SUM].includes(name);
		const found = longNumbers(Object.fromEntries(Object.entries(input).filter(([name]) => !isPublic(name))));
		// The blinds come last.
		secrets.push(...found.filter((_, place) => place % EVERY === 0 || place >= found.length - 3));
		return double.prove(circuit, input, options);
	};
	for (const index of [0, 1, 2]) members.push({ ...(await consortium.member(index)), progress, prove: proveKeySum });
	await consortium.openRound();
	const [first] = hospitals;
	assert.ok(first !== undefined);
	await failing(() =>
		hospitalStep({ ...first, prove: () => Promise.reject(new Error("out of memory")) }, 1n, consortium.study),
	);
	for (const hospital of hospitals) await hospitalStep(hospital, 1n, consortium.study);
	await hospitalStep(first, 1n, consortium.study);
	const stray = { ...(members[0] as Member), shareKey: 1n + (members[0] as Member).shareKey };
	secrets.push(stray.shareKey);
	// Confirmations and the freeze, key sums, attestations.
	for (let turn = 0; turn < 3; turn++) for (const member of members) await memberStep(member, 1n);
	const { ledger } = await readLedger(consortium.coordinator.connection);
	assert.equal(ledger.rounds.get(1n)?.phase, "Finalized");
	proxy.answer = () => ({ status: 500 });
	for (const member of [stray, members[1] as Member]) await failing(() => memberStep(member, 1n));
	await failing(() => hospitalStep(first, 1n, consortium.study));

	const lines = readFileSync(WDBC_PATH, "utf8").split("\n").slice(0, 400);
	const csv = join(rows, "rows.csv");
	writeFileSync(csv, lines.join("\n"));
	const own = { folder: join(folder, "own"), passphrase: PASSPHRASE, name: "hospital" };
	const { dataSeed, dataset } = await openHospitalData({ ...own, data: csv, study: consortium.study });
	const shareKey = await openShareKey(own);
	await failing(() => openShareKey({ ...own, passphrase: "another passphrase" }));
	await failing(() => openShareKey({ ...own, name: "member" }));
	const seeds = [dataSeed, ...consortium.datasets.map((data) => data.dataSeed)].map((seed) => BigInt(bytesToHex(seed)));
	secrets.push(shareKey, ...seeds, ...dataset.salts, ...consortium.datasets.flatMap((data) => data.dataset.salts));
	for (const wallet of [...WALLETS.hospitals, ...WALLETS.members]) {
		const { getHdKey } = developmentAccount(wallet) as unknown as { getHdKey: () => { privateKey: Uint8Array } };
		secrets.push(BigInt(bytesToHex(getHdKey().privateKey)));
	}
	// Samples: the quantized inputs of a patient, and the file's own lines.
	texts.push(
		...consortium.datasets.flatMap(({ dataset: data }) =>
			data.batches.flat().map(({ inputs }) => Buffer.from(inputs).toString("latin1")),
		),
	);
	texts.push(
		...readFileSync(WDBC_PATH, "utf8")
			.split("\n")
			.slice(1, 400)
			.filter((line) => line !== ""),
	);
	const forms = [...new Set([...secrets.flatMap(formsOf), ...texts])];
	// 3 keys, 324 coefficients and a rho each for 3 hospitals, 50 shares of each member, salts of segments and batches, ...
	assert.ok(secrets.length > 480, `${secrets.length} secrets`);

	const files = filesBelow(folder);
	assert.ok(files.length > 20, `${files.length} files`);
	const written = files.map((path) => [path, readFileSync(path, "latin1")] as const);
	const base64 = written.flatMap(([path, text]) =>
		[...text.matchAll(/"([A-Za-z0-9+/=]{200,})"/g)].map(
			([, found = ""]) => [path, Buffer.from(found, "base64").toString("latin1")] as const,
		),
	);
	const places = [...written, ...base64, ...told.map((text) => ["told", text] as const)];
	assert.ok(told.length > 100 && base64.length >= 3);
	for (const [place, text] of places) {
		const found = forms.findIndex((form) => text.includes(form));
		assert.equal(found, -1, `${place} holds secret ${found} of ${forms.length}`);
	}
	// The search finds what is there.
	const [update] = ledger.rounds.get(1n)?.updates ?? [];
	assert.ok(update !== undefined && places.some(([, text]) => text.includes(update.encryption.gamma.toString())));
	for (const path of files.filter((name) => name.includes("journal") || name === keystorePath(own.folder))) {
		assert.equal(statSync(path).mode & 0o777, 0o600, path);
	}
});
