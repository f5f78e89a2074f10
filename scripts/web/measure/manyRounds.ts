/** How pages cope with a deployment of many rounds: when they are usable, how long they don't answer, how they scroll, and what they ask while nothing happens. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import type { ChainServer } from "../../../test/support/browser/chainServer.ts";
import { openVisitor } from "../../../test/support/browser/visitor.ts";
import { readVitals, recordVitals, scrollFrames } from "../../../test/support/browser/vitals.ts";

export type ManyRounds = {
	readonly route: string;
	/** Milliseconds until the text that shows the chain's contents is there, and until the page is quiet. */
	readonly shown: number;
	readonly quiet: number;
	readonly longestTask: number;
	readonly blocking: number;
	readonly elements: number;
	/** Milliseconds, of the frames while the wheel turns. */
	readonly medianFrame: number;
	readonly longestFrame: number;
	/** Requests of JSON-RPC by method for one page load, and HTTP requests they came in. */
	readonly loading: Readonly<Record<string, number>>;
	readonly loadingPosts: number;
};

const difference = (after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>) =>
	Object.fromEntries(
		[...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)]).filter(([, count]) => count !== 0),
	);

export const measureManyRounds = async (
	browser: Browser,
	baseUrl: string,
	{ route, path, until, chain }: { route: string; path: string; until: RegExp; chain: ChainServer },
): Promise<ManyRounds> => {
	const visitor = await openVisitor(browser, baseUrl);
	const { page } = visitor;
	try {
		const before = new Map(chain.counts);
		const posts = chain.posts();
		await recordVitals(page);
		const startedAt = performance.now();
		await page.goto(path, { waitUntil: "commit" });
		await page.getByText(until).first().waitFor();
		const shown = performance.now() - startedAt;
		await page.waitForLoadState("networkidle");
		const quiet = performance.now() - startedAt;
		await page.waitForTimeout(500);
		const { longestTask, blocking } = await readVitals(page);
		const loading = difference(chain.counts, before);
		const loadingPosts = chain.posts() - posts;
		const elements = await page.evaluate(() => document.querySelectorAll("*").length);
		const frames = [...(await scrollFrames(page))].sort((a, b) => a - b);
		visitor.assertClean();
		return {
			route,
			shown,
			quiet,
			longestTask,
			blocking,
			elements,
			medianFrame: frames[frames.length >> 1] ?? Number.NaN,
			longestFrame: frames.at(-1) ?? Number.NaN,
			loading,
			loadingPosts,
		};
	} finally {
		await visitor.close();
	}
};

export type Idle = {
	readonly minutes: number;
	readonly posts: number;
	readonly requests: Readonly<Record<string, number>>;
};

/** An open page while the chain makes blocks without anything of the deployment in them. @param blockTime milliseconds */
export const measureIdle = async (
	browser: Browser,
	baseUrl: string,
	{
		path,
		chain,
		milliseconds,
		blockTime,
	}: { path: string; chain: ChainServer; milliseconds: number; blockTime: number },
): Promise<Idle> => {
	const visitor = await openVisitor(browser, baseUrl);
	const blocks = setInterval(() => chain.mine(), blockTime);
	try {
		await visitor.page.goto(path, { waitUntil: "networkidle" });
		const before = new Map(chain.counts);
		const posts = chain.posts();
		await sleep(milliseconds);
		return { minutes: milliseconds / 60_000, posts: chain.posts() - posts, requests: difference(chain.counts, before) };
	} finally {
		clearInterval(blocks);
		await visitor.close();
	}
};
