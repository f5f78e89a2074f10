/** A complete study file out of a newcomer's own data: inputs with their statistics, classes, a network that can be proven, sizes that fit. */
import { basename } from "node:path";
import { isMissing } from "../../worker/adapters/dataset/csv.ts";
import { readCsvRecords } from "../../worker/adapters/dataset/csvRecords.ts";
import { labelsFileIn } from "../../worker/adapters/dataset/imageFolder.ts";
import { listSplits, npzEntries } from "../../worker/adapters/dataset/npz.ts";
import { trainingConstraints } from "../../worker/core/estimate/trainingConstraints.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { MOST_CLASSES, type StudyFile, studySchema } from "../../worker/protocol/study.ts";
import { type DraftColumn, readDraftColumns } from "./draftColumns.ts";
import { chooseNetwork, LEAST_SAMPLES, shapeOf } from "./draftNetwork.ts";

export type DraftOptions = {
	/** By default from the first file's name. */
	readonly name?: string | undefined;
	readonly title?: string | undefined;
	/** Of two classes the one whose probability the model gives; by default the later one in order. */
	readonly positive?: string | undefined;
	/** Column of the label. */
	readonly label: string;
};

export type Draft = { readonly study: StudyFile; readonly notes: readonly string[] };

const refuse = (message: string, nextStep: string) => new DecentraHealthError("STUDY_INVALID", { message, nextStep });

const nameOf = (path: string): string => {
	const slug = basename(path)
		.replace(/\.[^.]*$/, "")
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, "-")
		.replace(/^[^a-z]+/, "")
		.slice(0, 32)
		.replace(/-+$/, "");
	return slug === "" ? "study" : slug;
};

const orderClasses = (names: readonly string[], positive: string | undefined): readonly string[] => {
	if (positive === undefined) return names;
	if (names.length !== 2 || !names.includes(positive)) {
		throw refuse(
			`"${positive}" is not one of two classes`,
			`The classes are ${names.map((name) => `"${name}"`).join(", ")}.`,
		);
	}
	return [...names.filter((name) => name !== positive), positive];
};

/** Checked as a worker would; the notes say what one proof costs and how many rows the study holds. */
const finish = (study: StudyFile, rows: number, notes: readonly string[]): Draft => {
	const parsed = studySchema.safeParse(study);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw refuse(
			`no study fits these data: ${issue?.path.join(".")}: ${issue?.message}`,
			"Use fewer columns, or smaller images.",
		);
	}
	const holds = study.batchSize * 2 ** study.datasetDepth + study.batchSize - 1;
	const { total } = trainingConstraints(parsed.data);
	const used = Math.min(rows, holds);
	const segments = Math.ceil(Math.floor(used / study.batchSize) / study.stepsPerSegment);
	return {
		study,
		notes: [
			...notes,
			`${total} constraints a training proof of ${study.stepsPerSegment} steps; ${segments} proofs a round for ${used} rows`,
			holds >= rows
				? `a hospital may have up to ${holds} rows`
				: `a hospital may have up to ${holds} rows, and these have ${rows}: take a part with \`npm run worker -- data import --rows ${holds}\``,
		],
	};
};

const shared = ({ name, title }: DraftOptions, path: string) => {
	const own = name ?? nameOf(path);
	return { name: own, title: title ?? `Study ${own}: describe it here` };
};

/** The most columns that a shape exists for. */
const withShape = (columns: readonly DraftColumn[], notes: string[]) => {
	for (let count = columns.length; count >= 1; count--) {
		const input = shapeOf(count);
		if (input === undefined) continue;
		for (const { name } of columns.slice(count))
			notes.push(`left out "${name}": ${columns.length} inputs have no shape`);
		return { input, columns: columns.slice(0, count) };
	}
	throw refuse("no column can be an input", "Provide at least one column of numbers besides the label.");
};

/**
 * From CSV files, one a hospital or one for all: constants are taken over all their rows, so held-out rows do not belong into them.
 * @throws DecentraHealthError STUDY_INVALID, DATASET_SHAPE, DATASET_LABEL, DATASET_EMPTY, DATASET_UNREADABLE
 */
