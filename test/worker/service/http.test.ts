/** The local HTTP server: who may ask, and that every answer is what the OpenAPI document says. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { ROLES } from "../../../worker/service/config/schema.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { IDENTITY, OFFER, ORIGIN, startLocalServer } from "../../support/service/localServer.ts";
import { assertDocumented, document } from "../../support/service/openapi.ts";

const round = {
	roundId: 2n,
	phase: "Open",
	deadline: 100n,
	checkingDeadline: 200n,
	updates: [],
	opening: { expectedUpdates: 3 },
} as unknown as RoundRecord;

const codeOf = (json: unknown): unknown => (json as { code?: unknown } | undefined)?.code;
const JSON_TYPE = { "Content-Type": "application/json" };
const prepare = (action: string) => ({ method: "POST", headers: JSON_TYPE, body: JSON.stringify({ action }) });

describe("who may ask", () => {
	it("is refused without the token, with another one, and with it in any other form", async (context) => {
		const { token, askAnonymously } = await startLocalServer(context);
		const wrong = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
		const forms = [
			undefined,
			`Bearer ${wrong}`,
			"Bearer ",
			`Basic ${token}`,
			token,
			`Bearer ${token} x`,
			`Bearer ${token}${token}`,
		];
		for (const Authorization of forms) {
			const headers = Authorization === undefined ? {} : { Authorization };
			for (const path of ["/v1/status", "/v1/dataset", "/v1/jobs", "/v1/jobs/events", "/v1/transactions"]) {
				const answer = await askAnonymously(path, { headers });
				assert.equal(answer.status, 401, `${path} ${Authorization}`);
				assert.match(String(answer.headers["www-authenticate"]), /^Bearer/);
				assertDocumented("GET", path, answer);
			}
			for (const path of ["/v1/transactions/prepare", "/v1/blocks"]) {
				const answer = await askAnonymously(path, { ...prepare("fail"), headers: { ...headers, ...JSON_TYPE } });
				assert.equal(answer.status, 401);
				assertDocumented("POST", path, answer);
			}
		}
		assert.equal((await askAnonymously(`/v1/jobs?token=${token}`)).status, 401);
	});

	it("is refused under another host name, as after DNS rebinding, even with the token", async (context) => {
		const { ask, askAnonymously, url } = await startLocalServer(context);
		const { port } = new URL(url);
		for (const Host of [
			"evil.example",
			`evil.example:${port}`,
			"127.0.0.1",
			`127.0.0.1:${Number(port) + 1}`,
			`localhost.evil.example:${port}`,
		]) {
			for (const path of ["/v1/jobs", "/metrics", "/healthz"]) {
				const answer = await ask(path, { headers: { Host } });
				assert.equal(answer.status, 403, `${Host} ${path}`);
				assert.equal(codeOf(answer.json), "HOST_REFUSED");
				assertDocumented("GET", path, answer);
			}
		}
		for (const Host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
			assert.equal((await askAnonymously("/healthz", { headers: { Host } })).status, 200);
		}
	});

	it("is refused to pages of another origin; a configured one may ask, also beforehand", async (context) => {
		const { ask, askAnonymously } = await startLocalServer(context);
		for (const Origin of ["https://evil.example", "null", "https://app.example.evil.example", "http://app.example"]) {
			const answer = await ask("/v1/jobs", { headers: { Origin } });
			assert.deepEqual([answer.status, codeOf(answer.json)], [403, "ORIGIN_REFUSED"]);
			assert.equal(answer.headers["access-control-allow-origin"], undefined);
			assertDocumented("GET", "/v1/jobs", answer);
		}
		const allowed = await ask("/v1/jobs", { headers: { Origin: ORIGIN } });
		assert.deepEqual([allowed.status, allowed.headers["access-control-allow-origin"]], [200, ORIGIN]);
		const preflight = (Origin: string) =>
			askAnonymously("/v1/transactions/prepare", {
				method: "OPTIONS",
				headers: { Origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization" },
			});
		assert.equal((await preflight(ORIGIN)).status, 204);
		assert.match(String((await preflight(ORIGIN)).headers["access-control-allow-headers"]), /Authorization/);
		assert.equal((await preflight("https://evil.example")).status, 403);
		// A page has to be able to read why it is refused.
		const refused = await askAnonymously("/v1/status", { headers: { Origin: ORIGIN } });
		assert.deepEqual([refused.status, refused.headers["access-control-allow-origin"]], [401, ORIGIN]);
	});

	it("is told in every role, but for what only one role has", async (context) => {
		for (const role of ROLES) {
			const { ask, state } = await startLocalServer(context, { role });
			state.opened(IDENTITY);
			state.looked({ blockNumber: 7n, now: 1_700_000_000n });
			const status = await ask("/v1/status");
			assertDocumented("GET", "/v1/status", status);
			assert.equal((status.json as { role: string }).role, role);
			for (const path of ["/v1/jobs", "/v1/transactions"]) assert.equal((await ask(path)).status, 200);
			const dataset = await ask("/v1/dataset");
			assertDocumented("GET", "/v1/dataset", dataset);
			if (role === "hospital") assert.equal(dataset.status, 200);
			else assert.deepEqual([dataset.status, codeOf(dataset.json)], [403, "ROLE_REFUSED"]);
		}
	});

	it("is nobody of another origin by default", async (context) => {
		const { ask } = await startLocalServer(context, { origins: [] });
		assert.equal((await ask("/v1/jobs", { headers: { Origin: ORIGIN } })).status, 403);
		assert.equal((await ask("/v1/jobs")).status, 200);
	});
});

describe("bad requests", () => {
	it("get a coded refusal: huge, malformed, of another type, unknown", async (context) => {
		const { ask, faults } = await startLocalServer(context);
		const path = "/v1/transactions/prepare";
		const cases = [
			[
				{ method: "POST", headers: JSON_TYPE, body: JSON.stringify({ action: "x".repeat(5_000_000) }) },
				413,
				"BODY_TOO_LARGE",
			],
			[{ method: "POST", headers: JSON_TYPE, body: "{" }, 400, "REQUEST_INVALID"],
			[{ method: "POST", headers: JSON_TYPE, body: '{"action": "createStudy"}' }, 400, "REQUEST_INVALID"],
			[{ method: "POST", headers: JSON_TYPE, body: '{"action": "fail", "to": "0x00"}' }, 400, "REQUEST_INVALID"],
			[{ method: "POST", headers: JSON_TYPE, body: '{"__proto__": {"action": "fail"}}' }, 400, "REQUEST_INVALID"],
			[{ method: "POST", headers: { "Content-Type": "application/xml" }, body: "<a/>" }, 415, "BODY_TYPE"],
		] as const;
		for (const [asked, status, code] of cases) {
			const answer = await ask(path, asked).catch((error: NodeJS.ErrnoException) => {
				// The server may end a connection that goes on sending.
				assert.equal(status, 413, error.code);
				return undefined;
			});
			if (answer === undefined) continue;
			assert.deepEqual([answer.status, codeOf(answer.json)], [status, code]);
			assertDocumented("POST", path, answer);
		}
		for (const unknown of ["/", "/v1", "/v1/keys", "/v1/../keystore.json", "/v1/status/"]) {
			const answer = await ask(unknown);
			assert.deepEqual([answer.status, codeOf(answer.json)], [404, "NOT_FOUND"], unknown);
		}
		assert.equal((await ask("/v1/status", { method: "DELETE" })).status, 404);
		assert.deepEqual(faults, []);
	});

	it("find a port that is taken refused with a code", async (context) => {
		const other = createServer().listen(0, "127.0.0.1");
		await once(other, "listening");
		context.after(() => other.close());
		const { port } = other.address() as { port: number };
		await rejectsWithCode(startLocalServer(context, { port }), "PORT_IN_USE");
	});
});

describe("the answers", () => {
	it("are documented in a valid OpenAPI document, with every path that there is and no other", async (context) => {
		const result = await new Validator().validate(structuredClone(document));
		assert.deepEqual([result.valid, result.errors ?? []], [true, []]);
		const { ask } = await startLocalServer(context);
		for (const [path, operations] of Object.entries(document.paths)) {
			for (const method of Object.keys(operations)) {
				// A stream has no end.
				if (path === "/v1/jobs/events") continue;
				const answer = await ask(path, method === "post" ? prepare("fail") : {});
				assert.notEqual(answer.status, 404, path);
				assertDocumented(method, path, answer);
			}
		}
	});

	it("say before the worker is ready that it is starting", async (context) => {
		const { ask } = await startLocalServer(context);
		for (const path of ["/v1/status", "/v1/dataset"]) {
			const answer = await ask(path);
			assert.deepEqual([answer.status, codeOf(answer.json)], [503, "NOT_READY"]);
		}
		const ready = await ask("/readyz");
		assert.deepEqual([ready.status, ready.json], [503, { status: "not ready", reason: "it is starting" }]);
	});

	it("say what keeps the worker, and that it waits for its study", async (context) => {
		const { ask, state } = await startLocalServer(context);
		state.failed(new DecentraHealthError("RPC_UNREACHABLE", { message: "no answer", nextStep: "check the URL" }));
		const down = await ask("/v1/status");
		assertDocumented("GET", "/v1/status", down);
		const problem = { code: "NOT_READY", message: "the worker is starting: no answer", nextStep: "check the URL" };
		assert.deepEqual([down.status, down.json], [503, problem]);
		const { study: _study, dataset: _dataset, expects: _expects, ...known } = IDENTITY;
		state.opened(known);
		state.looked({ blockNumber: 7n, now: 1_700_000_000n });
		state.stepped({ kind: "wait", reason: 'the study "wdbc" does not exist yet' });
		const status = await ask("/v1/status");
		assertDocumented("GET", "/v1/status", status);
		const { study, round, next, expects } = status.json as Readonly<Record<string, unknown>>;
		assert.deepEqual([study, round, expects], [null, null, null]);
		assert.deepEqual(next, { state: "waiting", action: null, text: 'the study "wdbc" does not exist yet' });
		assert.equal((await ask("/v1/dataset")).status, 503);
		assert.equal((await ask("/readyz")).status, 200);
	});

	it("tell status, data set, jobs and transactions as documented", async (context) => {
		const { ask, state, jobs, offers } = await startLocalServer(context);
		state.opened(IDENTITY);
		state.looked({ blockNumber: 7n, now: 1_700_000_000n, round });
		const statusOf = async () => {
			const answer = await ask("/v1/status");
			assertDocumented("GET", "/v1/status", answer);
			return answer.json as { readonly next: unknown; readonly round: unknown; readonly problem: unknown };
		};
		state.stepped({ kind: "wait", reason: "no round is open" });
		assert.deepEqual((await statusOf()).next, { state: "waiting", action: null, text: "no round is open" });
		assert.deepEqual((await statusOf()).round, {
			id: 2,
			phase: "Open",
			deadline: 100,
			checkingDeadline: 200,
			updates: 0,
			expectedUpdates: 3,
		});
		jobs.progress({ step: "prove training segment 1 of 3", state: "started" });
		assert.deepEqual((await statusOf()).next, {
			state: "working",
			action: null,
			text: "prove training segment 1 of 3",
		});
		offers.put(OFFER);
		assert.deepEqual((await statusOf()).next, { state: "sign", action: "submitUpdate", text: OFFER.summary });
		state.failed(new DecentraHealthError("RPC_UNREACHABLE", { message: "m", nextStep: "n" }));
		assert.deepEqual((await statusOf()).problem, { code: "RPC_UNREACHABLE", message: "m", nextStep: "n" });
		state.failed(new TypeError("secret"));
		assert.doesNotMatch(JSON.stringify(await statusOf()), /secret/);
		for (const path of ["/v1/dataset", "/v1/jobs", "/v1/transactions", "/readyz", "/healthz", "/metrics"]) {
			const answer = await ask(path);
			assert.equal(answer.status, 200, path);
			assert.equal(answer.headers["cache-control"], "no-store");
			assertDocumented("GET", path, answer);
		}
		assert.deepEqual((await ask("/v1/dataset")).json, IDENTITY.dataset);
	});

	it("prepare a transaction that is due, and no other", async (context) => {
		const { ask, state, offers } = await startLocalServer(context);
		const path = "/v1/transactions/prepare";
		state.opened(IDENTITY);
		const early = await ask(path, prepare("submitUpdate"));
		assert.deepEqual([early.status, codeOf(early.json)], [409, "NOT_DUE"]);
		offers.put(OFFER);
		const due = await ask(path, prepare("submitUpdate"));
		assertDocumented("POST", path, due);
		const { to, data, chainId, summary } = OFFER;
		assert.deepEqual([due.status, due.json], [200, { to, data, chainId, summary }]);
		assert.equal((await ask(path, prepare("commitDataset"))).status, 409);
		offers.clear();
		assert.equal((await ask(path, prepare("submitUpdate"))).status, 409);
		state.opened({ ...IDENTITY, wallet: { ...IDENTITY.wallet, kind: "keystore" } });
		const headless = await ask(path, prepare("submitUpdate"));
		assert.deepEqual([headless.status, codeOf(headless.json)], [409, "HEADLESS"]);
		assertDocumented("POST", path, headless);
	});
});

describe("metrics", () => {
	it("tell block, phase, actions, proofs, gas, errors and peers", async (context) => {
		const { askAnonymously, metrics } = await startLocalServer(context);
		metrics.looked({ blockNumber: 7n, now: 1_700_000_000n, round });
		metrics.acted("submitUpdate");
		metrics.proved("TrainSegment", 6.5);
		metrics.spent("submitUpdate", 700_000n);
		metrics.failed(new DecentraHealthError("RPC_UNREACHABLE", { message: "m", nextStep: "n" }));
		metrics.failed(new Error("x"));
		metrics.peers(5, 1);
		const { text } = await askAnonymously("/metrics");
		for (const line of [
			"decentrahealth_last_block 7",
			"decentrahealth_round_id 2",
			'decentrahealth_round_phase{phase="Open"} 1',
			'decentrahealth_round_phase{phase="None"} 0',
			'decentrahealth_actions_total{action="submitUpdate"} 1',
			'decentrahealth_proof_duration_seconds_sum{circuit="TrainSegment"} 6.5',
			'decentrahealth_gas_used_total{call="submitUpdate"} 700000',
			'decentrahealth_errors_total{code="RPC_UNREACHABLE"} 1',
			'decentrahealth_errors_total{code="UNEXPECTED"} 1',
			'decentrahealth_ipfs_peers{state="unreachable"} 1',
			'decentrahealth_build_info{role="hospital",version="0.0.0"} 1',
		]) {
			assert.ok(text.split("\n").includes(line), line);
		}
	});
});
