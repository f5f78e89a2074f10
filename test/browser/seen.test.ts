/** The public pages after the round of round.test.ts: what anybody sees of it, audits and tries, without a wallet. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { foldEvents } from "../../worker/core/ledger/fold.ts";
import type { Ledger } from "../../worker/core/ledger/state.ts";
import { axeEverywhere } from "../support/browser/axe.ts";
import { FIRST_LOAD_BUDGET } from "../support/browser/budget.ts";
import { launchBrowser } from "../support/browser/chromium.ts";
import { PATIENT } from "../support/browser/desk.ts";
import { firstLoad } from "../support/browser/firstLoad.ts";
import { pressOn, tabTo } from "../support/browser/keyboard.ts";
import { startLyingGateway } from "../support/browser/lyingGateway.ts";
import type { Served } from "../support/browser/served.ts";
import { servedDemo } from "../support/browser/sharedServed.ts";
import { closesWith, openVisitor } from "../support/browser/visitor.ts";
import { hostsOf } from "../support/browser/watch.ts";
import measured from "../vectors/bundles.json" with { type: "json" };

const AUDIT = { timeout: 120_000 };
const PUBLIC = ["/", "/rounds/1", "/rounds/2", "/rounds/9", "/models", "/models/2", "/models/9", "/audit"];
/** Of a route's first load, over the last measurement. */
const GROWTH = 1.05;
/** Within the ciphertext. */
const CIPHERTEXT_BYTE = 300;

let served: Served;
let browser: Browser;
let ledger: Ledger;

// A suite of its own: hooks of whole files run before the first test of any, when files share a process.
/** The server's page is there before its scripts are: what is typed or pressed until then is lost. The footer knows the block when they run. */
const alive = (page: Page): Promise<void> => page.getByText(/read up to block/).waitFor(PATIENT);

const open = async (page: Page, path: string): Promise<void> => {
	await page.goto(path);
	await alive(page);
};

