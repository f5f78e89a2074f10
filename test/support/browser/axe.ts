/** axe-core on a page as it stands. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const SCHEMES = ["light", "dark"] as const;
export const WIDTHS = { 390: { width: 390, height: 844 }, 1280: { width: 1280, height: 900 } } as const;
/** Of elements with the same fault, these are shown. */
const MOST_NODES = 3;

/** Violations of every rule of axe-core, one text each with the first elements it is about. */
export const axeViolations = async (page: Page): Promise<readonly string[]> => {
	// By the debugger, not by a script element: that, the content security policy forbids.
	await page.evaluate(source);
	const { violations } = (await page.evaluate(`axe.run(document, { resultTypes: ["violations"] })`)) as AxeResults;
	return violations.map(({ id, help, nodes }) => {
		const shown = nodes.slice(0, MOST_NODES).map(({ html, failureSummary = "" }) => {
			const [, ...reasons] = failureSummary.split("\n");
			return `  ${html.slice(0, 160)}\n    ${reasons.map((reason) => reason.trim()).join("; ")}`;
		});
		return `${id}: ${help} (${nodes.length})\n${shown.join("\n")}`;
	});
};

/** WCAG 1.4.10, which axe-core doesn't know: nobody has to scroll the page sideways. Names what reaches beyond the screen outside of a region that scrolls. */
const reflowViolations = (page: Page): Promise<readonly string[]> =>
	page.evaluate(() => {
		const { clientWidth, scrollWidth } = document.documentElement;
		if (scrollWidth <= clientWidth) return [];
		const scrolls = (element: Element | null): boolean =>
			element !== null &&
			element !== document.documentElement &&
			(getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
		const wide = Array.from(document.querySelectorAll("main *"))
			.filter((element) => element.getBoundingClientRect().right > clientWidth + 1 && !scrolls(element.parentElement))
			.slice(-3)
			.map((element) => `  ${element.outerHTML.slice(0, 120)}`);
		return [`reflow: the page is ${scrollWidth} px wide\n${wide.join("\n")}`];
	});

/** Colours change in transitions: what is half-way between two schemes is in neither. */
export const settle = (page: Page): Promise<void> =>
	page.evaluate(async () => {
		const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
		const finite = (animation: Animation): boolean => animation.effect?.getComputedTiming().endTime !== Infinity;
		// The page hears of the new scheme, draws it, and the transitions from the old one start with that.
		for (let round = 0; round < 3; round++) {
			await frame();
			await frame();
			await Promise.allSettled(
				document
					.getAnimations()
					.filter(finite)
					.map(({ finished }) => finished),
			);
		}
	});

/** In light and dark, on a phone and on a desk. Each violation once, with where it is. */
export const axeEverywhere = async (page: Page): Promise<readonly string[]> => {
	const before = page.viewportSize();
	const found = new Map<string, string[]>();
	for (const [width, viewport] of Object.entries(WIDTHS)) {
		await page.setViewportSize(viewport);
		for (const colorScheme of SCHEMES) {
			await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
			await settle(page);
			for (const violation of [...(await axeViolations(page)), ...(await reflowViolations(page))]) {
				found.set(violation, [...(found.get(violation) ?? []), `${colorScheme} ${width} px`]);
			}
		}
	}
	await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
	if (before !== null) await page.setViewportSize(before);
	await settle(page);
	return [...found].map(([violation, places]) => `${page.url()}, ${places.join(", ")}: ${violation}`);
};
