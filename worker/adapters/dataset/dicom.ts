/**
 * One slice of a DICOM file by dicom-parser: monochrome, 8 or 16 bits, uncompressed. Values pass the rescale slope and intercept, then the
 * study's window, or the slice's own. No attribute but those below is read: the others are the patient's.
 */
import dicomParser, { type DataSet } from "dicom-parser";
import { type RawImage, windowToByte } from "../../core/dataset/image.ts";
import { type DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { ImagePreprocessing } from "../../protocol/study.ts";
import { badImage, requireImageSize, unsupportedImage } from "./imageLimits.ts";

const TAG = {
	transferSyntax: "x00020010",
	samplesPerPixel: "x00280002",
	photometric: "x00280004",
	frames: "x00280008",
	rows: "x00280010",
	columns: "x00280011",
	bitsAllocated: "x00280100",
	bitsStored: "x00280101",
	highBit: "x00280102",
	signed: "x00280103",
	windowCentre: "x00281050",
	windowWidth: "x00281051",
	intercept: "x00281052",
	slope: "x00281053",
	windowFunction: "x00281056",
	modalityTable: "x00283000",
	pixels: "x7fe00010",
} as const;

/** Implicit and explicit VR little endian. */
const UNCOMPRESSED: readonly string[] = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"];
const CONVERT = "Convert it to Explicit VR Little Endian, for example with `dcmdjpeg` or `gdcmconv --raw`.";

export const isDicom = (bytes: Uint8Array): boolean =>
	bytes.length > 132 && bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d;

const notUncompressed = (where: string, syntax: string | undefined): DecentraHealthError => {
	const shown = syntax !== undefined && /^[0-9.]{1,64}$/.test(syntax) ? syntax : "none that is valid";
	return unsupportedImage(where, `has transfer syntax ${shown}; ${UNCOMPRESSED.join(" and ")} are read`, CONVERT);
};

const parse = (bytes: Uint8Array, where: string): DataSet => {
	try {
		// Without an inflater of ours the library would inflate a deflated file, and without a bound.
		const inflater = (): never => {
			throw notUncompressed(where, "1.2.840.10008.1.2.1.99");
		};
		const data = dicomParser.parseDicom(bytes, { inflater });
		const syntax = data.string(TAG.transferSyntax);
		if (syntax === undefined || !UNCOMPRESSED.includes(syntax)) throw notUncompressed(where, syntax);
		return data;
	} catch (error) {
		if (isDecentraHealthError(error)) throw error;
		// The library's messages may hold parts of the file.
		throw badImage(where, "is no well-formed DICOM file");
	}
};

const required = (value: number | undefined, what: string, where: string): number => {
	if (value !== undefined && Number.isFinite(value)) return value;
	throw badImage(where, `has no ${what}`);
};

/** Stored values as signed or unsigned integers; bits above the stored ones are masked away. */
const storedValues = (data: DataSet, where: string, pixels: number): ((pixel: number) => number) => {
	const allocated = required(data.uint16(TAG.bitsAllocated), "Bits Allocated", where);
	const stored = data.uint16(TAG.bitsStored) ?? allocated;
	const highBit = data.uint16(TAG.highBit) ?? stored - 1;
	const signed = data.uint16(TAG.signed) === 1;
	if ((allocated !== 8 && allocated !== 16) || stored < 1 || stored > allocated || highBit !== stored - 1) {
		const next = "Convert it to 8 or 16 bits allocated, the stored bits lowest.";
		throw unsupportedImage(where, `has ${allocated} bits allocated, ${stored} stored, high bit ${highBit}`, next);
	}
	const element = data.elements[TAG.pixels];
	const bytes = (pixels * allocated) / 8;
	if (element === undefined || element.encapsulatedPixelData === true || element.fragments !== undefined) {
		throw badImage(where, "has no uncompressed pixel data");
	}
	const end = element.dataOffset + bytes;
	if (element.length < bytes || element.length > bytes + 1 || end > data.byteArray.length) {
		throw badImage(where, `has ${element.length} bytes of pixel data for ${pixels} pixels of ${allocated} bits`);
	}
	const { buffer, byteOffset } = data.byteArray;
	const view = new DataView(buffer, byteOffset + element.dataOffset, bytes);
	const mask = 2 ** stored - 1;
	return (pixel) => {
		const value = (allocated === 8 ? view.getUint8(pixel) : view.getUint16(2 * pixel, true)) & mask;
		return signed && value >= 2 ** (stored - 1) ? value - 2 ** stored : value;
	};
};

const windowOf = (data: DataSet, preprocessing: ImagePreprocessing, where: string) => {
	if (preprocessing.window !== undefined) return preprocessing.window;
	const next = 'Give the study a window: "window": {"centre": ..., "width": ...} in its preprocessing.';
	const kind = data.string(TAG.windowFunction) ?? "LINEAR";
	if (kind !== "LINEAR") throw unsupportedImage(where, "has a window function other than LINEAR", next);
	const centre = data.floatString(TAG.windowCentre, 0);
	const width = data.floatString(TAG.windowWidth, 0);
	if (centre === undefined || width === undefined || !Number.isFinite(centre) || !(width >= 1 && width < 2 ** 32)) {
		throw unsupportedImage(where, "has no window of its own, and the study has none", next);
	}
	return { centre, width };
};

/** @param where for refusals: "FILE, line 3" @throws DecentraHealthError DATASET_UNREADABLE, DATASET_UNSUPPORTED, DATASET_TOO_LARGE */
export const decodeDicom = (bytes: Uint8Array, preprocessing: ImagePreprocessing, where: string): RawImage => {
	const data = parse(bytes, where);
	try {
		return sliceOf(data, preprocessing, where);
	} catch (error) {
		if (isDecentraHealthError(error)) throw error;
		throw badImage(where, "has a damaged attribute");
	}
};

const sliceOf = (data: DataSet, preprocessing: ImagePreprocessing, where: string): RawImage => {
	const samplesPerPixel = data.uint16(TAG.samplesPerPixel) ?? 1;
	const photometric = data.string(TAG.photometric);
	if (samplesPerPixel !== 1 || (photometric !== "MONOCHROME1" && photometric !== "MONOCHROME2")) {
		throw unsupportedImage(where, "is not MONOCHROME1 or MONOCHROME2", "Convert it to grey, or export it as PNG.");
	}
	const frames = data.intString(TAG.frames) ?? 1;
	if (frames !== 1) throw unsupportedImage(where, `has ${frames} frames`, "Export one slice to a file.");
	if (data.elements[TAG.modalityTable] !== undefined) {
		throw unsupportedImage(where, "has a modality lookup table", "Apply the table when exporting the slice.");
	}
	const height = required(data.uint16(TAG.rows), "Rows", where);
	const width = required(data.uint16(TAG.columns), "Columns", where);
	requireImageSize(width, height, where);
	const storedAt = storedValues(data, where, width * height);
	const slope = required(data.floatString(TAG.slope) ?? 1, "Rescale Slope", where);
	const intercept = required(data.floatString(TAG.intercept) ?? 0, "Rescale Intercept", where);
	const window = windowOf(data, preprocessing, where);
	const inverted = photometric === "MONOCHROME1";
	const samples = new Uint8Array(width * height);
	for (let pixel = 0; pixel < samples.length; pixel++) {
		const grey = windowToByte(storedAt(pixel) * slope + intercept, window);
		samples[pixel] = inverted ? 255 - grey : grey;
	}
	return { width, height, channels: 1, samples };
};
