/** Brings a browser's window into a scene. */
import type { Browser, Page } from "playwright-core";
import { settle } from "../../../test/support/browser/axe.ts";
import { openVisitor, type Visitor } from "../../../test/support/browser/visitor.ts";
import type { DappConfig } from "../../../web/lib/config/schema.ts";
import type { Scene } from "./scenes.ts";

/** What a page says while it reads something. */
const LOADING = /…$/;

const quiet = async (scene: Scene, page: Page): Promise<void> => {
	// A page that waits for ever is never quiet.
	const timeout = 1_000 * (scene.patience ?? (scene.unfinished === true ? 2 : 10));
	await page.waitForLoadState("networkidle", { timeout }).catch(() => undefined);
	if (scene.unfinished !== true) {
		await page
			.getByRole("status")
			.filter({ hasText: LOADING })
			.first()
			.waitFor({ state: "detached", timeout })
			.catch(() => undefined);
	}
	if (scene.until !== undefined) await page.getByText(scene.until).first().waitFor({ timeout });
	// What is drawn only when somebody comes to it, such as charts.
	await page.mouse.wheel(0, 100_000);
	await page.waitForTimeout(300);
	await page.mouse.wheel(0, -100_000);
	await settle(page);
};

/** The window is closed at the end. @param look when the page shows what the scene is about */
export const visitScene = async (
	browser: Browser,
	{ baseUrl, config }: { readonly baseUrl: string; readonly config: DappConfig },
	scene: Scene,
	look: (visitor: Visitor) => Promise<unknown>,
): Promise<void> => {
	const visitor = await openVisitor(browser, baseUrl);
	const { page, context } = visitor;
	try {
		await scene.prepare?.(context, config);
		await page.goto(scene.path, { waitUntil: "load" });
		if (scene.act === undefined) await quiet(scene, page);
		else await page.waitForLoadState("networkidle").catch(() => undefined);
		await scene.act?.(page);
		if (scene.act !== undefined) await quiet(scene, page);
		await page.evaluate(() => window.scrollTo(0, 0));
		await look(visitor);
	} finally {
		await visitor.close();
	}
};
