/** The browser tests' own tools, on pages of their own: that they see what they are there to see. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { axeEverywhere } from "../support/browser/axe.ts";
import { launchBrowser } from "../support/browser/chromium.ts";
import { tabTo } from "../support/browser/keyboard.ts";
import { openVisitor, openWalletVisitor } from "../support/browser/visitor.ts";
import { hostsOf } from "../support/browser/watch.ts";
import { serve } from "../support/httpServer.ts";
import { startRpcProxy } from "../support/rpcProxy.ts";

const HASH = `0x${"ab".repeat(32)}`;
const CHAIN = 31337;
let browser: Browser;
before(async () => {
	browser = await launchBrowser();
});
after(() => browser.close());

const page = (body: string): string =>
	`<!doctype html><html lang="en"><head><title>A page</title></head><body><main><h1>A page</h1>${body}</main></body></html>`;

/** A node that takes every transaction. */
const startNode = async () => {
	const node = await startRpcProxy("http://127.0.0.1:9");
	const results: Readonly<Record<string, unknown>> = {
		eth_estimateGas: "0x5208",
		eth_getTransactionCount: "0x0",
		eth_gasPrice: "0x1",
		eth_sendRawTransaction: HASH,
		eth_blockNumber: "0x7",
	};
	node.answer = ({ method }) => ({ result: results[method] ?? null });
	return node;
};

/** A page that keeps what the wallets announce and tell, as a dApp would. */
const DAPP = page(`<script>
	window.wallets = []; window.told = [];
	addEventListener("eip6963:announceProvider", ({ detail }) => {
		if (wallets.some(({ info }) => info.uuid === detail.info.uuid)) return;
		wallets.push(detail);
		for (const name of ["chainChanged", "accountsChanged"]) detail.provider.on(name, (value) => told.push([detail.info.name, name, value]));
	});
	dispatchEvent(new Event("eip6963:requestProvider"));
	window.ask = (wallet, method, params) => wallets[wallet].provider.request({ method, params }).then((result) => ({ result }), ({ code, message }) => ({ code, message }));
</script>`);

test("an injected wallet: announced, connected, switched, rejected, disconnected; all that it was asked for is kept", async (context) => {
	const site = await serve(context, (_, response) => response.setHeader("content-type", "text/html").end(DAPP));
	const node = await startNode();
	context.after(node.close);
	const options = { account: 1, rpcUrl: node.url, chainId: CHAIN, startsOn: 1, names: ["First", "Second"] };
	const visitor = await openWalletVisitor(browser, site.href, options);
	const { wallet } = visitor;
	await visitor.page.goto("/");
	const ask = (which: number, method: string, params: unknown[] = []): Promise<unknown> =>
		visitor.page.evaluate(`ask(${which}, ${JSON.stringify(method)}, ${JSON.stringify(params)})`);
	const transaction = { from: wallet.address, to: wallet.address, data: "0x12345678" };
	const shown = wallet.address.toLowerCase();

	assert.deepEqual(await visitor.page.evaluate("wallets.map(({ info }) => info.name)"), ["First", "Second"]);
	assert.deepEqual(await ask(0, "eth_accounts"), { result: [] });
	assert.deepEqual(wallet.asked, []);
	assert.deepEqual(await ask(0, "eth_requestAccounts"), { result: [shown] });
	assert.deepEqual(await ask(0, "eth_accounts"), { result: [shown] });
	assert.deepEqual(await ask(1, "eth_accounts"), { result: [] });

	assert.deepEqual(await ask(0, "eth_chainId"), { result: "0x1" });
	assert.equal(((await ask(0, "eth_sendTransaction", [transaction])) as { code: number }).code, 4901);
	assert.equal(((await ask(0, "wallet_switchEthereumChain", [{ chainId: "0x5" }])) as { code: number }).code, 4902);
	assert.deepEqual(await ask(0, "wallet_switchEthereumChain", [{ chainId: "0x7a69" }]), { result: null });
	assert.deepEqual(await visitor.page.evaluate("told"), [
		["First", "chainChanged", "0x7a69"],
		["Second", "chainChanged", "0x7a69"],
	]);

	wallet.rejectNext();
	assert.equal(((await ask(0, "eth_sendTransaction", [transaction])) as { code: number }).code, 4001);
	assert.deepEqual(await ask(0, "eth_sendTransaction", [transaction]), { result: HASH });
	assert.equal(((await ask(0, "personal_sign", ["0x00", wallet.address])) as { code: number }).code, 4200);
	assert.deepEqual(await ask(0, "eth_blockNumber"), { result: "0x7" });
	assert.deepEqual(
		wallet.asked.map(({ method, outcome }) => [method, outcome]),
		[
			["eth_requestAccounts", "done"],
			["eth_sendTransaction", "refused"],
			["wallet_switchEthereumChain", "refused"],
			["wallet_switchEthereumChain", "done"],
			["eth_sendTransaction", "rejected"],
			["eth_sendTransaction", "done"],
			["personal_sign", "refused"],
		],
	);
	assert.deepEqual(wallet.transactions()[1], transaction);

	await visitor.page.reload();
	assert.deepEqual(await ask(0, "eth_accounts"), { result: [shown] });
	await wallet.disconnect();
	assert.deepEqual(await ask(0, "eth_accounts"), { result: [] });
	visitor.assertClean();
	await visitor.close();
});

