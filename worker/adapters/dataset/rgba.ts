/** Pixels of four bytes, as PNG and JPEG libraries give them, to grey or colour. */
import type { RawImage } from "../../core/dataset/image.ts";
import { badImage, unsupportedImage } from "./imageLimits.ts";

export type Rgba = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** Grey when red, green and blue are equal everywhere. @throws DecentraHealthError DATASET_UNSUPPORTED for transparent pixels, DATASET_UNREADABLE */
export const fromRgba = ({ width, height, data }: Rgba, where: string): RawImage => {
	const pixels = width * height;
	if (data.length !== 4 * pixels) throw badImage(where, "has fewer pixels than it says");
	let grey = true;
	for (let at = 0; at < data.length; at += 4) {
		if (data[at + 3] !== 255) {
			throw unsupportedImage(where, "has transparent pixels", "Save it without an alpha channel.");
		}
		grey &&= data[at] === data[at + 1] && data[at] === data[at + 2];
	}
	const channels = grey ? 1 : 3;
	const samples = new Uint8Array(pixels * channels);
	for (let pixel = 0; pixel < pixels; pixel++) {
		for (let channel = 0; channel < channels; channel++) {
			samples[pixel * channels + channel] = data[4 * pixel + channel] as number;
		}
	}
	return { width, height, channels, samples };
};
