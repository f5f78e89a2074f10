/** Image files made in tests, with pixels that are known. */
import { encode } from "jpeg-js";
import { PNG } from "pngjs";

/** [red, green, blue] of a pixel, or one grey value. */
export type PixelOf = (x: number, y: number) => number | readonly [number, number, number];

const rgba = (width: number, height: number, pixelOf: PixelOf, alpha = 255): Buffer => {
	const data = Buffer.alloc(4 * width * height);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const pixel = pixelOf(x, y);
			const [red, green, blue] = typeof pixel === "number" ? [pixel, pixel, pixel] : pixel;
			data.set([red, green, blue, alpha], 4 * (y * width + x));
		}
	}
	return data;
};

export const pngFile = (width: number, height: number, pixelOf: PixelOf, alpha = 255): Buffer => {
	const png = new PNG({ width, height });
	png.data = rgba(width, height, pixelOf, alpha);
	return PNG.sync.write(png);
};

export const jpegFile = (width: number, height: number, pixelOf: PixelOf, quality = 95): Buffer =>
	encode({ width, height, data: rgba(width, height, pixelOf) }, quality).data;
