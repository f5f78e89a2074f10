/**
 * A story that several people play in one browser, each in a window of their own: what the files of the browser tests tell in steps, one after another. A
 * step after one that failed says nothing, and is skipped.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./chromium.ts";
import { otherRequests, walletOptions } from "./desk.ts";
import type { Served } from "./served.ts";
import { servedDemo } from "./sharedServed.ts";
import { openWalletVisitor, type WalletVisitor } from "./visitor.ts";

export const HOSPITALS = ["hospital-1", "hospital-2", "hospital-3"] as const;
export const MEMBERS = ["member-1", "member-2", "member-3"] as const;
/** They do everything without a mouse; the others have one. */
const BY_KEYBOARD: readonly string[] = ["coordinator", "hospital-1", "member-1"];

export type Story = {
	readonly served: Served;
	readonly browser: Browser;
	/** A participant by name, or somebody else by the number of their account: whoever is new opens a window. */
	readonly person: (name: string, account?: number) => Promise<WalletVisitor>;
};

/** Who has a window. */
const people = new Map<string, WalletVisitor>();
let story: Promise<Story> | undefined;
let failed: string | undefined;

/** What everybody sees, for the message of a step that failed. */
const shown = async (): Promise<string> => {
	const texts: string[] = [];
	for (const [name, { page, watch }] of people) {
		if (page.isClosed()) continue;
		const text = await page.locator("main").innerText();
		texts.push(`--- ${name} at ${page.url()}\n${text}\n${watch.problems().join("\n")}`);
	}
	return texts.join("\n");
};

const begin = async (): Promise<Story> => {
	const [served, browser] = await Promise.all([servedDemo(), launchBrowser()]);
	const person: Story["person"] = async (name, account = served.place(name).accountIndex) => {
		const known = people.get(name);
		if (known !== undefined) return known;
		const byKeyboard = BY_KEYBOARD.includes(name);
		const visitor = await openWalletVisitor(browser, served.url, { ...walletOptions(served, account), byKeyboard });
		people.set(name, visitor);
		return visitor;
	};
	return { served, browser, person };
};

after(async () => {
	await (await story)?.browser.close();
});

/** A step of the one story of this process, whichever file tells it. */
export const step = (name: string, run: (story: Story) => Promise<void>): void =>
	void test(name, async (context) => {
		if (failed !== undefined) return context.skip(`after "${failed}"`);
		try {
			story ??= begin();
			await run(await story);
		} catch (error) {
			failed = name;
			throw new Error(`${String(error)}\n${await shown()}`, { cause: error });
		}
	});

/** At the end of the story: what its people's wallets and browsers were asked for, and what is left in them. Their windows close. */
export const assertDiscreet = async ({ served }: Story): Promise<void> => {
	const { host } = new URL(served.url);
	for (const [name, visitor] of people) {
		assert.deepEqual(otherRequests(visitor), [], name);
		visitor.assertClean();
		const { local, session, cookies, databases, caches } = await visitor.storage();
		assert.deepEqual({ cookies, databases, caches }, { cookies: [], databases: [], caches: [] });
		assert.deepEqual(
			Object.keys(local).filter((key) => !/color-scheme/.test(key)),
			[],
		);
		const token = name === "stranger" ? "no worker's" : await served.token(name);
		for (const [key, value] of Object.entries(session)) {
			if (!/worker|pair/i.test(key)) assert.ok(!value.includes(token), `${name}: ${key} holds the worker's token`);
		}
		assert.equal(new URL(visitor.page.url()).host, host);
	}
	for (const { close } of people.values()) await close();
	people.clear();
};
