/** What each of the dApp's routes costs somebody who comes to it for the first time. */
import type { Browser } from "playwright-core";
import { firstLoad } from "../../../test/support/browser/firstLoad.ts";
import { openVisitor } from "../../../test/support/browser/visitor.ts";
import { readVitals, recordVitals, type Vitals } from "../../../test/support/browser/vitals.ts";

export type RouteMeasure = {
	readonly route: string;
	readonly scriptBytes: number;
	readonly files: number;
	readonly transferred: number;
	/** On this machine and network; and as Lighthouse takes a phone: processor four times slower, 1.6 Mbit/s with 150 ms a round trip. */
	readonly desk: Vitals;
	readonly phone: Vitals;
};

const SLOW_NETWORK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOW_PROCESSOR = 4;
/** After the network is quiet: what the page still does then counts as well. */
const SETTLE = 1_000;
/** The median of so many; on the slow network each takes long, and differs little. */
const RUNS = { desk: 3, phone: 1 } as const;

const vitalsOf = async (browser: Browser, baseUrl: string, path: string, slow: boolean): Promise<Vitals> => {
	const visitor = await openVisitor(browser, baseUrl);
	const { context, page } = visitor;
	try {
		const session = await context.newCDPSession(page);
		if (slow) {
			await session.send("Network.enable");
			await session.send("Network.emulateNetworkConditions", SLOW_NETWORK);
			await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW_PROCESSOR });
			await page.setViewportSize({ width: 390, height: 844 });
		}
		await recordVitals(page);
		await page.goto(path, { waitUntil: "networkidle", timeout: 60_000 });
		await page.waitForTimeout(SETTLE);
		return await readVitals(page);
	} finally {
		await visitor.close();
	}
};

const median = (values: readonly number[]): number =>
	[...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const medianVitals = (runs: readonly Vitals[]): Vitals => ({
	firstPaint: median(runs.map(({ firstPaint }) => firstPaint)),
	largestPaint: median(runs.map(({ largestPaint }) => largestPaint)),
	blocking: median(runs.map(({ blocking }) => blocking)),
	longestTask: median(runs.map(({ longestTask }) => longestTask)),
	layoutShift: median(runs.map(({ layoutShift }) => layoutShift)),
});

const repeat = async (count: number, run: () => Promise<Vitals>): Promise<Vitals> => {
	const runs: Vitals[] = [];
	for (let index = 0; index < count; index++) runs.push(await run());
	return medianVitals(runs);
};

/** @param path of the route on this deployment, such as /rounds/3 for /rounds/[round] */
export const measureRoute = async (
	browser: Browser,
	baseUrl: string,
	route: string,
	path: string,
): Promise<RouteMeasure> => {
	const { scripts, scriptBytes, transferred } = await firstLoad(browser, baseUrl, path);
	return {
		route,
		scriptBytes,
		files: scripts.length,
		transferred,
		desk: await repeat(RUNS.desk, () => vitalsOf(browser, baseUrl, path, false)),
		phone: await repeat(RUNS.phone, () => vitalsOf(browser, baseUrl, path, true)),
	};
};
