/** A page as somebody uses it who has no mouse. */
import type { Locator, Page } from "playwright-core";

const MOST_STOPS = 120;

/** Presses Tab until the element has the focus, and checks that a person can see that it has. @throws when Tab never gets there */
export const tabTo = async (page: Page, target: Locator): Promise<void> => {
	for (let stop = 0; stop < MOST_STOPS; stop++) {
		if (await target.evaluate((element) => element === document.activeElement)) {
			const visible = await target.evaluate((element) => {
				const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
				return (
					element.matches(":focus-visible") &&
					((outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none")
				);
			});
			if (!visible) throw new Error(`the focus on ${target} can't be seen`);
			return;
		}
		await page.keyboard.press("Tab");
	}
	throw new Error(`${MOST_STOPS} times Tab never reached ${target}`);
};

/** As a click does, by keys alone. */
export const pressOn = async (page: Page, target: Locator, key = "Enter"): Promise<void> => {
	await tabTo(page, target);
	await page.keyboard.press(key);
};
