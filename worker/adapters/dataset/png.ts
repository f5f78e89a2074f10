/** PNG by pngjs: pure JavaScript, so the same pixels on every machine. 16 bits are rescaled to 8 by the library: round(255 v / 65535). */
import { PNG } from "pngjs";
import type { RawImage } from "../../core/dataset/image.ts";
import { badImage, requireImageSize, unsupportedImage } from "./imageLimits.ts";
import { fromRgba } from "./rgba.ts";

const MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const isPng = (bytes: Uint8Array): boolean => MAGIC.every((byte, index) => bytes[index] === byte);

/** @param where for refusals: "FILE, line 3" @throws DecentraHealthError DATASET_UNREADABLE, DATASET_UNSUPPORTED, DATASET_TOO_LARGE */
export const decodePng = (bytes: Uint8Array, where: string): RawImage => {
	// The first chunk is always IHDR: width and height at 16 and 20, interlacing at 28 (PNG 11.2.2).
	if (bytes.length < 33 || !isPng(bytes)) throw badImage(where, "is cut off");
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	requireImageSize(view.getUint32(16), view.getUint32(20), where);
	// Of an interlaced image the library does not bound what it inflates.
	if (view.getUint8(28) !== 0) {
		throw unsupportedImage(where, "is interlaced", "Save it as PNG without interlacing.");
	}
	let decoded: { readonly width: number; readonly height: number; readonly data: Uint8Array };
	try {
		decoded = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
	} catch {
		// The library's messages may quote the file.
		throw badImage(where, "is no well-formed PNG");
	}
	return fromRgba(decoded, where);
};
