/** Workers on folders of their own, with a prover double: a round from configuration to finalization, and what they refuse to start with. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createWalletClient, http } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { ownerHere, ownerText, placeHere } from "../../../worker/adapters/lease/owner.ts";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { openShareKey, walletName } from "../../../worker/node/folders.ts";
import type { ErrorCode } from "../../../worker/protocol/errors.ts";
import { dryRun, hasPassed } from "../../../worker/service/preflight/dryRun.ts";
import type { WorkerPlaces } from "../../../worker/service/request.ts";
import { runWorker } from "../../../worker/service/runWorker.ts";
import { folderListing } from "../../support/folderListing.ts";
import { CIRCUIT_DOUBLES } from "../../support/proverDouble.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { startRpcProxy } from "../../support/rpcProxy.ts";
import { assertDocumented } from "../../support/service/openapi.ts";
import { ask } from "../../support/service/request.ts";
import {
	addressOf,
	ENVIRONMENT,
	PASSPHRASE,
	requestOf,
	type WorkerPlace,
	writeWorkers,
} from "../../support/service/workers.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";
import { enrollWorkers, type WorkerConsortium } from "../../support/workerConsortium.ts";

const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
let chain: WorkerChain;
let consortium: WorkerConsortium;
let places: readonly WorkerPlace[];

before(async () => {
	chain = await startWorkerChain();
	consortium = await enrollWorkers(chain, folder);
	places = await writeWorkers(consortium);
	for (const { wallet } of places) await keepBlocks(wallet);
});
after(async () => {
	await closeProver();
	await chain?.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** Puts what a start needs into a wallet's own store, as an earlier run leaves it: otherwise a worker waits for the others' gateways. */
const keepBlocks = async (wallet: number): Promise<void> => {
	const { studies, models, rounds } = await consortium.ledger();
	const study = studies.get(consortium.studyId) ?? assert.fail();
	const { parameters, trainVkHash, encryptVkHash, keySumVkHash } = study;
	const digests = [parameters.definitionDigest, trainVkHash, encryptVkHash, keySumVkHash];
	const bundles = [...rounds.values()].flatMap(({ updates }) => updates.map(({ bundleDigest }) => bundleDigest));
	for (const digest of [...digests, ...bundles, ...[...models.values()].map((model) => model.digest)]) {
		await consortium.storeOf(wallet).put(await consortium.store.get(digest));
	}
};

const placeOf = (name: string): WorkerPlace => {
	const place = places.find((one) => one.name === name);
	assert.ok(place !== undefined);
	return place;
};

/** Runs a worker that can't start and returns what it says. */
const refusedWith = async (name: string, code: ErrorCode, changes: Readonly<Record<string, unknown>>) => {
	const { request } = await requestOf(placeOf(name), changes);
	return rejectsWithCode(runWorker(request), code);
};

const checksOf = async (name: string, changes: Readonly<Record<string, unknown>> = {}, environment = ENVIRONMENT) => {
	const { request } = await requestOf(placeOf(name), changes);
	const checks = await dryRun({ config: request.config, environment, overrides: { circuits: CIRCUIT_DOUBLES } });
	return { checks, passed: hasPassed(checks), of: (check: string) => checks.find((one) => one.name === check) };
};

/** Circuits with the key of another circuit in the place of the first. */
const OTHER_KEYS = { ...CIRCUIT_DOUBLES, train: CIRCUIT_DOUBLES.encrypt };

