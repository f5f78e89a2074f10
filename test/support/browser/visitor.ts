/** A person with a browser of their own: cookies, storage and wallet are nobody else's. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { WIDTHS } from "./axe.ts";
import { installWallet, type TestWallet, type WalletOptions } from "./wallet.ts";
import { type Watch, watchContext } from "./watch.ts";

export type Visitor = {
	readonly context: BrowserContext;
	readonly page: Page;
	readonly watch: Watch;
	/** Everything that the browser keeps for the page's origin. */
	readonly storage: () => Promise<{
		readonly local: Readonly<Record<string, string>>;
		readonly session: Readonly<Record<string, string>>;
		readonly cookies: readonly string[];
		readonly databases: readonly string[];
		readonly caches: readonly string[];
	}>;
	/** Fails when anything went wrong in the page that nobody expected. */
	readonly assertClean: () => void;
	readonly close: () => Promise<void>;
};

/** @param baseUrl what a page's path is relative to */
export const openVisitor = async (browser: Browser, baseUrl: string): Promise<Visitor> => {
	const context = await browser.newContext({
		baseURL: baseUrl,
		viewport: WIDTHS[1280],
		colorScheme: "light",
		reducedMotion: "reduce",
		locale: "en-GB",
		timezoneId: "America/New_York",
		// Hashes are copied, reports and models downloaded.
		permissions: ["clipboard-read", "clipboard-write"],
		acceptDownloads: true,
	});
	const watch = await watchContext(context);
	const page = await context.newPage();
	// A machine that proves meanwhile is slow; what hangs is ended all the same.
	page.setDefaultTimeout(30_000);
	page.setDefaultNavigationTimeout(90_000);
	const storage: Visitor["storage"] = async () => ({
		...(await page.evaluate(async () => ({
			local: { ...localStorage },
			session: { ...sessionStorage },
			databases: (await indexedDB.databases()).map(({ name }) => name ?? ""),
			caches: await caches.keys(),
		}))),
		cookies: (await context.cookies()).map(({ name }) => name),
	});
	const assertClean = (): void => assert.deepEqual(watch.problems(), []);
	return { context, page, watch, storage, assertClean, close: () => context.close() };
};

export type WalletVisitor = Visitor & {
	readonly wallet: TestWallet;
	/** Without a mouse. */
	readonly byKeyboard: boolean;
};

export const openWalletVisitor = async (
	browser: Browser,
	baseUrl: string,
	{ byKeyboard = false, ...options }: WalletOptions & { readonly byKeyboard?: boolean },
): Promise<WalletVisitor> => {
	const visitor = await openVisitor(browser, baseUrl);
	return { ...visitor, byKeyboard, wallet: await installWallet(visitor.context, options) };
};

/** For one test: it fails when something goes wrong in the page that it did not allow, and the browser's window closes with it. */
export const closesWith = <V extends Visitor>(test: TestContext, visitor: V): V => {
	test.after(async () => {
		await visitor.close();
		visitor.assertClean();
	});
	return visitor;
};
