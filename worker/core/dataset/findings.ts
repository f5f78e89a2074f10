/** What is wrong with examined data, how bad it is, and what to do. Findings name rows by number and columns of the study, and nothing else. */
import { standardProfile } from "../../protocol/profiles.ts";
import type { Study } from "../../protocol/study.ts";
import type { Examined, Fingerprint } from "./examine.ts";
import { classCounts } from "./labels.ts";

export type Severity =
	/** A worker refuses the data as they are. */
	| "unusable"
	/** A worker takes them, and what comes of it may mislead. */
	| "problem"
	/** Good to know. */
	| "note";

export type Finding = {
	readonly severity: Severity;
	/** Stable name of what was found. */
	readonly kind: string;
	/** "train", "val", "test": of which part. */
	readonly part: string;
	readonly message: string;
	/** The first of the rows concerned; "train" and "test" rows where it is about two parts. */
	readonly rows: readonly number[];
	/** How many there are in all. */
	readonly count: number;
	readonly fix: string;
};

const MOST_ROWS_LISTED = 10;
/** A share of values that scaling clips: with 2 deviations, a normal distribution loses 5 %. */
const MANY_CLIPPED = 0.2;
const SOME_CLIPPED = 0.08;
const LARGE_SHIFT = 2;
const RARE_CLASS = 0.1;

/** "1 row", "2 rows". */
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

type Draft = Omit<Finding, "part" | "rows" | "count"> & { readonly rows?: readonly number[]; readonly count?: number };

const finding = (part: string, { rows = [], count = rows.length, ...rest }: Draft): Finding => ({
	...rest,
	part,
	rows: rows.slice(0, MOST_ROWS_LISTED),
	count,
});

const REFUSED: Readonly<Record<string, readonly [problem: string, fix: string]>> = {
	DATASET_VALUE: [
		"no finite number, or empty",
		'Correct the cells or remove the rows; for empty cells the study may say "missing": "mean".',
	],
	DATASET_LABEL: ["no class of the study", "Label every row with a class's name or number."],
	DATASET_SHAPE: ["another number of cells than the first line", "Give every line as many cells as the first one."],
	DATASET_UNREADABLE: [
		"an image that can't be read",
		"Put the file where its line says, export it again, or remove the line.",
	],
	DATASET_UNSUPPORTED: [
		"an image of a kind that is not read",
		"Convert it: PNG, JPEG, or uncompressed monochrome DICOM.",
	],
	DATASET_TOO_LARGE: ["an image that is too large", "Shrink it: the study resizes it anyway."],
};

const refusedRows = (part: string, { refused }: Examined): readonly Finding[] =>
	refused.map(({ code, column, rows }) => {
		const [problem, fix] = REFUSED[code] ?? ["unusable", "Correct or remove the rows."];
		const where = column === undefined ? "" : `, column "${column}"`;
		return finding(part, {
			severity: "unusable",
			kind: code,
			message: `${counted(rows.length, "row")}${where}: ${problem}`,
			rows,
			fix,
		});
	});

const columnFindings = (part: string, { columns, fingerprints }: Examined): readonly Finding[] => {
	const good = fingerprints.length;
	return columns.flatMap(({ name, missing, constant, clipped, shift }): Finding[] => {
		const found: Finding[] = [];
		if (missing > 0) {
			found.push(
				finding(part, {
					severity: missing > good / 2 ? "problem" : "note",
					kind: "missing",
					message: `column "${name}": ${counted(missing, "empty cell")}`,
					count: missing,
					fix: "Fill them from the source, remove their rows, or leave the column out of the study.",
				}),
			);
		}
		if (constant) {
			found.push(
				finding(part, {
					severity: "problem",
					kind: "constant",
					message: `column "${name}" has one value in all rows`,
					fix: "Check that it was exported; a column that is constant everywhere does not belong in the study.",
				}),
			);
		} else if (Math.abs(shift) > LARGE_SHIFT) {
			found.push(
				finding(part, {
					severity: "problem",
					kind: "shifted",
					message: `column "${name}": the rows' mean is ${Math.abs(shift).toFixed(1)} of the study's deviations ${shift > 0 ? "above" : "below"} the study's mean`,
					fix: "Check the unit, such as mm for cm; the study's mean and deviation are part of its id.",
				}),
			);
		}
		const share = good === 0 ? 0 : clipped / good;
		if (share > SOME_CLIPPED) {
			found.push(
				finding(part, {
					severity: share > MANY_CLIPPED ? "problem" : "note",
					kind: "saturated",
					message: `column "${name}": ${percent(share)} of the rows are outside the scaling's range and are clipped`,
					count: clipped,
					fix: 'Check the unit; if the values are right, a study with a larger "sigmas" or deviation keeps them apart.',
				}),
			);
		}
		return found;
	});
};

const groupsOf = (
	rows: readonly Fingerprint[],
	key: (row: Fingerprint) => string,
): ReadonlyMap<string, readonly Fingerprint[]> => {
	const groups = new Map<string, Fingerprint[]>();
	for (const row of rows) {
		const known = groups.get(key(row));
		if (known === undefined) groups.set(key(row), [row]);
		else known.push(row);
	}
	return groups;
};

const keyOf = ({ content, inputs }: Fingerprint): string => content ?? inputs;

