/**
 * Archives of NumPy arrays in MedMNIST's layout: {train,val,test}_{images,labels}. Zip by yauzl, array headers by npyjs; neither looks at
 * sizes before it gets memory, so the archive's own directory is checked first, and each array against its checksum and its shape.
 */
import { crc32 } from "node:zlib";
import { parse } from "npyjs";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import type { RawImage } from "../../core/dataset/image.ts";
import type { RawEntry } from "../../core/dataset/raw.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { refusal, throwIfAborted, unreadable } from "./failure.ts";
import { requireImageSize } from "./imageLimits.ts";

/** An archive's parts for training, choosing and testing. */
export const SPLITS = ["train", "val", "test"] as const;
export type Split = (typeof SPLITS)[number];

const MOST_ENTRIES = 64;
/** Of one array when unpacked: a MedMNIST set of 5,000 images of 224 x 224 pixels has 250 MB. */
const MOST_ARRAY_BYTES = 2 ** 30;

const malformed = (path: string, problem: string): DecentraHealthError =>
	refusal(
		"DATASET_UNREADABLE",
		`${path}: ${problem}`,
		"Fetch or copy the archive again; it needs arrays {train,val,test}_{images,labels} as MedMNIST has them.",
	);

const entriesOf = async (zip: ZipFile, path: string): Promise<ReadonlyMap<string, Entry>> => {
	if (zip.entryCount > MOST_ENTRIES)
		throw malformed(path, `${zip.entryCount} files in the archive; at most ${MOST_ENTRIES}`);
	const entries = new Map<string, Entry>();
	for await (const entry of zip.eachEntry()) {
		if (entries.has(entry.fileName)) throw malformed(path, "two files of the archive have one name");
		entries.set(entry.fileName, entry);
	}
	return entries;
};

type NumberArray = {
	readonly shape: readonly number[];
	readonly at: (index: number) => number;
	readonly bytes?: Uint8Array;
};

const arrayOf = async (zip: ZipFile, entry: Entry | undefined, name: string, path: string): Promise<NumberArray> => {
	if (entry === undefined) throw malformed(path, `no array ${name} in the archive`);
	if (entry.uncompressedSize > MOST_ARRAY_BYTES) {
		throw refusal(
			"DATASET_TOO_LARGE",
			`${path}: array ${name} unpacks to ${entry.uncompressedSize} bytes; at most ${MOST_ARRAY_BYTES} are read`,
			"Use the set with smaller images: the study resizes them anyway.",
		);
	}
	const buffer = new ArrayBuffer(entry.uncompressedSize);
	const bytes = new Uint8Array(buffer);
	let length = 0;
	for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>) {
		// yauzl ends the stream with an error when the file is longer or shorter than the directory says.
		bytes.set(chunk, length);
		length += chunk.length;
	}
	if (crc32(bytes) !== entry.crc32) throw malformed(path, `array ${name} is damaged: its checksum differs`);
	const { data, shape, fortranOrder } = parse(buffer);
	const count = shape.reduce((product, size) => product * size, 1);
	const isArray = ArrayBuffer.isView(data) && !(data instanceof DataView) && "length" in data;
	if (
		!isArray ||
		fortranOrder ||
		shape.some((size) => !Number.isSafeInteger(size) || size < 0) ||
		data.length !== count
	) {
		throw malformed(path, `array ${name} is not a plain array in C order`);
	}
	const values = data as unknown as ArrayLike<number | bigint>;
	return { shape, at: (index) => Number(values[index]), ...(data instanceof Uint8Array ? { bytes: data } : {}) };
};

const labelsOf = ({ shape, at }: NumberArray, name: string, path: string): readonly number[] => {
	const [count = 0, width = 1] = shape;
	if (shape.length > 2 || shape.length < 1 || width !== 1) {
		throw malformed(path, `array ${name} has shape [${shape.join(", ")}]; one label an image is read: [n] or [n, 1]`);
	}
	return Array.from({ length: count }, (_, index) => at(index));
};

type Images = { readonly count: number; readonly image: (index: number) => RawImage };

const imagesOf = ({ shape, bytes }: NumberArray, name: string, path: string): Images => {
	const [count = 0, height = 0, width = 0, channels = 1] = shape;
	if (bytes === undefined || shape.length < 3 || shape.length > 4 || (channels !== 1 && channels !== 3)) {
		const found = `array ${name} has shape [${shape.join(", ")}]${bytes === undefined ? " and is not u8" : ""}`;
		throw malformed(path, `${found}; u8 of [n, height, width] or [n, height, width, 3] is read`);
	}
	if (count > 0) requireImageSize(width, height, `${path}: ${name}`);
	const size = height * width * channels;
	return {
		count,
		image: (index) => ({ width, height, channels, samples: bytes.subarray(index * size, (index + 1) * size) }),
	};
};

/** Splits that the directory names, in MedMNIST's order. */
const splitsIn = (entries: ReadonlyMap<string, Entry>): readonly Split[] =>
	SPLITS.filter((split) => entries.has(`${split}_images.npy`) && entries.has(`${split}_labels.npy`));

const withArchive = async <T>(
	path: string,
	use: (zip: ZipFile, entries: ReadonlyMap<string, Entry>) => Promise<T>,
	signal?: AbortSignal,
): Promise<T> => {
	let zip: ZipFile | undefined;
	try {
		zip = await openPromise(path, { autoClose: false, strictFileNames: true });
		return await use(zip, await entriesOf(zip, path));
	} catch (error) {
		if (error instanceof DecentraHealthError || signal?.aborted === true) throw unreadable(error, path, signal);
		if (error instanceof Error && "syscall" in error) throw unreadable(error, path);
		// Messages of the libraries may hold names and parts of the file.
		throw malformed(path, "the archive is damaged, or not one of NumPy arrays");
	} finally {
		zip?.close();
	}
};

/** @throws DecentraHealthError DATASET_UNREADABLE */
export const listSplits = (path: string): Promise<readonly Split[]> =>
	withArchive(path, async (_, entries) => splitsIn(entries));

/**
 * @returns rows counted from 1, in the archive's order
 * @throws DecentraHealthError DATASET_UNREADABLE, DATASET_TOO_LARGE, ABORTED
 */
export async function* npzEntries({
	path,
	split,
	classes,
	signal,
}: {
	readonly path: string;
	readonly split: Split;
	readonly classes: readonly string[];
	readonly signal?: AbortSignal | undefined;
}): AsyncGenerator<RawEntry> {
	const { images, labels } = await withArchive(
		path,
		async (zip, entries) => {
			const read = async (name: string) => {
				throwIfAborted(path, signal);
				return arrayOf(zip, entries.get(`${name}.npy`), name, path);
			};
			return {
				images: imagesOf(await read(`${split}_images`), `${split}_images`, path),
				labels: labelsOf(await read(`${split}_labels`), `${split}_labels`, path),
			};
		},
		signal,
	);
	if (labels.length !== images.count) {
		throw malformed(path, `${images.count} images and ${labels.length} labels in split ${split}`);
	}
	for (const [index, label] of labels.entries()) {
		throwIfAborted(path, signal);
		if (Number.isInteger(label) && label >= 0 && label < classes.length) {
			yield { row: index + 1, label, value: { kind: "image", image: images.image(index) } };
			continue;
		}
		const numbered = classes.map((name, number) => `${number} ("${name}")`).join(", ");
		const error = refusal(
			"DATASET_LABEL",
			`${path}: label ${index + 1} of ${split}_labels is no class of the study`,
			`Labels are numbers: ${numbered}.`,
		);
		yield { row: index + 1, problems: [{ error }] };
	}
}
