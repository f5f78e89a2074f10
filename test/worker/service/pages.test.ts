/** Workers of every role whose users sign at web pages: a whole round, what the pages are told meanwhile, and what they are never told. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { developmentAccount, developmentKey } from "../../../scripts/demo/localChain.ts";
import { sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { openKeystore } from "../../../worker/adapters/keystore.ts";
import { closeProver } from "../../../worker/adapters/prover.ts";
import { encodeStudy } from "../../../worker/core/codecs/study.ts";
import { initialModel } from "../../../worker/core/training/initialModel.ts";
import { admitHospital, createStudy } from "../../../worker/node/coordinator.ts";
import { keystorePath } from "../../../worker/node/folders.ts";
import { findNeedles, secretBytes, secretElement, secretText } from "../../support/e2e/needles.ts";
import { circuitDoubles } from "../../support/proverDouble.ts";
import { assertDocumented } from "../../support/service/openapi.ts";
import { ask } from "../../support/service/request.ts";
import { type RunningWorker, startWorker } from "../../support/service/runningWorkers.ts";
import { signingPage } from "../../support/service/signingPage.ts";
import { addressOf, PASSPHRASE, type WorkerPlace, writeWorkers } from "../../support/service/workers.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";
import { enrollWorkers, WALLETS, type WorkerConsortium } from "../../support/workerConsortium.ts";

const ORIGIN = "http://127.0.0.1:3000";
const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
let chain: WorkerChain;
let consortium: WorkerConsortium;
let places: readonly WorkerPlace[];

before(async () => {
	chain = await startWorkerChain();
	consortium = await enrollWorkers(chain, folder);
	places = await writeWorkers(consortium);
});
after(async () => {
	await closeProver();
	await chain?.stop();
	rmSync(folder, { recursive: true, force: true });
});

const placeOf = (name: string): WorkerPlace => places.find((place) => place.name === name) ?? assert.fail(name);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds in which even a busy machine gets there. */
const LONGEST = 600_000;

/** Waits until it is so. */
const until = async <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
	for (const startedAt = performance.now(); performance.now() - startedAt < LONGEST; await pause(50)) {
		const found = await look();
		if (found !== undefined) return found;
	}
	return assert.fail(`not so within ${LONGEST / 1000} s: ${look}`);
};

const byHand = (place: WorkerPlace, changes: Readonly<Record<string, unknown>> = {}) => ({
	wallet: { kind: "external", address: addressOf(place) },
	http: { port: 0, origins: [ORIGIN] },
	...changes,
});

type Status = {
	readonly role: string;
	readonly chain: { readonly block: number };
	readonly study: { readonly id: number; readonly name: string; readonly definitionDigest: string } | null;
	readonly round: { readonly phase: string } | null;
	readonly next: { readonly state: string; readonly action: string | null; readonly text: string | null };
	readonly expects: { readonly seconds: number; readonly proofs: number } | null;
};

const statusOf = async ({ url, token }: RunningWorker): Promise<Status | undefined> => {
	const answer = await ask(`${url}/v1/status`, { headers: { Authorization: `Bearer ${token}` } });
	assertDocumented("GET", "/v1/status", answer);
	return answer.status === 200 ? (answer.json as Status) : undefined;
};

/** What of this participant's secrets may be in no answer. */
const secretsOf = async (place: WorkerPlace) => {
	const { shareKey, dataSeed } = await openKeystore({ path: keystorePath(place.folder), passphrase: PASSPHRASE });
	const rows = place.role === "hospital" ? readFileSync(join(place.folder, "data.csv"), "utf8").trim().split("\n") : [];
	return [
		...secretText("the passphrase", PASSPHRASE),
		...secretElement(`wallet key of ${place.name}`, BigInt(developmentKey(place.wallet))),
		...(shareKey === undefined ? [] : secretElement(`share key of ${place.name}`, shareKey)),
		...(dataSeed === undefined ? [] : secretBytes(`data seed of ${place.name}`, dataSeed)),
		...rows.slice(1).flatMap((row) => secretText(`a row of ${place.name}`, row)),
	];
};

