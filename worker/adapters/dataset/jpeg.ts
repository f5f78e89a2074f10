/** JPEG by jpeg-js: pure JavaScript, so the same pixels on every machine, which native decoders do not promise. Orientation tags are not applied. */
import { decode } from "jpeg-js";
import type { RawImage } from "../../core/dataset/image.ts";
import { badImage, MOST_IMAGE_PIXELS, requireImageSize, unsupportedImage } from "./imageLimits.ts";
import { fromRgba, type Rgba } from "./rgba.ts";

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

type Frame = { readonly width: number; readonly height: number; readonly components: number; readonly kind: number };

/** The start of frame: segments have a marker and a length, up to the first scan (ITU-T T.81, B.1.1). */
const frameOf = (bytes: Uint8Array): Frame | undefined => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let at = 2;
	while (at + 4 <= bytes.length) {
		if (view.getUint8(at) !== 0xff) return undefined;
		const marker = view.getUint8(at + 1);
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
		if (isFrame) {
			if (at + 10 > bytes.length) return undefined;
			const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
			return { width, height, components: view.getUint8(at + 9), kind: marker };
		}
		if (marker === 0xda || marker === 0xd9) return undefined;
		at += 2 + view.getUint16(at + 2);
	}
	return undefined;
};

/** @param where for refusals: "FILE, line 3" @throws DecentraHealthError DATASET_UNREADABLE, DATASET_UNSUPPORTED, DATASET_TOO_LARGE */
export const decodeJpeg = (bytes: Uint8Array, where: string): RawImage => {
	const frame = frameOf(bytes);
	if (frame === undefined) throw badImage(where, "is no well-formed JPEG");
	requireImageSize(frame.width, frame.height, where);
	if (frame.kind > 0xc2) {
		throw unsupportedImage(where, "is a lossless or arithmetic JPEG", "Save it as a baseline JPEG or as PNG.");
	}
	if (frame.components !== 1 && frame.components !== 3) {
		throw unsupportedImage(where, `has ${frame.components} colour components`, "Save it as grey or RGB.");
	}
	// Each block of 8 x 8 pixels has a code of at least one bit: a small file can't claim a large image, which would take its time and memory.
	if (bytes.length * 8 * 64 < frame.width * frame.height) throw badImage(where, "has fewer bytes than its pixels need");
	let decoded: Rgba;
	try {
		decoded = decode(bytes, {
			useTArray: true,
			tolerantDecoding: false,
			maxResolutionInMP: MOST_IMAGE_PIXELS / 1e6,
			maxMemoryUsageInMB: 1024,
		});
	} catch {
		throw badImage(where, "is no well-formed JPEG");
	}
	return fromRgba(decoded, where);
};