describe("the public pages after a round", () => {
	before(async () => {
		[served, browser] = await Promise.all([servedDemo(), launchBrowser()]);
		const chain = await connectChain({ rpcUrl: served.rpcUrl, address: served.roundManager });
		ledger = foldEvents((await chain.readEvents()).events);
		assert.equal(ledger.rounds.get(1n)?.phase, "Finalized", "the round of round.test.ts comes before these");
	});
	after(async () => {
		await browser?.close();
	});

	const policyOf = async (path: string): Promise<Map<string, readonly string[]>> => {
		const header = (await fetch(new URL(path, served.url))).headers.get("content-security-policy") ?? "";
		return new Map(
			header.split(";").map((directive) => {
				const [name = "", ...sources] = directive.trim().split(/\s+/);
				return [name, sources];
			}),
		);
	};

	test("the content security policy allows scripts by a nonce of one request, and connections to what is configured", async () => {
		const policy = await policyOf("/");
		const scripts = policy.get("script-src") ?? [];
		assert.ok(scripts.includes("'strict-dynamic'"));
		assert.ok(!scripts.includes("'unsafe-inline'") && !scripts.includes("'unsafe-eval'"));
		const nonce = scripts.find((source) => source.startsWith("'nonce-"));
		assert.match(nonce ?? "", /^'nonce-[A-Za-z0-9+/=]{20,}'$/);
		assert.notEqual(
			nonce,
			(await policyOf("/")).get("script-src")?.find((source) => source.startsWith("'nonce-")),
		);
		assert.deepEqual(policy.get("default-src"), ["'none'"]);
		assert.deepEqual(policy.get("object-src"), ["'none'"]);
		assert.deepEqual(policy.get("base-uri"), ["'none'"]);
		assert.deepEqual(policy.get("frame-ancestors"), ["'none'"]);
		assert.deepEqual(policy.get("form-action"), ["'self'"]);
		for (const source of policy.get("connect-src") ?? []) {
			assert.match(
				source,
				/^('self'|(https?|wss?):\/\/(127\.0\.0\.1|localhost)(:(\d+|\*))?)$/,
				"only what is configured",
			);
		}
		for (const path of ["/audit", "/hospital"]) {
			const own = (await policyOf(path)).get("script-src") ?? [];
			assert.ok(!own.includes("'unsafe-inline'") && !own.includes("'unsafe-eval'"), path);
		}
	});

	test("every public page is without a violation in light and dark, on a phone and on a desk, and asks nobody but the configured hosts", async (context) => {
		const visitor = closesWith(context, await openVisitor(browser, served.url));
		for (const path of PUBLIC) {
			await visitor.page.goto(path, { waitUntil: "networkidle" });
			await visitor.page.getByRole("heading", { level: 1 }).waitFor(PATIENT);
			assert.deepEqual(await axeEverywhere(visitor.page), []);
		}
		const allowed = [served.url, served.rpcUrl, served.gateway].map((url) => new URL(url).host);
		assert.deepEqual(
			[...hostsOf(visitor.watch.requests)].filter((host) => !allowed.includes(host)),
			[],
		);
		const { local, session, cookies } = await visitor.storage();
		assert.deepEqual({ local, session, cookies }, { local: {}, session: {}, cookies: [] });
	});

	test("first loads: the overview within its budget, no route much larger than when it was measured last", async () => {
		const paths: Readonly<Record<string, string>> = { "/rounds/[round]": "/rounds/1", "/models/[model]": "/models/2" };
		const tooLarge: string[] = [];
		for (const [route, before] of Object.entries(measured)) {
			const { scriptBytes, scripts } = await firstLoad(browser, served.url, paths[route] ?? route);
			const most = route === "/" ? FIRST_LOAD_BUDGET : before * GROWTH;
			if (scriptBytes <= most) continue;
			const files = scripts.map(({ url, bytes }) => `  ${bytes} ${url}`).join("\n");
			tooLarge.push(`${route}: ${scriptBytes} bytes of compressed JavaScript, ${Math.round(most)} at most:\n${files}`);
		}
		assert.deepEqual(tooLarge, [], "or, if it is worth that: npm run bench:web -- --write");
	});

	test("a deep link shows its update, with what each proof says", async (context) => {
		const { page } = closesWith(context, await openVisitor(browser, served.url));
		const hospital = ledger.rounds.get(1n)?.updates[1]?.hospital ?? "0x";
		await page.goto(`/rounds/1#update-${hospital}`);
		const update = page.locator(`[id="update-${hospital}" i]`);
		await update.waitFor(PATIENT);
		await page.waitForFunction((id) => {
			const found = document.querySelector(`[id="${id}" i]`)?.getBoundingClientRect();
			return found !== undefined && found.top < window.innerHeight && found.bottom > 0;
		}, `update-${hospital}`);
	});

	test("the audit of the round is clean, by keyboard alone, and its report is a file", async (context) => {
		const { page } = closesWith(context, await openVisitor(browser, served.url));
		await page.goto("/");
		await pressOn(page, page.getByRole("navigation").getByRole("link", { name: "Audit" }));
		await page.waitForURL("**/audit");
		await alive(page);
		await tabTo(page, page.getByLabel("Contract address"));
		await pressOn(page, page.getByRole("button", { name: "Start the audit" }));
		await page.getByText("Clean: no check failed").first().waitFor(AUDIT);
		assert.deepEqual(await axeEverywhere(page), []);
		const download = page.waitForEvent("download");
		await pressOn(page, page.getByRole("button", { name: "Download report (JSON)" }));
		const report: unknown = JSON.parse(await readFile(await (await download).path(), "utf8"));
		assert.ok(typeof report === "object" && report !== null && "clean" in report && report.clean === true);
	});

	test("a bundle with one other byte is found, with the code and where it is", async (context) => {
		const update = ledger.rounds.get(1n)?.updates[0];
		const gateway = await startLyingGateway(served.gateway, update?.bundleDigest ?? "0x", CIPHERTEXT_BYTE);
		context.after(gateway.close);
		const { page } = closesWith(context, await openVisitor(browser, served.url));
		await open(page, "/audit");
		await page.getByLabel("IPFS gateways").fill(gateway.url);
		await page.getByRole("button", { name: "Start the audit" }).click();
		await page.getByText("Not clean: a check failed").first().waitFor(AUDIT);
		await page.getByText("BLOCK_MISMATCH").first().waitFor();
		assert.deepEqual(await axeEverywhere(page), []);
	});

	test("what is no deployment is refused in words", async (context) => {
		const visitor = closesWith(context, await openVisitor(browser, served.url));
		const { page } = visitor;
		await open(page, "/audit");
		await page.getByLabel("Contract address").fill("0x123");
		await page.getByRole("button", { name: "Start the audit" }).click();
		assert.equal(await page.getByLabel("Contract address").getAttribute("aria-invalid"), "true");
		await page.getByLabel("Contract address").fill(`0x${"12".repeat(20)}`);
		await page.getByRole("button", { name: "Start the audit" }).click();
		await page.getByText("CONTRACT_MISSING").first().waitFor(AUDIT);
		visitor.watch.allow(/127\.0\.0\.1:9\b|ERR_CONNECTION_REFUSED|ERR_UNSAFE_PORT/);
		await page.getByLabel("Contract address").fill(served.roundManager);
		await page.getByLabel("RPC URL").fill("http://127.0.0.1:9");
		await page.getByRole("button", { name: "Start the audit" }).click();
		await page.getByText("RPC_UNREACHABLE").first().waitFor(AUDIT);
	});

	test("a model is downloaded and tried; what is tried stays in the page", async (context) => {
		const visitor = closesWith(context, await openVisitor(browser, served.url));
		const { page } = visitor;
		await open(page, "/models");
		// The graph has a link, too, which may be beyond its edge.
		await page
			.getByRole("table")
			.getByRole("link", { name: /^model 2$/i })
			.first()
			.click();
		await page.waitForURL("**/models/2");
		await page
			.getByText(/not for clinical use/i)
			.first()
			.waitFor(PATIENT);
		const download = page.waitForEvent("download", PATIENT);
		await page
			.getByRole("button", { name: /download/i })
			.first()
			.click();
		assert.match((await download).suggestedFilename(), /\.zip$/);
		const before = visitor.watch.requests.length;
		await page.getByRole("button", { name: "Predict a random row" }).click();
		await page
			.getByText(/benign|malignant/)
			.first()
			.waitFor(PATIENT);
		const after = visitor.watch.requests.slice(before).filter((url) => /^https?:/.test(url));
		assert.deepEqual(
			[...hostsOf(after)].filter(
				(host) => ![served.url, served.gateway, served.rpcUrl].map((url) => new URL(url).host).includes(host),
			),
			[],
		);
	});
});
