/** Whatever a data path names, as rows: the kind is found by the file's first bytes, its ending and the study. */
import { type FileHandle, open, stat } from "node:fs/promises";
import type { RawEntry } from "../../core/dataset/raw.ts";
import { decodeStore, STORE_MAGIC } from "../../core/dataset/store.ts";
import type { Study } from "../../protocol/study.ts";
import { csvEntries } from "./csv.ts";
import { isDicom } from "./dicom.ts";
import { refusal, unreadable } from "./failure.ts";
import { imageFolderEntries, labelsFileIn } from "./imageFolder.ts";
import { isJpeg } from "./jpeg.ts";
import { listSplits, npzEntries, SPLITS, type Split } from "./npz.ts";
import { isPng } from "./png.ts";
import { readBounded } from "./readBounded.ts";

export type RawDataset = {
	readonly kind: "csv" | "npz" | "images" | "store";
	readonly path: string;
	/** Of an archive: those that it has; otherwise none. */
	readonly splits: readonly Split[];
	/** The split that `entries` reads; undefined when there are none. */
	readonly split: Split | undefined;
	/** May be called again; reads from the start. @throws DecentraHealthError DATASET_*, ABORTED */
	readonly entries: () => AsyncIterable<RawEntry>;
};

export type RawDatasetOptions = {
	/** train, val or test of an archive; by default train. */
	readonly split?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

const HEAD_BYTES = 256;
const MOST_STORE_BYTES = 2 ** 30;

const headOf = async (path: string): Promise<Uint8Array | "folder"> => {
	let file: FileHandle | undefined;
	try {
		if ((await stat(path)).isDirectory()) return "folder";
		file = await open(path, "r");
		const bytes = new Uint8Array(HEAD_BYTES);
		const { bytesRead } = await file.read(bytes, 0, HEAD_BYTES, 0);
		return bytes.subarray(0, bytesRead);
	} catch (error) {
		throw unreadable(error, path);
	} finally {
		await file?.close();
	}
};

const startsWith = (bytes: Uint8Array, magic: ArrayLike<number>): boolean =>
	Array.from(magic).every((byte, index) => bytes[index] === byte);

const ZIP = [0x50, 0x4b];

const kindOf = (head: Uint8Array | "folder"): "folder" | "npz" | "store" | "image" | "text" => {
	if (head === "folder") return "folder";
	if (startsWith(head, STORE_MAGIC)) return "store";
	if (isPng(head) || isJpeg(head) || isDicom(head)) return "image";
	return startsWith(head, ZIP) ? "npz" : "text";
};

const ACCEPTED = {
	table: "a CSV file with the study's columns, or a store that `data import` made",
	image:
		"an .npz archive, a folder of PNG, JPEG or DICOM images with a CSV file of labels, or a store that `data import` made",
} as const;

const requireSplit = (path: string, splits: readonly Split[], wanted: string): Split => {
	const found = splits.find((split) => split === wanted);
	if (found !== undefined) return found;
	throw refusal(
		splits.length === 0 ? "DATASET_UNSUPPORTED" : "DATASET_SHAPE",
		splits.length === 0
			? `${path} is a zip archive without arrays {${SPLITS.join(",")}}_{images,labels}`
			: `${path} has no split "${wanted.slice(0, 16)}"`,
		splits.length === 0 ? `This study reads ${ACCEPTED.image}.` : `Choose one of its splits: ${splits.join(", ")}.`,
	);
};

async function* storeEntries(path: string, study: Study): AsyncGenerator<RawEntry> {
	const bytes = await readBounded(path, MOST_STORE_BYTES, path).catch((error: unknown): never => {
		throw unreadable(error, path);
	});
	for (const [index, { inputs, label }] of decodeStore(bytes, study, path).entries()) {
		yield { row: index + 1, label, value: { kind: "inputs", inputs } };
	}
}

/**
 * Finds out what a path holds. Rows are read by `entries` alone.
 * @throws DecentraHealthError DATASET_UNREADABLE, DATASET_UNSUPPORTED (not for this study), DATASET_SHAPE (no such split)
 */
export const openRawDataset = async (
	path: string,
	study: Study,
	{ split, signal }: RawDatasetOptions = {},
): Promise<RawDataset> => {
	const { preprocessing, classes } = study;
	const head = await headOf(path);
	const kind = kindOf(head);
	const refuse = (what: string) =>
		refusal(
			"DATASET_UNSUPPORTED",
			`${path} is ${what}; study ${study.name} reads ${preprocessing.kind}s`,
			`Give it ${ACCEPTED[preprocessing.kind]}.`,
		);
	if (kind !== "npz" && split !== undefined && split !== "train") {
		throw refusal("DATASET_SHAPE", `${path} has no splits`, "Leave the split out, or name an .npz archive.");
	}
	const plain = { path, splits: [], split: undefined } as const;
	if (kind === "store") return { ...plain, kind, entries: () => storeEntries(path, study) };
	if (kind === "image") throw refuse("a single image");
	if (preprocessing.kind === "table") {
		if (kind !== "text") throw refuse(kind === "folder" ? "a folder" : "a zip archive");
		return { ...plain, kind: "csv", entries: () => csvEntries({ path, preprocessing, classes, signal }) };
	}
	if (kind === "npz") {
		const splits = await listSplits(path);
		const chosen = requireSplit(path, splits, split ?? "train");
		return { kind, path, splits, split: chosen, entries: () => npzEntries({ path, split: chosen, classes, signal }) };
	}
	if (kind === "text" && !/\.csv$/i.test(path)) throw refuse("neither of the files that it reads");
	const labels = kind === "folder" ? await labelsFileIn(path) : path;
	return {
		...plain,
		kind: "images",
		entries: () => imageFolderEntries({ path: labels, preprocessing, classes, signal }),
	};
};
