/**
 * `npm run screenshots`: every page and its empty, loading and error states, in light and dark, on a phone and on a desk, with an index page.
 * Without --url it starts a demo of its own.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { Browser } from "playwright-core";
import { axeEverywhere, settle } from "../../test/support/browser/axe.ts";
import { launchBrowser } from "../../test/support/browser/chromium.ts";
import { configOf } from "../../test/support/browser/dapp.ts";
import { startServed } from "../../test/support/browser/served.ts";
import { type DappConfig, dappConfigSchema } from "../../web/lib/config/schema.ts";
import { ROOT } from "../checks/steps.ts";
import { fileOf, indexPage, VIEWS } from "./screenshots/index.ts";
import { SCENES, type Scene } from "./screenshots/scenes.ts";
import { visitScene } from "./screenshots/visitScene.ts";

const program = new Command("npm run screenshots --")
	.description(
		"Pictures of every page and state of the dApp, each looked over by axe-core; fails when one can't be reached or used.",
	)
	.option("--out <folder>", "where they are written", join(ROOT, ".data/screenshots"))
	.option("--url <url>", "of a dApp that is served already, with --config")
	.option("--config <file>", "that dApp's configuration")
	.option("--only <text>", "only scenes whose names contain this");
program.parse();
const { out, url, config: file, only } = program.opts<{ out: string; url?: string; config?: string; only?: string }>();
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const NOT_REACHED = "not reached: ";
const INACCESSIBLE = "inaccessible: ";
if ((url === undefined) !== (file === undefined)) program.error("error: --url and --config belong together");

/** @returns what went wrong on the page, and what makes it hard to use */
const picture = async (
	browser: Browser,
	baseUrl: string,
	config: DappConfig,
	scene: Scene,
): Promise<readonly string[]> => {
	const problems: string[] = [];
	try {
		await visitScene(browser, { baseUrl, config }, scene, async ({ page, watch }) => {
			for (const view of VIEWS) {
				await page.setViewportSize(view.viewport);
				await page.emulateMedia({ colorScheme: view.scheme, reducedMotion: "reduce" });
				await settle(page);
				await page.screenshot({ path: join(out, fileOf(scene.name, view)), fullPage: true });
			}
			problems.push(...watch.problems());
			problems.push(...(await axeEverywhere(page)).map((violation) => `${INACCESSIBLE}${violation}`));
		});
	} catch (error) {
		problems.push(`${NOT_REACHED}${String(error)}`);
	}
	return problems;
};

mkdirSync(out, { recursive: true });
const own = url === undefined ? await startServed(["--rounds", "2", "--samples", "64", "--by-hand", "all"]) : undefined;
const baseUrl = url ?? own?.served.url ?? "";
const config: DappConfig =
	file === undefined
		? configOf({
				rpcUrl: own?.served.rpcUrl ?? "",
				chainId: 31337,
				roundManager: own?.served.roundManager ?? "0x",
				gateways: [own?.served.gateway ?? ""],
			})
		: dappConfigSchema.parse(JSON.parse(readFileSync(file, "utf8")));
const browser = await launchBrowser();
const problems = new Map<string, readonly string[]>();
const scenes = SCENES.filter(({ name }) => only === undefined || name.includes(only));
try {
	for (const scene of scenes) {
		problems.set(scene.name, await picture(browser, baseUrl, config, scene));
		say(`${scene.name}${(problems.get(scene.name) ?? []).map((problem) => `\n  ${problem.split("\n")[0]}`).join("")}`);
	}
	writeFileSync(join(out, "index.html"), indexPage(scenes, problems));
	say(join(out, "index.html"));
} finally {
	await browser.close();
	await own?.stop();
}
const isFault = (problem: string): boolean => problem.startsWith(NOT_REACHED) || problem.startsWith(INACCESSIBLE);
process.exit([...problems.values()].flat().some(isFault) ? 1 : 0);
