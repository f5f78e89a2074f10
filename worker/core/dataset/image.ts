/**
 * From a decoded picture to a study's inputs, in integers up to the scaling: every machine computes the same bytes.
 * Crop, then resize by area averages, then grey or colour as the study has it, then the study's scaling.
 */
import type { ImagePreprocessing } from "../../protocol/study.ts";
import { scaleToByte } from "./preprocess.ts";

/** `samples` has height x width x channels values in [0, 255], row by row, channels together. */
export type RawImage = {
	readonly width: number;
	readonly height: number;
	/** 1: grey. 3: red, green, blue. */
	readonly channels: 1 | 3;
	readonly samples: Uint8Array;
};

/** The largest square around the centre; of an odd remainder, one more row or column is dropped at the end. */
export const cropCentreSquare = (image: RawImage): RawImage => {
	const { width, height, channels, samples } = image;
	if (width === height) return image;
	const side = Math.min(width, height);
	const left = (width - side) >> 1;
	const top = (height - side) >> 1;
	const cropped = new Uint8Array(side * side * channels);
	for (let row = 0; row < side; row++) {
		const start = ((top + row) * width + left) * channels;
		cropped.set(samples.subarray(start, start + side * channels), row * side * channels);
	}
	return { width: side, height: side, channels, samples: cropped };
};

/** BT.601 luma in integers: (299 R + 587 G + 114 B) / 1000, halves up. Grey pixels keep their value. */
export const toGrey = (image: RawImage): RawImage => {
	const { width, height, channels, samples } = image;
	if (channels === 1) return image;
	const grey = new Uint8Array(width * height);
	for (let pixel = 0; pixel < grey.length; pixel++) {
		const [red = 0, green = 0, blue = 0] = samples.subarray(3 * pixel, 3 * pixel + 3);
		grey[pixel] = Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
	}
	return { width, height, channels: 1, samples: grey };
};

/** For each target position, the source positions that it covers, and by how much: in units of 1 / target of a source position. */
const overlaps = (source: number, target: number): readonly (readonly (readonly [at: number, weight: number])[])[] =>
	Array.from({ length: target }, (_, position) => {
		const from = position * source;
		const to = from + source;
		const first = Math.floor(from / target);
		const last = Math.floor((to - 1) / target);
		return Array.from({ length: last - first + 1 }, (_, index) => {
			const at = first + index;
			return [at, Math.min(to, (at + 1) * target) - Math.max(from, at * target)] as const;
		});
	});

/**
 * Area average, halves up: each target pixel is the mean of the source area that it covers. Enlarging repeats and blends neighbours.
 * Sums are below 255 * width * height < 2^53.
 */
export const resizeByArea = (image: RawImage, width: number, height: number): RawImage => {
	const { channels, samples } = image;
	if (image.width === width && image.height === height) return image;
	const columns = overlaps(image.width, width);
	const rows = overlaps(image.height, height);
	const area = image.width * image.height;
	const resized = new Uint8Array(width * height * channels);
	rows.forEach((rowParts, row) => {
		columns.forEach((columnParts, column) => {
			for (let channel = 0; channel < channels; channel++) {
				let sum = 0;
				for (const [y, rowWeight] of rowParts) {
					let line = 0;
					for (const [x, weight] of columnParts) {
						line += weight * (samples[(y * image.width + x) * channels + channel] as number);
					}
					sum += rowWeight * line;
				}
				resized[(row * width + column) * channels + channel] = Math.floor((2 * sum + area) / (2 * area));
			}
		});
	});
	return { width, height, channels, samples: resized };
};

const toColour = (image: RawImage): RawImage =>
	image.channels === 3
		? image
		: {
				...image,
				channels: 3,
				samples: Uint8Array.from(
					{ length: 3 * image.samples.length },
					(_, index) => image.samples[Math.floor(index / 3)] as number,
				),
			};

export type ImageTarget = {
	readonly input: { readonly height: number; readonly width: number; readonly channels: number };
	readonly preprocessing: ImagePreprocessing;
};

/** u8 inputs in order [height][width][channels]. */
export const imageInputs = (image: RawImage, { input, preprocessing }: ImageTarget): Uint8Array => {
	const { crop, scaling } = preprocessing;
	const channelled = input.channels === 1 ? toGrey(image) : toColour(image);
	const cropped = crop === "centre-square" ? cropCentreSquare(channelled) : channelled;
	const { samples } = resizeByArea(cropped, input.width, input.height);
	return scaling === undefined
		? Uint8Array.from(samples)
		: samples.map((grey) => scaleToByte(grey, scaling, scaling.sigmas));
};

/**
 * DICOM's linear window (PS3.3 C.11.2.1.2.1) to grey values: width 1 is a threshold at the centre.
 * @param value after the slice's rescale slope and intercept
 */
export const windowToByte = (value: number, { centre, width }: { readonly centre: number; readonly width: number }) => {
	if (width <= 1) return value <= centre - 0.5 ? 0 : 255;
	const part = (value - (centre - 0.5)) / (width - 1) + 0.5;
	return Math.min(255, Math.max(0, Math.floor(part * 255 + 0.5)));
};
