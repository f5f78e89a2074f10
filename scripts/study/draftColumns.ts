/** What the columns of one or several CSV files hold, in one pass: which can be inputs, with their statistics, and which classes the label has. */
import { isMissing, numberOf } from "../../worker/adapters/dataset/csv.ts";
import { readCsvRecords } from "../../worker/adapters/dataset/csvRecords.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { MOST_CLASSES } from "../../worker/protocol/study.ts";

export type DraftColumn = {
	readonly name: string;
	readonly mean: number;
	readonly deviation: number;
	readonly missing: number;
};

export type DraftColumns = {
	readonly columns: readonly DraftColumn[];
	/** Columns that can't be inputs, and why. */
	readonly leftOut: readonly { readonly name: string; readonly why: string }[];
	/** Distinct labels with their counts, numbers in their order, otherwise by name. */
	readonly classes: readonly (readonly [name: string, count: number])[];
	/** Labelled rows of each file. */
	readonly rows: readonly number[];
};

type State = {
	count: number;
	mean: number;
	squares: number;
	missing: number;
	words: number;
	integers: boolean;
	distinct: Set<number>;
};

const refuse = (code: "DATASET_SHAPE" | "DATASET_LABEL" | "DATASET_EMPTY", message: string, nextStep: string) =>
	new DecentraHealthError(code, { message, nextStep });

const startState = (): State => ({
	count: 0,
	mean: 0,
	squares: 0,
	missing: 0,
	words: 0,
	integers: true,
	distinct: new Set(),
});

/** Welford: the deviation of values that are close together keeps its digits. */
const addValue = (state: State, value: number): void => {
	state.count += 1;
	const difference = value - state.mean;
	state.mean += difference / state.count;
	state.squares += difference * (value - state.mean);
	state.integers &&= Number.isInteger(value);
	if (state.distinct.size < 100_000) state.distinct.add(value);
};

/** Six digits are what the circuits' byte can use; one is enough to publish less of the rows. */
const rounded = (value: number): number => Number(value.toPrecision(6));

const LONGEST_NAME = 64;
const MOST_MISSING = 0.5;
const IDENTIFIER = /^(?:unnamed.*|index|row|.*\b(?:id|key|number|no|nr)|.*_(?:id|key|no|nr)|patient.*|mrn)?$/i;

const whyLeftOut = (name: string, state: State): string | undefined => {
	const { count, missing, words, squares, integers, distinct } = state;
	if (name.length > LONGEST_NAME) return `a name has at most ${LONGEST_NAME} characters`;
	if (words > 0) return `${words} cells are not numbers: encode them as numbers to use the column`;
	if (count === 0) return "no values";
	if (missing / (count + missing) > MOST_MISSING) return `${missing} of ${count + missing} cells are empty`;
	if (!(squares > 0) || distinct.size === 1) return "one value in all rows";
	if (integers && distinct.size === count && IDENTIFIER.test(name))
		return "looks like an identifier: another number in each row";
	return undefined;
};

const headerOf = (cells: readonly string[], label: string, path: string): readonly string[] => {
	const header = cells.map((name) => name.trim());
	if (header.every((name) => numberOf(name) !== undefined)) {
		throw refuse("DATASET_SHAPE", `${path}, line 1 is a row of numbers`, "The first line has to name the columns.");
	}
	const named = header.filter((name) => name === label).length;
	if (named !== 1) {
		throw refuse(
			"DATASET_LABEL",
			`${path}, line 1: ${named === 0 ? "no column" : `${named} columns`} "${label}"`,
			"Name the column that holds the label: --label COLUMN.",
		);
	}
	if (new Set(header).size < header.length) {
		throw refuse("DATASET_SHAPE", `${path}, line 1: two columns have one name`, "Give each column a name of its own.");
	}
	return header;
};

const sortClasses = (labels: ReadonlyMap<string, number>): DraftColumns["classes"] =>
	[...labels].sort(([a], [b]) => {
		const [first, second] = [numberOf(a), numberOf(b)];
		if (first !== undefined && second !== undefined) return first - second;
		return a < b ? -1 : 1;
	});

/**
 * Rows without a label, or with another number of cells than the header, are left out of everything.
 * @param label column that holds the class
 * @throws DecentraHealthError DATASET_SHAPE, DATASET_LABEL, DATASET_EMPTY, DATASET_UNREADABLE
 */
export const readDraftColumns = async (
	paths: readonly string[],
	label: string,
	ignored: readonly string[],
): Promise<DraftColumns> => {
	const labels = new Map<string, number>();
	const states = new Map<string, State>();
	const files: { readonly header: readonly string[]; rows: number }[] = [];
	for (const path of paths) {
		let file: (typeof files)[number] | undefined;
		for await (const { cells } of readCsvRecords(path)) {
			if (file === undefined) {
				file = { header: headerOf(cells, label, path), rows: 0 };
				files.push(file);
				for (const name of file.header) if (name !== label) states.set(name, states.get(name) ?? startState());
				continue;
			}
			const labelCell = (cells[file.header.indexOf(label)] ?? "").trim();
			if (cells.length !== file.header.length || isMissing(labelCell)) continue;
			file.rows += 1;
			labels.set(labelCell, (labels.get(labelCell) ?? 0) + 1);
			if (labels.size > MOST_CLASSES) {
				throw refuse(
					"DATASET_LABEL",
					`column "${label}" has more than ${MOST_CLASSES} different values`,
					"Name a column of classes; group a measurement into classes first.",
				);
			}
			for (const [index, name] of file.header.entries()) {
				const [state, cell = ""] = [states.get(name), cells[index]];
				if (state === undefined) continue;
				const value = numberOf(cell);
				if (value !== undefined) addValue(state, value);
				else state[isMissing(cell) ? "missing" : "words"] += 1;
			}
		}
		if (file === undefined || file.rows === 0) {
			throw refuse(
				"DATASET_EMPTY",
				`${path} has no labelled rows`,
				"Provide labelled rows below a first line that names the columns.",
			);
		}
	}
	if (labels.size < 2) {
		throw refuse("DATASET_LABEL", `column "${label}" has one class only`, "A study tells at least two classes apart.");
	}
	const columns: DraftColumn[] = [];
	const leftOut: { readonly name: string; readonly why: string }[] = [];
	for (const [name, state] of states) {
		const everywhere = files.every(({ header }) => header.includes(name));
		const why = ignored.includes(name) ? "asked for" : everywhere ? whyLeftOut(name, state) : "not in all files";
		if (why !== undefined) leftOut.push({ name, why });
		else {
			const deviation = rounded(Math.sqrt(state.squares / state.count));
			columns.push({ name, mean: rounded(state.mean), deviation, missing: state.missing });
		}
	}
	return { columns, leftOut, classes: sortClasses(labels), rows: files.map(({ rows }) => rows) };
};