test("whatever goes wrong in a page is noticed", async (context) => {
	const body = page(`
		<script nonce="good">
			console.error("said"); Promise.reject(new Error("thrown")); fetch("/missing"); fetch("http://127.0.0.1:9/nobody").catch(() => {});
			fetch("https://example.com/elsewhere").catch(() => {});
		</script>
		<script>console.log("inline")</script>`);
	const site = await serve(context, (request, response) => {
		response.setHeader("content-type", "text/html");
		response.setHeader("content-security-policy", "script-src 'nonce-good'; connect-src 'self' http://127.0.0.1:*");
		response.statusCode = request.url === "/" ? 200 : 404;
		response.end(body);
	});
	const visitor = await openVisitor(browser, site.href);
	visitor.watch.allow(/favicon/);
	await visitor.page.goto("/", { waitUntil: "networkidle" });
	for (const expected of [
		/^console: said/,
		/^uncaught: Error: thrown/,
		/^HTTP 404: GET .*\/missing/,
		/^request failed: GET http:\/\/127\.0\.0\.1:9\/nobody/,
		/^content security policy: script-src-elem blocked inline/,
		/^content security policy: connect-src blocked https:\/\/example\.com/,
	]) {
		assert.ok(
			visitor.watch.problems().some((problem) => expected.test(problem)),
			`${expected} is not in:\n${visitor.watch.problems().join("\n")}`,
		);
	}
	assert.throws(visitor.assertClean);
	assert.deepEqual([...hostsOf(visitor.watch.requests)].sort(), ["127.0.0.1:9", site.host].sort());
	await visitor.close();
});

test("axe-core sees a violation, and in which scheme and width it is; a focus that can't be seen is told", async (context) => {
	const body = page(`
		<meta name="viewport" content="width=device-width">
		<style>:root { color-scheme: light } @media (prefers-color-scheme: dark) and (max-width: 500px) { p { color: #333; background: #222 } }</style>
		<p>A text</p><a href="/a">visible</a> <button style="outline: none">hidden focus</button>`);
	const site = await serve(context, (_, response) => response.setHeader("content-type", "text/html").end(body));
	const visitor = await openVisitor(browser, site.href);
	await visitor.page.goto("/");
	const violations = await axeEverywhere(visitor.page);
	assert.equal(violations.length, 1, violations.join("\n"));
	assert.match(violations[0] ?? "", /dark 390 px: color-contrast/);
	await tabTo(visitor.page, visitor.page.getByRole("link", { name: "visible" }));
	await assert.rejects(
		tabTo(visitor.page, visitor.page.getByRole("button", { name: "hidden focus" })),
		/can't be seen/,
	);
	await assert.rejects(tabTo(visitor.page, visitor.page.getByRole("heading")), /never reached/);
	await visitor.page.evaluate(
		"localStorage.setItem('a', '1'); sessionStorage.setItem('b', '2'); document.cookie = 'c=3'",
	);
	assert.deepEqual(await visitor.storage(), {
		local: { a: "1" },
		session: { b: "2" },
		cookies: ["c"],
		databases: [],
		caches: [],
	});
	await visitor.close();
});
