/** What a label cell may say: a class's name, or its number from 0. */

const INTEGER = /^\d{1,9}$/;

/** Whether numbers stand for classes too; not when a name is itself a number, such as "0" for the third class: then names alone count. */
const acceptsNumbers = (classes: readonly string[]): boolean => !classes.some((name) => INTEGER.test(name.trim()));

/** The label, in [0, classes), of a cell's text; undefined when it is no class. */
export const labelOf = (text: string, classes: readonly string[]): number | undefined => {
	const wanted = text.trim();
	const named = classes.findIndex((name) => name.trim() === wanted);
	if (named >= 0) return named;
	if (!acceptsNumbers(classes) || !INTEGER.test(wanted)) return undefined;
	const number = Number(wanted);
	return number < classes.length ? number : undefined;
};

/** For refusals: `"benign" or 0, "malignant" or 1`. */
export const describeLabels = (classes: readonly string[]): string =>
	classes.map((name, label) => (acceptsNumbers(classes) ? `"${name}" or ${label}` : `"${name}"`)).join(", ");

/** How many samples each class has, in the order of the study. */
export const classCounts = (
	samples: readonly { readonly label: number }[],
	classes: readonly string[],
): readonly number[] => {
	const counts = classes.map(() => 0);
	for (const { label } of samples) counts[label] = (counts[label] ?? 0) + 1;
	return counts;
};

/** {@link classCounts} by the classes' names. */
export const countClasses = (
	samples: readonly { readonly label: number }[],
	classes: readonly string[],
): Readonly<Record<string, number>> => {
	const counts = classCounts(samples, classes);
	return Object.fromEntries(classes.map((name, label) => [name, counts[label] ?? 0]));
};