describe("a dry run", () => {
	it("checks everything and changes nothing", async () => {
		const before = folderListing(folder);
		const [block, sent] = [await blockNumber(), await consortium.sent(1)];
		for (const { name } of places) {
			const { checks, passed } = await checksOf(name);
			assert.ok(passed, `${name}: ${JSON.stringify(checks)}`);
			assert.ok(checks.every(({ status }) => status !== "skipped"));
		}
		const { of } = await checksOf("hospital-1");
		assert.equal(of("initial model")?.status, "ok");
		assert.equal(of("data set")?.status, "ok");
		assert.match(of("data set")?.detail ?? "", /16 samples in 2 batches, root \d+/);
		// Nobody serves yet: they wait for each other.
		assert.equal(of("peers")?.status, "warning");
		assert.deepEqual(folderListing(folder), before);
		assert.deepEqual([await blockNumber(), await consortium.sent(1)], [block, sent]);
	});

	it("names every problem at once, with its code and a next step", async () => {
		const taken = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => taken.once("listening", resolve));
		const { port } = taken.address() as AddressInfo;
		const { of, passed } = await checksOf(
			"hospital-1",
			{
				http: { port, origins: [] },
				data: join(folder, "missing.csv"),
				roundManager: addressOf(placeOf("hospital-1")),
			},
			{ DECENTRAHEALTH_PASSPHRASE: "another passphrase" },
		);
		taken.close();
		assert.equal(passed, false);
		assert.equal(of("http port")?.problem?.code, "PORT_IN_USE");
		assert.equal(of("keystore")?.problem?.code, "KEYSTORE_PASSPHRASE");
		assert.equal(of("chain and contracts")?.problem?.code, "CONTRACT_MISSING");
		assert.deepEqual(["skipped", "skipped"], [of("study and keys")?.status, of("data set")?.status]);
		for (const name of ["http port", "keystore", "chain and contracts"])
			assert.notEqual(of(name)?.problem?.nextStep, "");
	});

	it("finds data that can't be read, a study that is not there, and a wallet without ether", async () => {
		assert.equal(
			(await checksOf("hospital-1", { data: join(folder, "no.csv") })).of("data set")?.problem?.code,
			"DATASET_UNREADABLE",
		);
		const later = await checksOf("hospital-1", { study: "other" });
		const waiting = ["study and keys", "initial model", "data set", "standing"].map((check) => later.of(check)?.status);
		assert.deepEqual([later.passed, waiting], [true, ["warning", "warning", "warning", "warning"]]);
		const wallet = { kind: "external", address: "0x00000000000000000000000000000000000000AA" };
		const { of, passed } = await checksOf("hospital-1", { wallet });
		assert.deepEqual([passed, of("balance")?.status, of("standing")?.status], [true, "warning", "warning"]);
	});
});

const blockNumber = async (): Promise<bigint> => (await chain.connect()).client.getBlockNumber();

