/** axe-core on a page as it stands. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const SCHEMES = ["light", "dark"] as const;
export const WIDTHS = { 390: { width: 390, height: 844 }, 1280: { width: 1280, height: 900 } } as const;

/** Violations of every rule of axe-core, one text each with the elements it is about. */
export const axeViolations = async (page: Page): Promise<readonly string[]> => {
	// By the debugger, not by a script element: that, the content security policy forbids.
	await page.evaluate(source);
	const { violations } = (await page.evaluate(`axe.run(document, { resultTypes: ["violations"] })`)) as AxeResults;
	return violations.map(
		({ id, help, nodes }) =>
			`${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `    ${html.slice(0, 200)}\n      ${failureSummary?.replaceAll("\n", "\n      ")}`).join("\n")}`,
	);
};

/** In light and dark, on a phone and on a desk. */
export const axeEverywhere = async (page: Page): Promise<readonly string[]> => {
	const before = page.viewportSize();
	const found: string[] = [];
	for (const viewport of Object.values(WIDTHS)) {
		await page.setViewportSize(viewport);
		for (const colorScheme of SCHEMES) {
			await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
			for (const violation of await axeViolations(page))
				found.push(`${page.url()} ${colorScheme} ${viewport.width} px: ${violation}`);
		}
	}
	await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
	if (before !== null) await page.setViewportSize(before);
	return found;
};