export const draftFromTables = async (
	paths: readonly [string, ...string[]],
	options: DraftOptions & { readonly ignored?: readonly string[] },
): Promise<Draft> => {
	const { label, positive, ignored = [] } = options;
	const found = await readDraftColumns(paths, label, ignored);
	const notes = found.leftOut.map(({ name, why }) => `left out "${name}": ${why}`);
	const { input, columns } = withShape(found.columns, notes);
	const classes = orderClasses(
		found.classes.map(([name]) => name),
		positive,
	);
	const missing = columns.some((column) => column.missing > 0);
	if (missing) notes.push('some cells are empty and become their column\'s mean ("missing": "mean")');
	const preprocessing = {
		...({ kind: "table", labelColumn: label, sigmas: 2 } as const),
		...(missing ? ({ missing: "mean" } as const) : {}),
		columns: columns.map(({ name, mean, deviation }) => ({ name, mean, deviation })),
	};
	const rows = Math.max(...found.rows);
	const network = chooseNetwork({ kind: "table", input, classes, rows, preprocessing });
	notes.push(
		`${columns.length} inputs; classes ${found.classes.map(([name, count]) => `"${name}" (${count})`).join(", ")}`,
	);
	const few = found.rows.filter((count) => count < LEAST_SAMPLES).length;
	if (few > 0) {
		notes.push(
			`${few} of the files have fewer than ${LEAST_SAMPLES} rows: such a hospital can't take part (minSamples), unless the study says less, which development chains alone accept`,
		);
	}
	const minUpdates = paths.length === 2 ? { minUpdates: 2 } : {};
	return finish(
		{ ...shared(options, paths[0]), ...network, preprocessing, classes: [...classes], ...minUpdates },
		rows,
		notes,
	);
};

const npzClasses = async (path: string): Promise<ReadonlyMap<string, number>> => {
	const counts = new Map<string, number>();
	const [split] = await listSplits(path);
	if (split === undefined)
		throw refuse(`${path} has no {train,val,test}_{images,labels}`, "Use an archive as MedMNIST has them.");
	const classes = Array.from({ length: MOST_CLASSES }, (_, label) => String(label));
	for await (const entry of npzEntries({ path, split, classes })) {
		if ("problems" in entry) throw entry.problems[0].error;
		counts.set(String(entry.label), (counts.get(String(entry.label)) ?? 0) + 1);
	}
	return counts;
};

const folderClasses = async (path: string, label: string): Promise<ReadonlyMap<string, number>> => {
	const counts = new Map<string, number>();
	let at: number | undefined;
	for await (const { cells } of readCsvRecords(path)) {
		if (at === undefined) {
			at = cells.findIndex((name) => name.trim() === label);
			if (at < 0)
				throw refuse(`${path}, line 1: no column "${label}"`, "Name the column of the label: --label COLUMN.");
			continue;
		}
		const cell = (cells[at] ?? "").trim();
		if (!isMissing(cell)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
		if (counts.size > MOST_CLASSES) {
			throw refuse(`column "${label}" has more than ${MOST_CLASSES} different values`, "Name a column of classes.");
		}
	}
	return counts;
};

/**
 * From a folder of images with its CSV file of labels, or an .npz archive: grey, resized to `size` x `size`.
 * @throws DecentraHealthError STUDY_INVALID, DATASET_*
 */
export const draftFromImages = async (
	path: string,
	options: DraftOptions & { readonly fileColumn: string; readonly size: number },
): Promise<Draft> => {
	const { label, positive, fileColumn, size } = options;
	const isArchive = /\.npz$/i.test(path);
	const counts = isArchive
		? await npzClasses(path)
		: await folderClasses(/\.csv$/i.test(path) ? path : await labelsFileIn(path), label);
	const sorted = [...counts.keys()].sort((a, b) => (isArchive ? Number(a) - Number(b) : a < b ? -1 : 1));
	if (sorted.length < 2)
		throw refuse(`${path} has ${sorted.length} classes`, "A study tells at least two classes apart.");
	const classes = orderClasses(sorted, positive);
	const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
	const input = { height: size, width: size, channels: 1 };
	const preprocessing = { kind: "image", ...(isArchive ? {} : { fileColumn, labelColumn: label }) } as const;
	const network = chooseNetwork({ kind: "image", input, classes, rows, preprocessing });
	const notes = [
		`images become ${size} x ${size} grey pixels; classes ${sorted.map((name) => `"${name}" (${counts.get(name) ?? 0})`).join(", ")}`,
		...(isArchive ? ['an archive has no class names: write yours into "classes"'] : []),
		'for DICOM slices without a window of their own, add "window": {"centre": ..., "width": ...} to the preprocessing',
	];
	return finish({ ...shared(options, path), ...network, preprocessing, classes: [...classes] }, rows, notes);
};
