import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contentSecurityPolicy, type PolicyOptions } from "../../web/lib/security/csp.ts";

const CONFIG: PolicyOptions["config"] = {
	chain: { id: 1, name: "Chain", rpcUrl: "https://rpc.example/key", webSocketUrl: "wss://rpc.example/key" },
	gateways: ["https://gateway.example/path"],
};

const directivesOf = (options: Partial<PolicyOptions> = {}): ReadonlyMap<string, readonly string[]> =>
	new Map(
		contentSecurityPolicy({ nonce: "n0nce", config: CONFIG, path: "/", development: false, ...options })
			.split("; ")
			.map((directive) => {
				const [name = "", ...values] = directive.split(" ");
				return [name, values];
			}),
	);

describe("the content security policy", () => {
	it("runs scripts of this origin by nonce, and nothing that is inline or evaluated", () => {
		const scripts = directivesOf().get("script-src") ?? [];
		assert.deepEqual(scripts, ["'self'", "'nonce-n0nce'", "'strict-dynamic'", "'wasm-unsafe-eval'"]);
		assert.deepEqual(directivesOf().get("default-src"), ["'none'"]);
		assert.deepEqual(directivesOf().get("object-src"), ["'none'"]);
		assert.deepEqual(directivesOf().get("frame-ancestors"), ["'none'"]);
		assert.deepEqual(directivesOf().get("base-uri"), ["'none'"]);
	});

	it("lets a page reach the configured node and gateways, and this machine's workers", () => {
		assert.deepEqual(directivesOf().get("connect-src"), [
			"'self'",
			"https://rpc.example",
			"wss://rpc.example",
			"https://gateway.example",
			"http://127.0.0.1:*",
			"http://localhost:*",
		]);
	});

	it("names no path, and so no API key, of the configured places", () => {
		assert.doesNotMatch(contentSecurityPolicy({ nonce: "n", config: CONFIG, path: "/", development: false }), /key/);
	});

	it("opens WalletConnect's hosts with a project id alone", () => {
		const hosts = (id?: string) =>
			directivesOf({ config: { ...CONFIG, ...(id === undefined ? {} : { walletConnectProjectId: id }) } as never }).get(
				"connect-src",
			);
		assert.ok(!hosts()?.join().includes("walletconnect"));
		assert.ok(hosts("id")?.join().includes("walletconnect"));
	});

	it("lets the audit's page alone reach other nodes and gateways", () => {
		assert.ok(directivesOf({ path: "/audit" }).get("connect-src")?.includes("https:"));
		for (const path of ["/", "/audits", "/hospital", "/audit/x"]) {
			assert.ok(!directivesOf({ path }).get("connect-src")?.includes("https:"), path);
		}
	});

	it("reaches nothing but this origin without a configuration", () => {
		assert.deepEqual(directivesOf({ config: undefined }).get("connect-src"), ["'self'"]);
	});
});
