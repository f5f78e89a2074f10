/** The links themselves: what each fault does to a request, and that a healed link does nothing. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type LinkFault, type Links, type Passage, startLinks } from "../support/faults/links.ts";
import { serve } from "../support/httpServer.ts";
import { randomRing } from "../support/randomRing.ts";

const BODY = "an answer of some length, so that some of it can be changed";

const setUp = async (context: TestContext) => {
	const served: string[] = [];
	const target = await serve(context, (request, response) => {
		served.push(`${request.method} ${request.url}`);
		response.writeHead(200, { "Content-Type": "text/plain", "X-Kept": "yes" }).end(BODY);
	});
	const links = await startLinks(() => randomRing("links"));
	context.after(links.close);
	links.targets.set("store", target.origin);
	return { links, served };
};

const ask = (links: Links, path = "/me/store/ipfs/x?format=raw", options: RequestInit = {}): Promise<Response> =>
	fetch(`${links.url}${path}`, { ...options, signal: AbortSignal.timeout(500) });

test("a whole link passes on path, method, body and headers, and tells what passed", async (context) => {
	const { links, served } = await setUp(context);
	const seen: Passage[] = [];
	links.onPassage = (passage) => void seen.push(passage);
	const answer = await ask(links, "/me/store/rpc", { method: "POST", body: "question" });
	assert.equal(await answer.text(), BODY);
	assert.equal(answer.headers.get("x-kept"), "yes");
	assert.deepEqual(served, ["POST /rpc"]);
	const [passage] = seen;
	assert.deepEqual([passage?.from, passage?.to], ["me", "store"]);
	assert.deepEqual([passage?.request.toString(), passage?.answer.toString()], ["question", BODY]);
	assert.equal((await ask(links, "/me/nobody/x")).status, 404);
});

test("each fault does what its name says, on the links that it is set for", async (context) => {
	const { links, served } = await setUp(context);
	const under = async <T>(fault: LinkFault, run: () => Promise<T>): Promise<T> => {
		links.heal();
		links.set(["me"], ["store"], { faults: [fault] });
		served.length = 0;
		return run();
	};
	await under("dropped", () => assert.rejects(ask(links)));
	assert.equal(served.length, 0);
	await under("answer lost", () => assert.rejects(ask(links)));
	assert.equal(served.length, 1);
	await under("silent", () => assert.rejects(ask(links), { name: "TimeoutError" }));
	assert.equal(served.length, 0);
	await under("truncated", () => assert.rejects(ask(links).then((answer) => answer.text())));
	assert.equal((await under("HTTP 503", () => ask(links))).status, 503);
	const changed = await (await under("corrupted", () => ask(links))).text();
	assert.ok(changed !== BODY && changed.length === BODY.length);
	assert.ok((await (await under("oversized", () => ask(links))).arrayBuffer()).byteLength > 2 ** 20);
	const nonsense = await (await under("nonsense", () => ask(links))).text();
	assert.throws(() => JSON.parse(nonsense), SyntaxError);
	const startedAt = performance.now();
	assert.equal(await (await under({ delay: 80 }, () => ask(links))).text(), BODY);
	assert.ok(performance.now() - startedAt >= 80);
	// Others are not concerned, and everybody is with "*"; the rule that was set last counts.
	links.heal();
	links.set(["*"], ["store"], { faults: ["dropped"] });
	links.set(["me"], ["*"], { faults: ["HTTP 503"] });
	await assert.rejects(ask(links, "/you/store/x"));
	assert.equal((await ask(links)).status, 503);
	links.heal();
	assert.equal(await (await ask(links)).text(), BODY);
});

test("healing breaks off what hangs, and probabilities are the seed's", async (context) => {
	const { links } = await setUp(context);
	links.set(["*"], ["*"], { faults: ["silent"] });
	const hanging = fetch(`${links.url}/me/store/x`);
	setTimeout(links.heal, 50);
	await assert.rejects(hanging);
	links.set(["*"], ["*"], { faults: ["HTTP 503"], probability: 0 });
	assert.equal((await ask(links)).status, 200);
	const before = links.hits();
	links.set(["*"], ["*"], { faults: ["HTTP 503"], probability: 1 });
	assert.equal((await ask(links)).status, 503);
	assert.equal(links.hits(), before + 1);
});
