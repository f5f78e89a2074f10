/**
 * Measures the dApp in a browser, on a generated deployment of many rounds: what each route loads, how soon it is there, how it copes with the rounds, what
 * it asks of the node. `--write` puts the table into docs/BENCHMARKS.md and the routes' sizes into test/vectors/bundles.json.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { launchBrowser } from "../../test/support/browser/chromium.ts";
import { startGenerated } from "../../test/support/browser/dapp.ts";
import { generateDeployment } from "../../test/support/browser/generatedDeployment.ts";
import { loadStudy, loadWdbc } from "../../test/support/wdbc.ts";
import { quantizeRow } from "../../worker/core/dataset/preprocess.ts";
import { markedSection, withMarkedSection } from "../bench/markedSection.ts";
import { ROOT } from "../checks/steps.ts";
import { integer } from "../commandLine.ts";
import { type ManyRounds, measureIdle, measureManyRounds } from "./measure/manyRounds.ts";
import { measureRoute, type RouteMeasure } from "./measure/routes.ts";
import { sectionText } from "./measure/text.ts";

const program = new Command("node scripts/web/measure.ts")
	.description("Measures the dApp's pages in Chromium; about five minutes on two idle cores.")
	.option("--write", "write the section of docs/BENCHMARKS.md and test/vectors/bundles.json")
	.option("--rounds <n>", "rounds of the generated deployment", integer(2, 10_000), 100)
	.option("--idle <seconds>", "how long an idle page is watched", integer(1, 3_600), 120);
program.parse();
const { write, rounds, idle } = program.opts<{ write?: boolean; rounds: number; idle: number }>();
/** What a consortium has after a year of a round a month, some of them failed. */
const FEW = 12;
/** Rows, as many as the demo holds out. */
const HELD_OUT = 209;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const study = loadStudy();
const rows = (await loadWdbc())
	.slice(0, HELD_OUT)
	.map(({ features, label }) => ({ inputs: quantizeRow(features, study.preprocessing), label }));

const deploy = async (count: number) => {
	const generated = generateDeployment(count, rows);
	const started = await startGenerated(generated);
	say(`${count} rounds, ${generated.events.length} events: ${started.url}`);
	return { ...started, events: generated.events.length };
};
const few = await deploy(FEW);
const many = await deploy(rounds);
const browser = await launchBrowser();

/** A round in the middle of many. */
const middle = rounds >> 1;
const ROUTES = {
	"/": "/",
	"/rounds/[round]": "/rounds/3",
	"/models": "/models",
	"/models/[model]": "/models/3",
	"/audit": "/audit",
	"/hospital": "/hospital",
	"/committee": "/committee",
	"/coordinator": "/coordinator",
} as const;
/** What says that the chain's contents are there. */
const MANY = [
	{ route: "/", path: "/", until: new RegExp(`round ${rounds}\\b`, "i") },
	{ route: "/rounds/[round]", path: `/rounds/${middle - 1}`, until: /finali[sz]ed/i },
	{ route: "/models", path: "/models", until: /model \d+/i },
] as const;

try {
	const routes: RouteMeasure[] = [];
	for (const [route, path] of Object.entries(ROUTES)) {
		routes.push(await measureRoute(browser, few.url, route, path));
		say(`${route}: ${routes.at(-1)?.scriptBytes} bytes of JavaScript`);
	}
	const pages: ManyRounds[] = [];
	const { chain } = many;
	for (const page of MANY) pages.push(await measureManyRounds(browser, many.url, { ...page, chain }));
	say("idle");
	const idling = await measureIdle(browser, many.url, {
		path: "/",
		chain,
		milliseconds: idle * 1000,
		blockTime: 12_000,
	});
	const machine = `${cpus()[0]?.model ?? "unknown CPU"} x ${cpus().length}`;
	const text = sectionText({
		rounds,
		few: FEW,
		events: many.events,
		machine,
		chromium: browser.version(),
		routes,
		many: pages,
		idle: idling,
	});
	process.stdout.write(`${text}\n`);
	if (write === true) {
		const file = join(ROOT, "docs/BENCHMARKS.md");
		writeFileSync(file, withMarkedSection(readFileSync(file, "utf8"), "dapp", text));
		const sizes = Object.fromEntries(routes.map(({ route, scriptBytes }) => [route, scriptBytes]));
		writeFileSync(join(ROOT, "test/vectors/bundles.json"), `${JSON.stringify(sizes, null, 2)}\n`);
		say(markedSection(readFileSync(file, "utf8"), "dapp") === undefined ? "not written" : "written");
	}
} finally {
	await browser.close();
	await Promise.all([few.stop(), many.stop()]);
}
process.exit();
