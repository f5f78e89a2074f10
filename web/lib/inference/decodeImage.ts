/**
 * The browser's decoder of images, without its colour management: the worker's decoders have none either. The pixels are theirs, but that of
 * 16 bits browsers take the upper 8 and the worker rounds: a value may then be lower by one.
 */
import type { Rgba } from "../../../worker/adapters/dataset/rgba.ts";

/** @throws when the bytes are no image that this browser knows */
export const decodeImage = async (bytes: Uint8Array<ArrayBuffer>): Promise<Rgba> => {
	const bitmap = await createImageBitmap(new Blob([bytes]), {
		colorSpaceConversion: "none",
		premultiplyAlpha: "none",
	});
	const { width, height } = bitmap;
	const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
	if (context === null) throw new RangeError("no canvas");
	context.drawImage(bitmap, 0, 0);
	bitmap.close();
	const { data } = context.getImageData(0, 0, width, height);
	return { width, height, data: new Uint8Array(data.buffer) };
};