describe("a worker does not start", () => {
	it("on another chain than the configured one", async () => {
		const { nextStep } = await refusedWith("hospital-1", "RPC_WRONG_CHAIN", { chainId: 1 });
		assert.notEqual(nextStep, "");
		assert.equal(
			(await checksOf("hospital-1", { chainId: 1 })).of("chain and contracts")?.problem?.code,
			"RPC_WRONG_CHAIN",
		);
	});

	it("at an address without code, or with other code", async () => {
		await refusedWith("member-1", "CONTRACT_MISSING", { roundManager: addressOf(placeOf("member-1")) });
		await refusedWith("member-1", "CONTRACT_MISSING", { roundManager: chain.modelRegistry.address });
	});

	it("with other verifying keys than the contracts'", async () => {
		for (const name of ["hospital-1", "member-1"]) {
			const { request } = await requestOf(placeOf(name));
			const overrides = { ...request.overrides, circuits: OTHER_KEYS };
			await rejectsWithCode(runWorker({ ...request, overrides }), "PROVING_KEY_MISMATCH");
		}
		const { request } = await requestOf(placeOf("member-1"));
		const { config } = request;
		const checks = await dryRun({ config, environment: ENVIRONMENT, overrides: { circuits: OTHER_KEYS } });
		assert.equal(checks.find(({ name }) => name === "study and keys")?.problem?.code, "PROVING_KEY_MISMATCH");
	});

	it("on ports that are taken, or in a folder that is in use", async (context) => {
		const { request: missing } = await requestOf(placeOf("coordinator"), { study: 99 });
		await rejectsWithCode(runWorker({ ...missing, once: true }), "STUDY_MISSING");
		const taken = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => taken.once("listening", resolve));
		context.after(() => taken.close());
		const { port } = taken.address() as AddressInfo;
		await refusedWith("coordinator", "PORT_IN_USE", { http: { port, origins: [] } });
		const { request } = await requestOf(placeOf("coordinator"));
		const serve = { host: "127.0.0.1", port };
		await refusedWith("coordinator", "PORT_IN_USE", { ipfs: { ...request.config.ipfs, serve } });
		// Everything that was opened was closed again.
		const { stop, request: running } = await requestOf(placeOf("coordinator"));
		let started: (places: WorkerPlaces) => void = () => undefined;
		const ready = new Promise<WorkerPlaces>((resolve) => {
			started = resolve;
		});
		const first = runWorker({
			...running,
			config: { ...running.config, rounds: 0 } as typeof running.config,
			onReady: started,
		});
		await ready;
		await refusedWith("coordinator", "FOLDER_LOCKED", {});
		assert.equal((await checksOf("coordinator")).of("folder")?.problem?.code, "FOLDER_LOCKED");
		stop.abort();
		await first;
	});

	it("finds a coordinator's wallet that the contracts do not belong to", async () => {
		// With hospital 1's folder and key.
		const { config } = (await requestOf(placeOf("coordinator"), { folder: placeOf("hospital-1").folder })).request;
		const checks = await dryRun({ config, environment: ENVIRONMENT });
		assert.equal(checks.find(({ name }) => name === "owner")?.problem?.code, "TASK_REFUSED");
		assert.equal((await checksOf("coordinator")).of("owner")?.status, "ok");
	});

	it("with a keystore that lacks the role's keys, or another passphrase", async () => {
		const { request } = await requestOf(placeOf("hospital-1"));
		await rejectsWithCode(runWorker({ ...request, environment: {} }), "KEYSTORE_PASSPHRASE");
		await rejectsWithCode(
			runWorker({ ...request, environment: { DECENTRAHEALTH_PASSPHRASE: "another passphrase" } }),
			"KEYSTORE_PASSPHRASE",
		);
		await refusedWith("hospital-1", "KEYSTORE_MISSING", { folder: join(folder, "empty") });
		// A member's folder has no data seed.
		await refusedWith("hospital-1", "KEYSTORE_CORRUPT", { folder: placeOf("member-1").folder });
	});

	it("but waits for a node that is down", async (context) => {
		const proxy = await startRpcProxy(chain.rpcUrl);
		context.after(proxy.close);
		let down = true;
		proxy.answer = () => (down ? { status: 503 } : undefined);
		const { request, lines } = await requestOf(placeOf("coordinator"), { rpc: { url: proxy.url, witnesses: [] } });
		await rejectsWithCode(runWorker({ ...request, once: true }), "RPC_UNREACHABLE");
		const stop = new AbortController();
		const config = { ...request.config, rounds: 0 } as typeof request.config;
		const ready = new Promise<void>((resolve, reject) => {
			runWorker({ ...request, config, signal: stop.signal, onReady: () => resolve() }).catch(reject);
		});
		while (!lines.some((line) => line.includes("RPC_UNREACHABLE")))
			await new Promise((resolve) => setTimeout(resolve, 20));
		down = false;
		await ready;
		stop.abort();
	});
});

