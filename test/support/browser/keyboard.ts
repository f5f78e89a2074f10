/** A page as somebody uses it who has no mouse. */
import type { Locator, Page } from "playwright-core";

const MOST_STOPS = 120;

/** What a person could see the focus by: on the element, or on what draws its frame. */
const looks = (target: Locator): Promise<string> =>
	target.evaluate((element) =>
		[element, element.parentElement]
			.filter((one) => one !== null)
			.map((one) => {
				const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor, textDecorationLine } =
					getComputedStyle(one);
				return [outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor, textDecorationLine].join();
			})
			.join(";"),
	);

/** Presses Tab until the element has the focus, and checks that a person can see that it has. @throws when Tab never gets there */
export const tabTo = async (page: Page, target: Locator): Promise<void> => {
	const isFocused = (): Promise<boolean> => target.evaluate((element) => element === document.activeElement);
	const already = await isFocused();
	const before = await looks(target);
	for (let stop = 0; stop < MOST_STOPS; stop++) {
		if (await isFocused()) {
			if (!already && (await looks(target)) === before) throw new Error(`the focus on ${target} can't be seen`);
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
