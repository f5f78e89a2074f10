/** A folder of PNG, JPEG and DICOM images, and the CSV file beside them with one line an image: its file and its label. */
import { readdir, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, sep } from "node:path";
import type { RawImage } from "../../core/dataset/image.ts";
import { describeLabels, labelOf } from "../../core/dataset/labels.ts";
import { entryOf, type RawEntry, type RowProblem } from "../../core/dataset/raw.ts";
import { type DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { ImagePreprocessing } from "../../protocol/study.ts";
import { systemErrorCode } from "../atomicFile.ts";
import { isMissing } from "./csv.ts";
import { readCsvRecords } from "./csvRecords.ts";
import { decodeDicom, isDicom } from "./dicom.ts";
import { refusal, unreadable } from "./failure.ts";
import { MOST_IMAGE_BYTES, unsupportedImage } from "./imageLimits.ts";
import { decodeJpeg, isJpeg } from "./jpeg.ts";
import { decodePng, isPng } from "./png.ts";
import { readBounded } from "./readBounded.ts";

const isCsvName = (name: string): boolean => /\.csv$/i.test(name);

/** The one CSV file of a folder. @throws DecentraHealthError DATASET_UNREADABLE, DATASET_UNSUPPORTED */
export const labelsFileIn = async (folder: string): Promise<string> => {
	const names = await readdir(folder).catch((error: unknown) => {
		throw unreadable(error, folder);
	});
	const tables = names.filter(isCsvName);
	const [only] = tables;
	if (tables.length === 1 && only !== undefined) return join(folder, only);
	throw refusal(
		"DATASET_UNSUPPORTED",
		`${folder} has ${tables.length} CSV files; one says which file has which label`,
		tables.length === 0
			? 'Add labels.csv beside the images, with a first line "file,label".'
			: "Name the CSV file itself as the data's path.",
	);
};

/** By the file's first bytes; names promise nothing. */
const decode = (bytes: Uint8Array, preprocessing: ImagePreprocessing, where: string): RawImage => {
	if (isPng(bytes)) return decodePng(bytes, where);
	if (isJpeg(bytes)) return decodeJpeg(bytes, where);
	if (isDicom(bytes)) return decodeDicom(bytes, preprocessing, where);
	throw unsupportedImage(where, "is neither PNG, JPEG nor DICOM", "Convert it, or remove its row.");
};

type Place = { readonly folder: string; readonly where: string };

/** Follows links, and stays below the folder: a labels file may come from somebody else. */
const readImage = async (
	name: string,
	preprocessing: ImagePreprocessing,
	{ folder, where }: Place,
): Promise<RawImage> => {
	const outside = refusal(
		"DATASET_VALUE",
		`${where}: the file is not below the labels' folder`,
		"Name files relative to the labels file, in its folder or below.",
	);
	const below = folder.endsWith(sep) ? folder : folder + sep;
	if (name.includes("\0") || isAbsolute(name) || !join(folder, name).startsWith(below)) throw outside;
	let bytes: Uint8Array;
	try {
		const path = await realpath(join(folder, name));
		if (!path.startsWith(below)) throw outside;
		bytes = await readBounded(path, MOST_IMAGE_BYTES, `${where}: the image`);
	} catch (error) {
		if (isDecentraHealthError(error)) throw error;
		throw refusal(
			"DATASET_UNREADABLE",
			`${where}: the image can't be read (${systemErrorCode(error)})`,
			"Put the file where its line says, or remove the line.",
		);
	}
	return decode(bytes, preprocessing, where);
};

const problemOf = (error: unknown, column: string, missing = false): RowProblem => {
	if (!isDecentraHealthError(error)) throw error;
	return { error, column, missing };
};

export type ImageFolderOptions = {
	/** The labels file; images lie beside or below it. */
	readonly path: string;
	readonly preprocessing: ImagePreprocessing;
	readonly classes: readonly string[];
	readonly signal?: AbortSignal | undefined;
};

/** Where the two columns are; others are left alone, so that a table that a hospital already has can be used. */
const positionsIn = (
	header: readonly string[],
	{ path, preprocessing }: ImageFolderOptions,
): readonly [number, number] => {
	const wanted = [preprocessing.fileColumn, preprocessing.labelColumn];
	const wrong = wanted.filter((name) => header.filter((other) => other.trim() === name).length !== 1);
	if (wrong.length > 0) {
		throw refusal(
			"DATASET_SHAPE",
			`${path}, line 1: ${wrong.map((name) => `"${name}"`).join(" and ")} missing or repeated`,
			`The first line must name the columns ${wanted.map((name) => `"${name}"`).join(" and ")}, each once.`,
		);
	}
	const [file = 0, label = 0] = wanted.map((name) => header.findIndex((other) => other.trim() === name));
	return [file, label];
};

/**
 * One image in memory at a time.
 * @returns rows by the line of the labels file
 * @throws DecentraHealthError DATASET_SHAPE, DATASET_UNREADABLE, ABORTED
 */
export async function* imageFolderEntries(options: ImageFolderOptions): AsyncGenerator<RawEntry> {
	const { path, preprocessing, classes, signal } = options;
	const { fileColumn, labelColumn } = preprocessing;
	const folder = await realpath(dirname(path)).catch((error: unknown): never => {
		throw unreadable(error, path, signal);
	});
	let positions: readonly [number, number] | undefined;
	for await (const { line, cells } of readCsvRecords(path, signal)) {
		if (positions === undefined) {
			positions = positionsIn(cells, options);
			continue;
		}
		const where = `${path}, line ${line}`;
		const [name = "", labelCell = ""] = positions.map((position) => (cells[position] ?? "").trim());
		const label = labelOf(labelCell, classes);
		const problems: RowProblem[] = [];
		if (label === undefined) {
			const error: DecentraHealthError = refusal(
				"DATASET_LABEL",
				`${where}, column "${labelColumn}" is no class of the study`,
				`Label every image with one of ${describeLabels(classes)}.`,
			);
			problems.push(problemOf(error, labelColumn, isMissing(labelCell)));
		}
		let image: RawImage | undefined;
		try {
			if (name === "") {
				throw refusal(
					"DATASET_VALUE",
					`${where}, column "${fileColumn}" is empty`,
					"Name the image's file in each line.",
				);
			}
			image = await readImage(name, preprocessing, { folder, where });
		} catch (error) {
			problems.push(problemOf(error, fileColumn, name === ""));
		}
		yield entryOf(line, problems, label, image && { kind: "image", image });
	}
}
