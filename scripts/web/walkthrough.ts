/**
 * The walk-through of docs/DAPP.md as a person does it: one round as hospital 1 and the coordinator, with the development wallet, on a demo that is served
 * for it; then the audit. Its pictures go into docs/images.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { Locator, Page } from "playwright-core";
import { settle } from "../../test/support/browser/axe.ts";
import { launchBrowser } from "../../test/support/browser/chromium.ts";
import { type Served, startServed } from "../../test/support/browser/served.ts";
import { openVisitor } from "../../test/support/browser/visitor.ts";
import { ROOT } from "../checks/steps.ts";

const program = new Command("node scripts/web/walkthrough.ts")
	.description("Walks through docs/DAPP.md in a browser and takes its pictures; about six minutes.")
	.option("--out <folder>", "where the pictures are written", join(ROOT, "docs/images"));
program.parse();
const { out } = program.opts<{ out: string }>();
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Workers look at the chain every few seconds, and prove on shared cores. */
const PATIENT = { timeout: 60_000 };
const PROVING = { timeout: 400_000 };

const take = async (page: Page, name: string, part: Locator = page.locator("main")): Promise<void> => {
	await settle(page);
	await part.screenshot({ path: join(out, `${name}.png`) });
	say(`${name}.png`);
};

/** The wallet of the walk-through: an account of the local node, confirmed in a dialog of the page. */
const connect = async (page: Page, title: string): Promise<void> => {
	await page.getByRole("button", { name: "Connect a wallet" }).click();
	await page.getByRole("button", { name: /Development account/ }).click();
	await page.getByRole("radio", { name: new RegExp(title.replaceAll(/[().]/g, ".")) }).click();
	await page.getByRole("button", { name: "Connect", exact: true }).click();
	await page.getByRole("list", { name: "Checks of the wallet" }).waitFor(PATIENT);
};

const sign = async (page: Page): Promise<void> => {
	await page.locator("main").getByRole("button", { name: "Sign and send" }).click();
	await page.getByRole("button", { name: "Confirm", exact: true }).click(PATIENT);
};

const openRound = async (page: Page, served: Served): Promise<void> => {
	await page.goto("/coordinator?tab=open");
	await connect(page, served.place("coordinator").title);
	await page.getByRole("button", { name: "Review the opening" }).click(PATIENT);
	await page.getByRole("heading", { name: /^Open a round of study 1$/, level: 3 }).waitFor(PATIENT);
	await take(page, "coordinator-open");
	await sign(page);
	await page
		.getByText(/Confirmed in block/)
		.first()
		.waitFor(PATIENT);
	await page.getByRole("button", { name: "Disconnect" }).click();
};

const beHospital = async (page: Page, served: Served): Promise<void> => {
	const place = served.place("hospital-1");
	await page.goto("/hospital");
	await connect(page, place.title);
	await page.getByLabel("Token", { exact: true }).fill(await served.token("hospital-1"));
	await take(page, "hospital-pairing");
	await page.getByRole("button", { name: "Pair with the worker" }).click();
	await page.getByRole("progressbar", { name: "Progress of the proofs" }).waitFor(PROVING);
	await page
		.getByText(/done in/)
		.first()
		.waitFor(PROVING);
	await take(page, "hospital-proving");
	await page.getByRole("heading", { name: /^Submit your update for round/ }).waitFor(PROVING);
	await take(page, "hospital-review");
	await sign(page);
	await page.getByText("1 encryption proof").first().waitFor(PATIENT);
};

const lookOn = async (page: Page, round: number): Promise<void> => {
	await page.goto(`/rounds/${round}`);
	await page.getByText("Finalized", { exact: true }).first().waitFor(PROVING);
	await page.setViewportSize({ width: 1280, height: 1600 });
	await take(page, "round", page.locator("body"));
	await page.goto("/");
	await page.getByText(`Last round: round ${round}`).waitFor(PATIENT);
	await page.getByRole("heading", { name: "Events" }).scrollIntoViewIfNeeded();
	await page.getByRole("button", { name: "Show as a table" }).waitFor(PATIENT);
	await take(page, "overview");
	await page.setViewportSize({ width: 1280, height: 900 });
};

const audit = async (page: Page): Promise<void> => {
	await page.goto("/audit");
	await page.getByRole("button", { name: "Start the audit" }).click();
	await page
		.getByRole("button", { name: /report/i })
		.first()
		.waitFor(PROVING);
	await take(page, "audit", page.locator("body"));
};

const useModel = async (page: Page): Promise<void> => {
	await page.goto("/models");
	await page
		.getByRole("link", { name: /^Model \d+$/ })
		.first()
		.waitFor(PATIENT);
	await take(page, "models");
	await page
		.getByRole("table")
		.getByRole("link", { name: /^Model \d+$/ })
		.first()
		.click();
	await page
		.getByText(/Not for clinical use/)
		.first()
		.waitFor(PATIENT);
	await page.waitForLoadState("networkidle");
	await take(page, "model");
};

mkdirSync(out, { recursive: true });
const { served, stop } = await startServed(["--rounds", "1", "--samples", "64"]);
const browser = await launchBrowser();
let failed: unknown;
try {
	const { page, assertClean } = await openVisitor(browser, served.url);
	await openRound(page, served);
	await beHospital(page, served);
	await lookOn(page, 2);
	await audit(page);
	await useModel(page);
	assertClean();
} catch (error) {
	failed = error;
	for (const page of browser.contexts().flatMap((context) => context.pages())) {
		say(`--- ${page.url()}\n${await page.locator("body").innerText().catch(String)}`);
	}
	say(String(error));
} finally {
	await browser.close();
	await stop();
}
process.exit(failed === undefined ? 0 : 1);
