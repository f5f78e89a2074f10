/** A file of rows as somebody drops it on the page: read here and nowhere else. Table, normalized store or image, told by its content. */
import type { Rgba } from "../../../worker/adapters/dataset/rgba.ts";
import { STORE_MAGIC } from "../../../worker/core/dataset/store.ts";
import { DecentraHealthError, type ErrorCode } from "../../../worker/protocol/errors.ts";
import type { Study } from "../../../worker/protocol/study.ts";

export type UploadedRow = {
	/** Where people find it: "line 3", "row 7", the file's name. */
	readonly where: string;
	/** u8, order [height][width][channels]. */
	readonly inputs: Uint8Array;
	/** In [0, classes), if the file says it. */
	readonly label?: number;
};

export type Upload = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };

export type UploadPorts = {
	/** The browser's own decoder of images. @throws when it is none that it knows */
	readonly decodeImage: (bytes: Uint8Array<ArrayBuffer>) => Promise<Rgba>;
};

export const MOST_UPLOAD_BYTES = 2 ** 24;
export const MOST_UPLOAD_ROWS = 5_000;

const refused = (code: ErrorCode, message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError(code, { message, nextStep });

const startsWith = (bytes: Uint8Array, magic: readonly number[] | Uint8Array): boolean =>
	bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

const readStore = async ({ name, bytes }: Upload, study: Study): Promise<readonly UploadedRow[]> => {
	const { decodeStore } = await import("../../../worker/core/dataset/store.ts");
	return decodeStore(bytes, study, name).map((sample, index) => ({ ...sample, where: `row ${index + 1}` }));
};

const readImage = async (
	{ name, bytes }: Upload,
	{ input, preprocessing }: Study,
	{ decodeImage }: UploadPorts,
): Promise<readonly UploadedRow[]> => {
	if (preprocessing.kind !== "image") {
		throw refused("DATASET_UNSUPPORTED", `${name} is an image, and the study reads tables`, "Choose a CSV file.");
	}
	const [{ fromRgba }, { imageInputs }, { requireImageSize }] = await Promise.all([
		import("../../../worker/adapters/dataset/rgba.ts"),
		import("../../../worker/core/dataset/image.ts"),
		import("../../../worker/adapters/dataset/imageLimits.ts"),
	]);
	const decoded = await decodeImage(bytes).catch(() => {
		throw refused("DATASET_UNREADABLE", `${name} is no image that this browser reads`, "Save it as PNG.");
	});
	requireImageSize(decoded.width, decoded.height, name);
	return [{ where: name, inputs: imageInputs(fromRgba(decoded, name), { input, preprocessing }) }];
};

const readTable = async ({ name, bytes }: Upload, study: Study): Promise<readonly UploadedRow[]> => {
	const { preprocessing, classes } = study;
	if (preprocessing.kind !== "table") {
		throw refused(
			"DATASET_UNSUPPORTED",
			`${name} is no image, and the study reads images`,
			"Choose a PNG or JPEG image, or a normalized store of the study.",
		);
	}
	const [{ parse, CsvError }, { tableReader }, { quantizeRow }] = await Promise.all([
		import("csv-parse/browser/esm/sync"),
		import("../../../worker/adapters/dataset/tableRows.ts"),
		import("../../../worker/core/dataset/preprocess.ts"),
	]);
	const malformed = (where: string, why: string) =>
		refused(
			"DATASET_SHAPE",
			`${name}${where}: ${why}`,
			"Separate cells by commas, and close every quote that a cell opens.",
		);
	let records: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		const options = {
			bom: true,
			info: true,
			skip_empty_lines: true,
			relax_column_count: true,
			max_record_size: 65_536,
		};
		records = parse(text, options) as unknown as typeof records;
	} catch (error) {
		// csv-parse's errors carry the record, so neither they nor their messages go on.
		if (error instanceof CsvError)
			throw malformed(`, line ${Number(error.lines) || "?"}`, "not a well-formed CSV record");
		throw malformed("", "not a text file");
	}
	const [header, ...rows] = records;
	if (header === undefined || rows.length === 0) {
		throw refused("DATASET_EMPTY", `${name} has no rows`, "The first line names the columns; rows follow it.");
	}
	if (rows.length > MOST_UPLOAD_ROWS) {
		throw refused("DATASET_TOO_LARGE", `${name} has more than ${MOST_UPLOAD_ROWS} rows`, "Choose fewer rows.");
	}
	const read = tableReader(header.record, { source: name, preprocessing, classes, label: "optional" });
	return rows.map(({ record, info }) => {
		const { line, features, label, problems } = read({ line: info.lines, cells: record });
		const [first] = problems;
		if (first !== undefined) throw first.error;
		return {
			where: `line ${line}`,
			inputs: quantizeRow(features, preprocessing),
			...(label === undefined ? {} : { label }),
		};
	});
};

/**
 * All rows, or none: the first wrong one refuses the file.
 * @throws DecentraHealthError DATASET_*; no message quotes a cell
 */
export const readUpload = async (upload: Upload, study: Study, ports: UploadPorts): Promise<readonly UploadedRow[]> => {
	const { name, bytes } = upload;
	if (bytes.length > MOST_UPLOAD_BYTES) {
		throw refused(
			"DATASET_TOO_LARGE",
			`${name} is larger than ${MOST_UPLOAD_BYTES / 2 ** 20} MiB`,
			"Choose fewer rows.",
		);
	}
	if (bytes.length === 0) throw refused("DATASET_EMPTY", `${name} is empty`, "Choose another file.");
	if (startsWith(bytes, STORE_MAGIC)) return readStore(upload, study);
	if (startsWith(bytes, PNG) || startsWith(bytes, JPEG)) return readImage(upload, study, ports);
	return readTable(upload, study);
};
