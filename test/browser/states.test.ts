/** Pages that wait, fail or have nothing to show; and a deployment of another study, whose pages audit the consortium of the other files as a foreign one. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { PNG } from "pngjs";
import { SCENES } from "../../scripts/web/screenshots/scenes.ts";
import { visitScene } from "../../scripts/web/screenshots/visitScene.ts";
import { axeEverywhere, axeViolations } from "../support/browser/axe.ts";
import { launchBrowser } from "../support/browser/chromium.ts";
import { type GeneratedDapp, startGenerated } from "../support/browser/dapp.ts";
import { PATIENT } from "../support/browser/desk.ts";
import { generateDeployment } from "../support/browser/generatedDeployment.ts";
import { servedDemo } from "../support/browser/sharedServed.ts";
import { closesWith, openVisitor } from "../support/browser/visitor.ts";
import { hostsOf } from "../support/browser/watch.ts";
import { digitsLikeSamples, loadDigitsLike } from "../support/digitsLike.ts";

const ROUNDS = 4;
const ROWS = 40;
const AUDIT = { timeout: 120_000 };
/** Of the scenes of `npm run screenshots`, which looks at all of them, those that no other test passes by. */
const STATES = [
	"overview-loading",
	"overview-error",
	"round-loading",
	"round-error",
	"round-not-a-number",
	"models-no-gateway",
	"model-loading",
	"model-no-gateway",
	"hospital-wallets",
	"not-found",
];

/** As a clinic exports it: grey, twice as large as the network's input. */
const pngOf = (inputs: Uint8Array, size: number): Buffer => {
	const png = new PNG({ width: 2 * size, height: 2 * size });
	for (let y = 0; y < 2 * size; y++) {
		for (let x = 0; x < 2 * size; x++) {
			const grey = inputs[(y >> 1) * size + (x >> 1)] ?? 0;
			png.data.set([grey, grey, grey, 255], 4 * (y * 2 * size + x));
		}
	}
	return PNG.sync.write(png);
};

describe("a deployment of images", () => {
	const study = loadDigitsLike();
	const [sample, ...rows] = digitsLikeSamples(ROWS + 1, "held out");
	let browser: Browser;
	let dapp: GeneratedDapp;

	before(async () => {
		browser = await launchBrowser();
		dapp = await startGenerated(generateDeployment(ROUNDS, rows, study));
	});
	after(async () => {
		await browser?.close();
		await dapp?.stop();
	});

	for (const name of STATES) {
		// In one view; npm run screenshots looks at all four.
		test(`${name}: without a violation`, async () => {
			const scene = SCENES.find((one) => one.name === name) ?? assert.fail(`there is no scene ${name}`);
			await visitScene(browser, { baseUrl: dapp.url, config: dapp.config }, scene, async ({ page }) => {
				await page.getByRole("heading", { level: 1 }).first().waitFor(PATIENT);
				assert.deepEqual(await axeViolations(page), []);
			});
		});
	}

	test("a model is tried with an image of one's own, which stays in the page", async (context) => {
		const visitor = closesWith(context, await openVisitor(browser, dapp.url));
		const { page, watch } = visitor;
		await page.goto("/models/1");
		await page.getByRole("button", { name: "Predict a random row" }).waitFor(PATIENT);
		const before = watch.requests.length;
		const choose = async (name: string, mimeType: string, buffer: Buffer): Promise<void> => {
			const chooser = page.waitForEvent("filechooser");
			await page.getByRole("button", { name: "Choose a file of your own" }).click();
			await (await chooser).setFiles({ name, mimeType, buffer });
		};
		await choose("stroke.png", "image/png", pngOf(sample?.inputs ?? assert.fail(), study.input.width));
		await page.getByRole("img", { name: "Inputs of stroke.png as a picture" }).waitFor(PATIENT);
		const table = page.getByRole("table").filter({ hasText: "stroke.png" });
		for (const finding of study.classes ?? []) await table.getByText(finding).first().waitFor();
		assert.deepEqual(await axeEverywhere(page), []);
		await choose("rows.csv", "text/csv", Buffer.from("a,b\n1,2\n"));
		await page.getByText("DATASET_UNSUPPORTED").waitFor();
		await choose("broken.png", "image/png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]));
		await page.getByText("DATASET_UNREADABLE").waitFor();
		const asked = watch.requests.slice(before).filter((url) => /^https?:/.test(url));
		const known = [dapp.url, dapp.config.chain.rpcUrl, ...dapp.config.gateways].map((url) => new URL(url).host);
		assert.deepEqual(
			[...hostsOf(asked)].filter((host) => !known.includes(host)),
			[],
			"its own scripts, the chain and the gateways",
		);
	});

	test("another deployment is audited from these pages, by its contract, node and gateway", async (context) => {
		const foreign = await servedDemo();
		const { page } = closesWith(context, await openVisitor(browser, dapp.url));
		await page.goto("/audit");
		await page.getByText(/read up to block/).waitFor(PATIENT);
		await page.getByLabel("Contract address").fill(foreign.roundManager);
		await page.getByLabel("RPC URL").fill(foreign.rpcUrl);
		await page.getByLabel("IPFS gateways").fill(foreign.gateway);
		await page.getByRole("button", { name: "Start the audit" }).click();
		await page.getByText("Clean: no check failed").first().waitFor(AUDIT);
	});
});