describe("a round at seven pages", () => {
	it("is finished by signatures alone, with every answer as documented and nothing private in it", async (context) => {
		const admit = {
			hospitals: [developmentAccount(WALLETS.stranger).address],
			members: [developmentAccount(WALLETS.stranger + 1).address],
		};
		const over = new AbortController();
		context.after(() => over.abort());
		const opened = await Promise.all(
			places.map(async (place) => {
				const worker = await startWorker(context, place, byHand(place, place.role === "coordinator" ? { admit } : {}));
				const { url, token } = worker;
				const account = developmentAccount(place.wallet);
				const page = signingPage({ url, token, rpcUrl: chain.rpcUrl, account, origin: ORIGIN, signal: over.signal });
				return { place, worker, page };
			}),
		);
		const failed = Promise.race(opened.flatMap(({ worker, page }) => [worker.ended, page.running])).then(() =>
			assert.fail("a worker or a page ended by itself"),
		);
		failed.catch(() => undefined);
		const finalized = until(async () => {
			const { phase } = (await consortium.ledger()).rounds.get(1n) ?? {};
			return phase === "Finalized" ? true : undefined;
		});
		await Promise.race([finalized, failed]);

		const signedBy = (role: WorkerPlace["role"]) =>
			opened
				.filter(({ place }) => place.role === role)
				.map(({ page }) => page.signed.filter((name) => name !== "freeze"));
		assert.deepEqual(signedBy("coordinator"), [["admitHospital", "admitMember", "openRound"]]);
		for (const signed of signedBy("hospital")) assert.deepEqual(signed, ["commitDataset", "submitUpdate"]);
		// The last of three members is not needed for two attestations.
		const attested = signedBy("committee").filter((signed) => signed.includes("attest"));
		assert.ok(attested.length >= 2);
		for (const signed of attested) {
			assert.deepEqual([...new Set(signed)], ["registerShareKey", "confirmAvailability", "postKeySum", "attest"]);
		}
		const { hospitals, members } = await consortium.ledger();
		assert.ok(hospitals.has(admit.hospitals[0] ?? "0x") && members.has(admit.members[0] ?? "0x"));

		for (const { place, worker, page } of opened) {
			// What can't be made any more is withdrawn.
			await until(async () => {
				const { json } = await page.ask("/v1/transactions");
				return (json as { transactions: unknown[] }).transactions.length === 0 ? true : undefined;
			});
			const status = await until(() => statusOf(worker));
			assert.equal(status.role, place.role);
			const { parameters } = (await consortium.ledger()).studies.get(1n) ?? assert.fail();
			assert.deepEqual(status.study, { id: 1, name: "wdbc", definitionDigest: parameters.definitionDigest });
			await page.ask("/v1/jobs");
			const dataset = await page.ask("/v1/dataset");
			assert.equal(dataset.status, place.role === "hospital" ? 200 : 403);
			const made = [
				...(await ask(`${worker.url}/metrics`)).text.matchAll(
					/^decentrahealth_proof_duration_seconds_count\{.*\} (\d+)/gm,
				),
			];
			const proofs = made.reduce((sum, [, count]) => sum + Number(count), 0);
			if (place.role === "coordinator") assert.equal(status.expects, null);
			else if (proofs > 0) assert.equal(status.expects?.proofs, proofs);
			const secrets = [...(await secretsOf(place)), ...secretText("the token", worker.token)];
			assert.deepEqual(findNeedles(Buffer.from(page.answers.join("\n")), secrets), [], place.name);
			assert.ok(page.statuses.some(({ next }) => next.state === "sign"));
		}
		// The search finds what is there.
		const [row = ""] = readFileSync(join(placeOf("hospital-1").folder, "data.csv"), "utf8")
			.split("\n")
			.slice(1);
		assert.notDeepEqual(findNeedles(Buffer.from(`x${row}y`), await secretsOf(placeOf("hospital-1"))), []);
		over.abort();
	});
});