const repeats = (part: string, { fingerprints }: Examined): readonly Finding[] => {
	const groups = [...groupsOf(fingerprints, keyOf).values()].filter(({ length }) => length > 1);
	const extra = groups.flatMap(([, ...others]) => others.map(({ row }) => row)).sort((a, b) => a - b);
	const conflicting = groups
		.filter(([first, ...others]) => others.some(({ label }) => label !== first?.label))
		.flatMap((group) => group.map(({ row }) => row))
		.sort((a, b) => a - b);
	const found: Finding[] = [];
	if (extra.length > 0) {
		found.push(
			finding(part, {
				severity: "problem",
				kind: "duplicates",
				message: `${counted(extra.length, "row")} the same as an earlier row`,
				rows: extra,
				fix: "Remove the repeats unless they are different patients: they count twice in training.",
			}),
		);
	}
	if (conflicting.length > 0) {
		found.push(
			finding(part, {
				severity: "problem",
				kind: "conflicting-labels",
				message: `${counted(conflicting.length, "row")} equal to a row with another label`,
				rows: conflicting,
				fix: "Find out which label is right; remove the other rows.",
			}),
		);
	}
	return found;
};

const sizeFindings = (
	part: string,
	{ rows, fingerprints, refused }: Examined,
	study: Study,
	trained: boolean,
): readonly Finding[] => {
	const { batchSize, datasetDepth } = study;
	const good = fingerprints.length;
	const most = Math.min(2 ** datasetDepth * batchSize, standardProfile.maxSampleSum);
	const left = good % batchSize;
	const found: Finding[] = [];
	if (rows === 0) {
		found.push(
			finding(part, { severity: "unusable", kind: "empty", message: "no rows", fix: "Provide labelled rows." }),
		);
	} else if (trained && good < batchSize) {
		const message = `${counted(good, "good row")}, less than one batch of ${batchSize}`;
		found.push(
			finding(part, { severity: "unusable", kind: "too-few", message, fix: `Provide at least ${batchSize} rows.` }),
		);
	}
	if (!trained) return found;
	if (good - left > most) {
		found.push(
			finding(part, {
				severity: "unusable",
				kind: "too-many",
				message: `${counted(good, "row")}; study ${study.name} holds ${most} of a hospital`,
				count: good - most,
				fix: `Take a part: \`npm run worker -- data import PATH --study ${study.name} --out FILE --rows ${most}\`; or raise the study's datasetDepth.`,
			}),
		);
	} else if (left > 0 && good > batchSize && refused.length === 0) {
		found.push(
			finding(part, {
				severity: "note",
				kind: "left-over",
				message: `${counted(left, "row")} in no batch of ${batchSize}: left out`,
				count: left,
				fix: "Nothing to do; which rows they are follows from the hospital's secret seed.",
			}),
		);
	}
	return found;
};

const classFindings = (part: string, { fingerprints }: Examined, { classes }: Study): readonly Finding[] => {
	const good = fingerprints.length;
	if (good === 0) return [];
	return classCounts(fingerprints, classes).flatMap((count, label): Finding[] => {
		const name = classes[label] ?? "";
		if (count === 0) {
			const message = `no row of class "${name}"`;
			return [
				finding(part, {
					severity: "problem",
					kind: "class-missing",
					message,
					fix: "Check the label column; training on one class alone pulls the model to it.",
				}),
			];
		}
		if (count / good >= RARE_CLASS / (classes.length - 1)) return [];
		const message = `class "${name}" has ${percent(count / good)} of the rows`;
		return [
			finding(part, {
				severity: "note",
				kind: "class-rare",
				message,
				count,
				fix: "`data import --balanced` takes as many rows of each class.",
			}),
		];
	});
};

/** Findings about one part. `trained`: it is the part that a worker commits to. */
export const partFindings = (part: string, examined: Examined, study: Study, trained: boolean): readonly Finding[] => {
	const { blank, sizes } = examined;
	return [
		...sizeFindings(part, examined, study, trained),
		...refusedRows(part, examined),
		...classFindings(part, examined, study),
		...columnFindings(part, examined),
		...(blank.length === 0
			? []
			: [
					finding(part, {
						severity: "problem",
						kind: "blank",
						message: `${counted(blank.length, "row")} with one and the same value in all inputs`,
						rows: blank,
						fix: "Look at them: an empty image, or a window that shows nothing of it.",
					}),
				]),
		...(sizes.size <= 1
			? []
			: [
					finding(part, {
						severity: "note",
						kind: "image-sizes",
						message: `images of ${sizes.size} sizes; all are resized to ${study.input.height} x ${study.input.width}`,
						count: sizes.size,
						fix: "Nothing to do if the crop suits all of them.",
					}),
				]),
		...repeats(part, examined),
	];
};

type NamedPart = { readonly name: string; readonly examined: Examined };

/** Rows that two parts share. Contents are compared where both parts have them, quantized inputs otherwise. */
export const sharedFindings = (parts: readonly NamedPart[]): readonly Finding[] =>
	parts.flatMap((first, index) =>
		parts.slice(index + 1).flatMap((second): Finding[] => {
			const comparable = [first, second].every(({ examined }) =>
				examined.fingerprints.every(({ content }) => content !== undefined),
			);
			const key = (row: Fingerprint): string => (comparable ? keyOf(row) : row.inputs);
			const known = groupsOf(first.examined.fingerprints, key);
			const shared = second.examined.fingerprints.filter((row) => known.has(key(row)));
			if (shared.length === 0) return [];
			const leaks = second.name === "test" || first.name === "test";
			const conflicting = shared.filter((row) => known.get(key(row))?.some(({ label }) => label !== row.label));
			const contradiction = conflicting.length === 0 ? "" : `, ${conflicting.length} of them with another label`;
			return [
				finding(second.name, {
					severity: "problem",
					kind: leaks ? "leakage" : "shared",
					message: `${counted(shared.length, "row")} of ${second.name} in ${first.name} too${contradiction}`,
					rows: shared.map(({ row }) => row),
					fix: leaks
						? `Remove them from ${first.name}: results on rows that were trained on are too good.`
						: `Remove them from ${second.name}.`,
				}),
			];
		}),
	);
