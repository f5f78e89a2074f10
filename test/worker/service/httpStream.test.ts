/** The stream of events that a page follows a worker by. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { eventStream } from "../../../worker/service/http/eventStream.ts";
import { eventsOf } from "../../support/service/events.ts";
import { IDENTITY, OFFER, ORIGIN, startLocalServer } from "../../support/service/localServer.ts";
import { assertSchema } from "../../support/service/openapi.ts";
import { open } from "../../support/service/request.ts";

const SCHEMAS: Readonly<Record<string, string>> = {
	jobs: "Jobs",
	job: "Job",
	transactions: "Transactions",
	status: "Status",
};

/** What the tests look at, of any event; the schema says which fields it has. */
type Data = {
	readonly jobs?: readonly { readonly part?: unknown }[];
	readonly transactions?: readonly unknown[];
	readonly state?: string;
	readonly seconds?: number;
	readonly gas?: string;
	readonly chain?: { readonly block: number };
	readonly next?: { readonly state: string; readonly text: string | null };
	readonly expects?: unknown;
	readonly problem?: { readonly code: string } | null;
};

/** A page that follows the worker, with every event held against the document. */
const follow = async (context: TestContext, { url, authorized }: Awaited<ReturnType<typeof startLocalServer>>) => {
	const stream = await open(`${url}/v1/jobs/events`, { headers: { ...authorized, Origin: ORIGIN } });
	context.after(() => stream.destroy());
	const events = eventsOf(stream);
	const next = async () => {
		const { value } = await events.next();
		assert.ok(value !== undefined);
		const { event = "", data } = value;
		assertSchema(SCHEMAS[event] ?? assert.fail(event), data);
		return { event, data: data as Data };
	};
	return { stream, next };
};

describe("the stream of events", () => {
	it("starts with what there is and tells every change", async (context) => {
		const server = await startLocalServer(context);
		const { jobs, offers } = server;
		jobs.progress({ step: "prove training segment 1 of 2", state: "started" });
		const { stream, next } = await follow(context, server);
		assert.equal(stream.statusCode, 200);
		assert.equal(stream.headers["content-type"], "text/event-stream");
		assert.equal(stream.headers["access-control-allow-origin"], ORIGIN);
		const first = await next();
		assert.deepEqual([first.event, first.data.jobs?.[0]?.part], ["jobs", { number: 1, of: 2 }]);
		assert.deepEqual(await next(), { event: "transactions", data: { transactions: [] } });
		jobs.progress({ step: "prove training segment 1 of 2", state: "done", seconds: 1.23456, gas: 12n });
		const { event, data } = await next();
		assert.deepEqual([event, data.state, data.seconds, data.gas], ["job", "done", 1.235, "12"]);
		jobs.progress({ step: "prove the encryption", state: "started" });
		assert.equal((await next()).data.state, "running");
		jobs.stopRunning();
		assert.equal((await next()).data.state, "stopped");
		offers.put(OFFER);
		assert.equal((await next()).event, "transactions");
	});

	it("tells the status as soon as there is one, and then whenever it is another one", async (context) => {
		const server = await startLocalServer(context);
		const { state, jobs, offers } = server;
		const { next } = await follow(context, server);
		assert.deepEqual([(await next()).event, (await next()).event], ["jobs", "transactions"]);
		state.opened(IDENTITY);
		state.looked({ blockNumber: 7n, now: 1_700_000_000n });
		const status = async () => {
			const { event, data } = await next();
			assert.equal(event, "status");
			return data;
		};
		const first = await status();
		assert.deepEqual([first.chain?.block, first.expects, first.problem], [7, { seconds: 12.5, proofs: 3 }, null]);
		// Nothing of it is another one.
		state.looked({ blockNumber: 7n, now: 1_700_000_000n });
		state.stepped({ kind: "wait", reason: "no round is open" });
		assert.equal((await status()).next?.text, "no round is open");
		state.failed(new DecentraHealthError("RPC_UNREACHABLE", { message: "m", nextStep: "n" }));
		assert.equal((await status()).problem?.code, "RPC_UNREACHABLE");
		state.recovered();
		assert.equal((await status()).problem, null);
		jobs.progress({ step: "prove the encryption", state: "started" });
		assert.equal((await next()).event, "job");
		assert.deepEqual((await status()).next, { state: "working", action: null, text: "prove the encryption" });
		offers.put(OFFER);
		assert.equal((await next()).event, "transactions");
		assert.equal((await status()).next?.state, "sign");
		offers.clear();
		assert.deepEqual((await next()).data, { transactions: [] });
		assert.equal((await status()).next?.state, "working");
		// A page that comes later gets it at once.
		const later = await follow(context, server);
		assert.deepEqual(
			[(await later.next()).event, (await later.next()).event, (await later.next()).event],
			["jobs", "transactions", "status"],
		);
	});

	it("can be asked for by a page's fetch, which asks beforehand whether it may send the token", async (context) => {
		const { askAnonymously } = await startLocalServer(context);
		const preflight = (Origin: string) =>
			askAnonymously("/v1/jobs/events", {
				method: "OPTIONS",
				headers: {
					Origin,
					"Access-Control-Request-Method": "GET",
					"Access-Control-Request-Headers": "authorization",
					"Access-Control-Request-Private-Network": "true",
				},
			});
		const { status, headers } = await preflight(ORIGIN);
		assert.equal(status, 204);
		assert.equal(headers["access-control-allow-origin"], ORIGIN);
		assert.match(String(headers["access-control-allow-headers"]), /Authorization/);
		assert.equal(headers["access-control-allow-private-network"], "true");
		const refused = await preflight("https://evil.example");
		assert.equal(refused.status, 403);
		assert.equal(refused.headers["access-control-allow-private-network"], undefined);
	});

	it("is open to a few pages at a time", async (context) => {
		const { url, authorized } = await startLocalServer(context);
		const path = `${url}/v1/jobs/events`;
		const streams = await Promise.all(Array.from({ length: 8 }, () => open(path, { headers: authorized })));
		const refused = await open(path, { headers: authorized });
		assert.equal(refused.statusCode, 429);
		refused.resume();
		streams[0]?.destroy();
		for (let attempt = 0; ; attempt++) {
			const again = await open(path, { headers: authorized });
			if (again.statusCode === 200) break;
			assert.ok(attempt < 100);
			again.resume();
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		for (const stream of streams) stream.destroy();
	});

	it("gives up a page that reads nothing", () => {
		const { body, send, end } = eventStream();
		const text = "x".repeat(100_000);
		for (let event = 0; event < 30 && !body.destroyed; event++) send("status", { text });
		assert.ok(body.destroyed);
		assert.ok(body.readableLength + body.writableLength < 2_000_000);
		send("status", {});
		end();
	});
});