describe("seven workers, one of them without a key", () => {
	it("finish a round by themselves, keep their secrets, and end when they are told to", async (context) => {
		const external = { kind: "external", address: addressOf(placeOf("hospital-3")) };
		let token = "";
		let started: (places: WorkerPlaces) => void = () => undefined;
		const ready = new Promise<WorkerPlaces>((resolve) => {
			started = resolve;
		});
		const workers = await Promise.all(
			places.map(async (place) => {
				const isExternal = place.name === "hospital-3";
				const worker = await requestOf(place, isExternal ? { wallet: external } : {});
				if (!isExternal) return worker;
				const showToken = (shown: string): void => {
					token = shown;
				};
				return { ...worker, request: { ...worker.request, showToken, onReady: started } };
			}),
		);
		const stopAll = (): void => {
			for (const { stop } of workers) stop.abort();
		};
		context.after(stopAll);
		const running = workers.map(({ request }) => runWorker(request));
		const ended = Promise.race(running).then(() => assert.fail("a worker ended by itself"));
		ended.catch(() => undefined);

		/** What the hospital's page does: asks for the transaction and has the wallet send it. */
		const { http: url } = await Promise.race([ready, ended]);
		const account = developmentAccount(placeOf("hospital-3").wallet);
		const wallet = createWalletClient({ account, transport: http(chain.rpcUrl) });
		const headers = { Authorization: `Bearer ${token}` };
		const signed: string[] = [];
		const page = async (): Promise<void> => {
			for (;;) {
				const status = await ask(`${url}/v1/status`, { headers });
				if (status.status === 200) assertDocumented("GET", "/v1/status", status);
				const { next } = (status.json ?? {}) as { next?: { state: string; action: string } };
				if (next?.state === "sign") {
					const body = JSON.stringify({ action: next.action });
					const asked = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body };
					const prepared = await ask(`${url}/v1/transactions/prepare`, asked);
					if (prepared.status === 200) {
						assertDocumented("POST", "/v1/transactions/prepare", prepared);
						const { to, data, chainId } = prepared.json as { to: `0x${string}`; data: `0x${string}`; chainId: number };
						assert.equal(chainId, 31337);
						await wallet.sendTransaction({ to, data, chain: null, gas: 5_000_000n });
						signed.push(next.action);
						while (
							((await ask(`${url}/v1/transactions`, { headers })).json as { transactions: unknown[] }).transactions
								.length > 0
						) {
							await new Promise((resolve) => setTimeout(resolve, 50));
						}
					}
				}
				if ([...(await consortium.ledger()).rounds.values()].some(({ phase }) => phase === "Finalized")) return;
				await new Promise((resolve) => setTimeout(resolve, 100));
			}
		};
		await Promise.race([page(), ended]);
		assert.deepEqual(signed, ["commitDataset", "submitUpdate"]);

		for (const path of ["/healthz", "/readyz", "/metrics"]) assert.equal((await ask(`${url}${path}`)).status, 200);
		const { text } = await ask(`${url}/metrics`);
		assert.match(text, /decentrahealth_actions_total\{action="submitUpdate"\} 1/);
		assert.match(text, /decentrahealth_proof_duration_seconds_count\{circuit="EncryptUpdate"\} 1/);
		const dataset = await ask(`${url}/v1/dataset`, { headers });
		assertDocumented("GET", "/v1/dataset", dataset);

		stopAll();
		await Promise.all(running);
		await assert.rejects(ask(`${url}/healthz`));
		const { round } = await consortium.round(1n);
		assert.deepEqual([round.updates.length, round.phase], [3, "Finalized"]);
		const member = placeOf("member-1");
		const place = { folder: member.folder, passphrase: PASSPHRASE, name: walletName(addressOf(member)) };
		const shareKey = await openShareKey(place);
		const logs = workers.flatMap(({ lines }) => lines).join("");
		for (const secret of [PASSPHRASE, token, shareKey.toString()]) assert.ok(!logs.includes(secret));
		assert.match(logs, /round 1 is Finalized/);
	});

	it("go on from a folder that another process was killed in, and run once when asked to", async () => {
		await keepBlocks(placeOf("hospital-1").wallet);
		const { request, lines } = await requestOf(placeOf("hospital-1"));
		const killed = { ...(await ownerHere("killed", await placeHere())), pid: 2 ** 22 + 1 };
		writeFileSync(join(placeOf("hospital-1").folder, "worker.lock"), ownerText(killed));
		await runWorker({ ...request, once: true });
		assert.match(lines.join(""), /nothing is due/);
		assert.doesNotMatch(lines.join(""), /done: /);
	});

	it("end in time although a proof goes on and on", async () => {
		for (const name of ["coordinator", "hospital-1"]) await keepBlocks(placeOf(name).wallet);
		const { request: opening } = await requestOf(placeOf("coordinator"), { rounds: 2 });
		await runWorker({ ...opening, once: true });
		const { request, stop, lines } = await requestOf(placeOf("hospital-1"));
		let proving: () => void = () => undefined;
		const begun = new Promise<void>((resolve) => {
			proving = resolve;
		});
		const prove = () => {
			proving();
			return new Promise<never>(() => undefined);
		};
		const running = runWorker({ ...request, overrides: { ...request.overrides, prove } });
		await begun;
		// The proof never ends: this is over because the worker gives it up.
		stop.abort();
		await running;
		assert.equal((await checksOf("hospital-1")).of("folder")?.status, "ok");
		assert.doesNotMatch(lines.join(""), /"level":"error"/);
	});
});
