/** What an image may measure, checked before any decoder sees it. */
import type { DecentraHealthError } from "../../protocol/errors.ts";
import { refusal } from "./refusal.ts";

/** A radiograph of 5,000 x 4,000 pixels of 16 bits has 40 MB. */
export const MOST_IMAGE_BYTES = 2 ** 26;
export const MOST_IMAGE_SIDE = 16_384;
/** 33 megapixels. */
export const MOST_IMAGE_PIXELS = 2 ** 25;

/** @throws DecentraHealthError DATASET_TOO_LARGE, DATASET_UNREADABLE */
export const requireImageSize = (width: number, height: number, where: string): void => {
	if (width < 1 || height < 1) throw badImage(where, "has no pixels");
	if (width > MOST_IMAGE_SIDE || height > MOST_IMAGE_SIDE || width * height > MOST_IMAGE_PIXELS) {
		throw refusal(
			"DATASET_TOO_LARGE",
			`${where}: ${width} x ${height} pixels; at most ${MOST_IMAGE_SIDE} a side and ${MOST_IMAGE_PIXELS} in all are read`,
			"Shrink the image: the study resizes it anyway.",
		);
	}
};

/** Damaged: the format's own rules are broken. */
export const badImage = (where: string, problem: string): DecentraHealthError =>
	refusal("DATASET_UNREADABLE", `${where}: the image ${problem}`, "Export the image again, or remove its row.");

/** Well-formed, but of a kind that is not read. */
export const unsupportedImage = (where: string, problem: string, nextStep: string): DecentraHealthError =>
	refusal("DATASET_UNSUPPORTED", `${where}: the image ${problem}`, nextStep);
