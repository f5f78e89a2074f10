/** `npm run study -- draft`. */
import { Command, InvalidArgumentError } from "commander";
import { isTaken, systemErrorCode, writeFileAtomic } from "../../worker/adapters/atomicFile.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import type { StudyFile } from "../../worker/protocol/study.ts";
import { type Draft, draftFromImages, draftFromTables } from "./draft.ts";

type Options = {
	readonly csv?: readonly string[];
	readonly images?: string;
	readonly label: string;
	readonly file: string;
	readonly size: number;
	readonly ignore?: readonly string[];
	readonly positive?: string;
	readonly name?: string;
	readonly title?: string;
	readonly out?: string;
};

const sizeOf = (text: string): number => {
	const size = Number(text);
	if (/^\d{1,2}$/.test(text) && size >= 4 && size <= 64) return size;
	throw new InvalidArgumentError("A whole number from 4 to 64.");
};

const draftOf = ({ csv, images, ignore, file, ...options }: Options): Promise<Draft> => {
	const [first, ...others] = csv ?? [];
	if (first !== undefined && images === undefined) {
		return draftFromTables([first, ...others], { ...options, ignored: ignore ?? [] });
	}
	if (images !== undefined && first === undefined) return draftFromImages(images, { ...options, fileColumn: file });
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: "draft takes either --csv or --images",
		nextStep: "Name the data that the study is for: --csv FILE... or --images FOLDER.",
	});
};

/** Indented, but with short lists and objects on one line: a study's columns stay readable. */
const format = (study: StudyFile): string => {
	const collapse = (text: string, leaf: RegExp): string =>
		text.replaceAll(leaf, (found) => {
			const line = found.replaceAll(/\s*\n\s*/g, " ");
			return line.length <= 100 ? line : found;
		});
	const indented = JSON.stringify(study, null, 2);
	return `${collapse(collapse(indented, /\[\n[^[\]{}]*\n\s*\]/g), /\{\n[^{}]*\n\s*\}/g)}\n`;
};

const write = async (path: string, text: string): Promise<void> => {
	await writeFileAtomic(path, text, { mode: 0o644, folderMode: 0o755, exclusive: true }).catch((error: unknown) => {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: isTaken(error) ? `${path} exists` : `cannot write ${path}: ${systemErrorCode(error)}`,
			nextStep: "Name another file with --out.",
		});
	});
};

export const draftCommand = (): Command =>
	new Command("draft")
		.description(
			"write a complete study file for your own table or images; constants come from these rows, so leave test rows out",
		)
		.option("--csv <files...>", "CSV files: one for all hospitals, or one of each")
		.option("--images <path>", "folder of PNG, JPEG or DICOM images with a CSV file of labels, or an .npz archive")
		.option("--label <column>", "column of the class", "label")
		.option("--file <column>", "images: column of the file's name", "file")
		.option("--size <pixels>", "images: side of the study's square inputs", sizeOf, 14)
		.option("--ignore <columns...>", "columns that are no inputs")
		.option("--positive <class>", "of two classes, the one whose probability the model gives")
		.option("--name <name>", "the study's name: a-z, 0-9 and -; by default from the file's")
		.option("--title <text>", "what it is about")
		.option("--out <file>", "a new file; by default standard output")
		.action(async (options: Options) => {
			const { study, notes } = await draftOf(options);
			const text = format(study);
			for (const note of notes) process.stderr.write(`${note}\n`);
			if (options.out === undefined) {
				process.stdout.write(text);
				return;
			}
			await write(options.out, text);
			const data = options.csv?.[0] ?? options.images ?? "DATA";
			process.stderr.write(
				`${options.out} written; next:\n  npm run study -- estimate ${options.out}\n  npm run worker -- data doctor ${data} --study ${options.out}\n`,
			);
		});
