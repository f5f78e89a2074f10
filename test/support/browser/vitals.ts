/** How a page feels, from the browser's own records: what Lighthouse calls LCP, TBT and CLS. */
import type { Page } from "playwright-core";

export type Vitals = {
	/** Milliseconds since navigation. */
	readonly firstPaint: number;
	readonly largestPaint: number;
	/** What tasks took above 50 ms each, together; and the longest one. */
	readonly blocking: number;
	readonly longestTask: number;
	readonly layoutShift: number;
};

/** Before the page is opened. */
export const recordVitals = (page: Page): Promise<unknown> =>
	page.addInitScript(() => {
		const record = {
			firstPaint: 0,
			largestPaint: 0,
			tasks: [] as { start: number; duration: number }[],
			layoutShift: 0,
		};
		Reflect.set(window, "recordedVitals", record);
		const observe = (type: string, take: (entry: PerformanceEntry) => void): void =>
			new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
		observe("paint", ({ name, startTime }) => {
			if (name === "first-contentful-paint") record.firstPaint = startTime;
		});
		observe("largest-contentful-paint", ({ startTime }) => {
			record.largestPaint = startTime;
		});
		observe("longtask", ({ startTime, duration }) => record.tasks.push({ start: startTime, duration }));
		observe("layout-shift", (entry) => {
			const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
			if (!hadRecentInput) record.layoutShift += value;
		});
	});

/** @param since only tasks that began so many milliseconds after the navigation, or later */
export const readVitals = (page: Page, since = 0): Promise<Vitals> =>
	page.evaluate((from) => {
		type Recorded = Omit<Vitals, "blocking" | "longestTask"> & { tasks: { start: number; duration: number }[] };
		const { tasks, ...rest } = Reflect.get(window, "recordedVitals") as Recorded;
		const durations = tasks.filter(({ start }) => start >= from).map(({ duration }) => duration);
		return {
			...rest,
			blocking: durations.reduce((sum, duration) => sum + duration - 50, 0),
			longestTask: Math.max(0, ...durations),
		};
	}, since);

/** Milliseconds between frames while the page is scrolled to its end by the wheel. */
export const scrollFrames = async (page: Page): Promise<readonly number[]> => {
	await page.evaluate(() => {
		const times: number[] = [];
		Reflect.set(window, "recordedFrames", times);
		const frame = (time: number): void => {
			times.push(time);
			requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
	});
	await page.mouse.move(400, 400);
	for (let step = 0; step < 60; step++) {
		await page.mouse.wheel(0, 240);
		await page.waitForTimeout(16);
	}
	const times = await page.evaluate(() => Reflect.get(window, "recordedFrames") as number[]);
	return times.slice(1).map((time, index) => time - (times[index] ?? time));
};