describe("a worker that came early", () => {
	const name = "later";
	const startAll = (context: TestContext, changes: Readonly<Record<string, unknown>> = {}) =>
		Promise.all(
			["coordinator", "hospital-1", "member-1"].map((place) =>
				startWorker(context, placeOf(place), byHand(placeOf(place), { study: name, ...changes })),
			),
		);

	it("waits for its study, publishes it meanwhile, and goes on by itself", async (context) => {
		const workers = await startAll(context, { confirmations: 0 });
		const [coordinator] = workers;
		for (const worker of workers) {
			const status = await until(() => statusOf(worker).then((now) => (now?.next.text == null ? undefined : now)));
			assert.deepEqual([status.study, status.round, status.expects], [null, null, null]);
			assert.deepEqual(status.next, { state: "waiting", action: null, text: 'the study "later" does not exist yet' });
			assert.equal((await ask(`${worker.url}/readyz`)).status, 200);
		}
		const headersOf = ({ token }: RunningWorker) => ({ Authorization: `Bearer ${token}`, Origin: ORIGIN });
		const dataset = await ask(`${workers[1]?.url}/v1/dataset`, { headers: headersOf(workers[1] ?? assert.fail()) });
		assert.equal(dataset.status, 503);
		assertDocumented("GET", "/v1/dataset", dataset);
		assert.match(dataset.text, /the study \\"later\\" does not exist yet/);

		// The coordinator's page publishes the blocks; what its own store lacks, nobody could fetch.
		assert.ok(coordinator !== undefined);
		const study = { ...consortium.study, name };
		const { verificationKeys } = circuitDoubles(study.keySumSlots);
		const { chain: network, deployment } = consortium.coordinator.connection;
		const { bytes } = initialModel(study, { chainId: network.id, roundManager: deployment.roundManager });
		const blocks = [encodeStudy(study), ...verificationKeys, bytes];
		for (const block of blocks) {
			const headers = { ...headersOf(coordinator), "Content-Type": "application/octet-stream" };
			const published = await ask(`${coordinator.url}/v1/blocks`, {
				method: "POST",
				headers,
				body: Buffer.from(block),
			});
			assert.equal(published.status, 201, published.text);
			assertDocumented("POST", "/v1/blocks", published);
			const { digest } = published.json as { digest: `0x${string}` };
			assert.deepEqual(await consortium.storeOf(WALLETS.coordinator).get(digest), new Uint8Array(block));
		}
		const nowhere = { ...consortium.coordinator.store, put: async (bytes: Uint8Array) => sha256Digest(bytes) };
		const studyId = await createStudy(
			{ ...consortium.coordinator, store: nowhere },
			{ study, verifiers: chain.verifiers, verificationKeys },
		);
		for (const worker of workers) {
			const status = await until(() => statusOf(worker).then((now) => (now?.study == null ? undefined : now)));
			assert.deepEqual([status.study?.id, status.study?.name], [Number(studyId), name]);
		}
		const hospital = await until(() => {
			const worker = workers[1] ?? assert.fail();
			return statusOf(worker).then((now) => (now?.next.state === "sign" ? now : undefined));
		});
		assert.equal(hospital.next.action, "commitDataset");
	});

	it("waits for its admission, follows the chain while it waits for a signature, and says both", async (context) => {
		const place = placeOf("hospital-2");
		const { address } = developmentAccount(12);
		// Nobody serves the study's definition now.
		const { parameters } = (await consortium.ledger()).studies.get(consortium.studyId) ?? assert.fail();
		await consortium.storeOf(place.wallet).put(await consortium.store.get(parameters.definitionDigest));
		const worker = await startWorker(context, place, byHand(place, { wallet: { kind: "external", address } }));
		const waiting = await until(() => statusOf(worker).then((now) => (now?.next.text == null ? undefined : now)));
		assert.deepEqual(waiting.next, {
			state: "waiting",
			action: null,
			text: "this wallet is not an admitted hospital",
		});
		await admitHospital(consortium.coordinator, address);
		const sign = () => statusOf(worker).then((now) => (now?.next.state === "sign" ? now : undefined));
		const first = await until(sign);
		assert.equal(first.next.action, "commitDataset");
		await chain.mine(3);
		const later = await until(() =>
			sign().then((now) => (now !== undefined && now.chain.block > first.chain.block ? now : undefined)),
		);
		assert.deepEqual(later.next, first.next);
	});

	it("admits as a coordinator before there is a study, and needs no keystore if the wallet is the user's own", async (context) => {
		const place = placeOf("coordinator");
		const admit = { hospitals: [developmentAccount(13).address], members: [] };
		const changes = { folder: join(folder, "no-keystore"), study: "absent", admit };
		const worker = await startWorker(context, place, byHand(place, changes));
		const signing = await until(() => statusOf(worker).then((now) => (now?.next.state === "sign" ? now : undefined)));
		assert.deepEqual([signing.study, signing.next.action], [null, "admitHospital"]);
		// At the coordinator's page, before the worker's offer was signed.
		await admitHospital(consortium.coordinator, admit.hospitals[0] ?? assert.fail());
		const waiting = await until(() =>
			statusOf(worker).then((now) => (now?.next.state === "waiting" && now.next.text !== null ? now : undefined)),
		);
		assert.equal(waiting.next.text, 'the study "absent" does not exist yet');
	});
});
