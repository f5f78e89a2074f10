/**
 * A story that several people play in one browser, each in a window of their own: what the files of a browser test tell in steps, one after another. A step
 * after one that failed says nothing, and is skipped.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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
	readonly people: ReadonlyMap<string, WalletVisitor>;
	/** A participant by name, or somebody else by the number of their account: whoever is new opens a window. */
	readonly person: (name: string, account?: number) => Promise<WalletVisitor>;
};

/** What everybody sees, for the message of a step that failed. */
const shownTo = async (people: ReadonlyMap<string, WalletVisitor>): Promise<string> => {
	const texts: string[] = [];
	for (const [name, { page, watch }] of people) {
		if (page.isClosed()) continue;
		texts.push(
			`--- ${name} at ${page.url()}\n${await page.locator("main").innerText()}\n${watch.problems().join("\n")}`,
		);
	}
	return texts.join("\n");
};

/** Within a suite: its steps are told with what this returns. */
export const tellStory = (): ((name: string, run: (story: Story) => Promise<void>) => void) => {
	const people = new Map<string, WalletVisitor>();
	let story: Story | undefined;
	let failed: string | undefined;

	before(async () => {
		const [served, browser] = await Promise.all([servedDemo(), launchBrowser()]);
		const person: Story["person"] = async (name, account = served.place(name).accountIndex) => {
			const known = people.get(name);
			if (known !== undefined) return known;
			const byKeyboard = BY_KEYBOARD.includes(name);
			const visitor = await openWalletVisitor(browser, served.url, { ...walletOptions(served, account), byKeyboard });
			people.set(name, visitor);
			return visitor;
		};
		story = { served, browser, people, person };
	});
	after(async () => {
		for (const { close } of people.values()) await close();
		await story?.browser.close();
	});

	return (name, run) =>
		void test(name, async (context) => {
			if (failed !== undefined || story === undefined) return context.skip(`after "${failed ?? "the start"}"`);
			try {
				await run(story);
			} catch (error) {
				failed = name;
				throw new Error(`${String(error)}\n${await shownTo(people)}`, { cause: error });
			}
		});
};

/** At the end of a story: what its people's wallets and browsers were asked for, and what is left in them. */
export const assertDiscreet = async ({ served, people }: Story): Promise<void> => {
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
};
