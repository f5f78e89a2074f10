/** A reproducible part of labelled rows. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { createRandom } from "./random.ts";
import { shuffledRowsOf, splitStratified } from "./split.ts";

export type ChooseOptions = {
	readonly labels: readonly number[];
	/** Names of the classes, in the order of the labels. */
	readonly classes: readonly string[];
	/** How many rows; by default as many as there are. */
	readonly rows?: number | undefined;
	/** As many of each class, to within one; otherwise in the proportions of the whole. */
	readonly balanced?: boolean | undefined;
	readonly seed: string;
};

const tooFew = (message: string, nextStep: string) => new DecentraHealthError("DATASET_EMPTY", { message, nextStep });

/** @returns indices in increasing order, so that a choice of all rows changes nothing @throws DecentraHealthError DATASET_EMPTY */
export const chooseRows = ({ labels, classes, rows, balanced = false, seed }: ChooseOptions): readonly number[] => {
	const wanted = rows ?? labels.length;
	if (wanted > labels.length) {
		throw tooFew(`${wanted} rows wanted; there are ${labels.length}`, `Ask for at most ${labels.length}.`);
	}
	if (!balanced) {
		const [chosen = []] = splitStratified({ labels, sizes: [wanted], seed });
		return chosen.toSorted((a, b) => a - b);
	}
	const random = createRandom(seed);
	const queues = classes.map((_, label) => shuffledRowsOf(label, labels, random));
	const least = Math.min(...queues.map(({ length }) => length));
	const most = rows ?? least * classes.length;
	const chosen = queues.flatMap((queue, label) => {
		const share = Math.floor(most / classes.length) + (label < most % classes.length ? 1 : 0);
		if (share <= queue.length) return queue.slice(0, share);
		throw tooFew(
			`${share} rows of class "${classes[label]}" wanted; there are ${queue.length}`,
			`Ask for at most ${least * classes.length} balanced rows.`,
		);
	});
	return chosen.toSorted((a, b) => a - b);
};
