/** The measurements as a section of docs/BENCHMARKS.md. */
import { FIRST_LOAD_BUDGET } from "../../../test/support/browser/budget.ts";
import type { Idle, ManyRounds } from "./manyRounds.ts";
import type { RouteMeasure } from "./routes.ts";

export type Measurements = {
	/** Rounds of the deployment that the routes were measured on, and of the one with many. */
	readonly few: number;
	readonly rounds: number;
	readonly events: number;
	readonly machine: string;
	readonly chromium: string;
	readonly routes: readonly RouteMeasure[];
	readonly many: readonly ManyRounds[];
	readonly idle: Idle;
};

const number = (value: number, digits = 0): string => value.toLocaleString("en-US", { maximumFractionDigits: digits });
const kilobytes = (bytes: number): string => `${number(bytes / 1000, 1)} kB`;
const milliseconds = (value: number): string => `${number(value)} ms`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const listed = (requests: Readonly<Record<string, number>>): string =>
	Object.entries(requests)
		.sort(([, a], [, b]) => b - a)
		.map(([method, count]) => `${number(count)} ${method}`)
		.join(", ");

export const sectionText = ({ few, rounds, events, machine, chromium, routes, many, idle }: Measurements): string =>
	[
		"## The dApp in a browser",
		`Measured by \`npm run bench:web -- --write\` on ${new Date().toISOString().slice(0, 10)}, ${machine}, Chromium ${chromium} without a window, ` +
			`the production build, on a generated deployment of ${few} rounds. An empty browser each time; medians of 3, on the phone one run. ` +
			"Phone: processor 4 times slower, 1.6 Mbit/s, 150 ms a round trip, as Lighthouse takes it. LCP: largest contentful paint. TBT: what tasks took above 50 ms, together, from the navigation on.",
		`JavaScript of the first load, all of it that comes without a click, gzip; the overview's budget is ${kilobytes(FIRST_LOAD_BUDGET)}:`,
		table(
			["route", "JavaScript", "files", "everything", "LCP", "TBT", "layout shift", "phone: LCP", "phone: TBT"],
			routes.map(({ route, scriptBytes, files, transferred, desk, phone }) => [
				`\`${route}\``,
				kilobytes(scriptBytes),
				`${files}`,
				kilobytes(transferred),
				milliseconds(desk.largestPaint),
				milliseconds(desk.blocking),
				number(desk.layoutShift, 3),
				milliseconds(phone.largestPaint),
				milliseconds(phone.blocking),
			]),
		),
		`On a generated deployment of ${rounds} rounds and ${number(events)} events:`,
		table(
			[
				"route",
				"contents shown",
				"quiet",
				"longest task",
				"elements",
				"frame while scrolling, median",
				"longest",
				"requests to the node",
			],
			many.map((page) => [
				`\`${page.route}\``,
				milliseconds(page.shown),
				milliseconds(page.quiet),
				milliseconds(page.longestTask),
				number(page.elements),
				`${number(page.medianFrame, 1)} ms`,
				`${number(page.longestFrame, 1)} ms`,
				`${page.loadingPosts} HTTP: ${listed(page.loading)}`,
			]),
		),
		`An open overview while a block without events comes each 12 s, by HTTP alone (with a WebSocket, none of it): ${number(idle.posts / idle.minutes, 1)} HTTP requests a minute (${listed(idle.requests)} in ${number(idle.minutes, 1)} minutes).`,
	].join("\n\n");
