import assert from "node:assert/strict";
import { test } from "node:test";
import {
	cropCentreSquare,
	imageInputs,
	type RawImage,
	resizeByArea,
	toGrey,
	windowToByte,
} from "../../../worker/core/dataset/image.ts";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { imageStudy } from "../../support/data/studies.ts";

const grey = (width: number, height: number, samples: readonly number[]): RawImage => ({
	...{ width, height, channels: 1, samples: Uint8Array.from(samples) },
});

test("halving averages 2 x 2 pixels, halves up", () => {
	const image = grey(4, 2, [0, 1, 10, 20, 0, 1, 30, 41]);
	// (0+1+0+1)/4 = 0.5 -> 1; (10+20+30+41)/4 = 25.25 -> 25
	assert.deepEqual([...resizeByArea(image, 2, 1).samples], [1, 25]);
});

test("a third that covers parts of pixels weighs them by area", () => {
	// 3 pixels to 2: each target covers one and a half. (90 + 0.5 * 60) / 1.5 = 80; (0.5 * 60 + 0) / 1.5 = 20
	assert.deepEqual([...resizeByArea(grey(3, 1, [90, 60, 0]), 2, 1).samples], [80, 20]);
	assert.deepEqual([...resizeByArea(grey(2, 1, [10, 20]), 4, 1).samples], [10, 10, 20, 20]);
});

test("resizing equals a plain average over a fine grid, for odd sizes", () => {
	const random = createRandom("resize");
	for (const [width, height, toWidth, toHeight] of [
		[7, 5, 3, 2],
		[5, 9, 4, 4],
		[3, 3, 5, 7],
	] as const) {
		const image = grey(
			width,
			height,
			Array.from({ length: width * height }, () => random.below(256)),
		);
		const { samples } = resizeByArea(image, toWidth, toHeight);
		for (let y = 0; y < toHeight; y++) {
			for (let x = 0; x < toWidth; x++) {
				// A grid of width * toWidth columns cuts source and target pixels alike.
				let sum = 0;
				for (let fineY = y * height; fineY < (y + 1) * height; fineY++) {
					for (let fineX = x * width; fineX < (x + 1) * width; fineX++) {
						sum += image.samples[Math.floor(fineY / toHeight) * width + Math.floor(fineX / toWidth)] ?? Number.NaN;
					}
				}
				assert.equal(samples[y * toWidth + x], Math.floor(sum / (width * height) + 0.5));
			}
		}
	}
});

test("a constant image stays constant at any size, also the brightest", () => {
	for (const value of [0, 1, 128, 255]) {
		const { samples } = resizeByArea(grey(31, 17, new Array(31 * 17).fill(value)), 14, 14);
		assert.ok(samples.every((sample) => sample === value));
	}
});

test("the crop is the square around the centre", () => {
	const wide = cropCentreSquare(grey(5, 2, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
	assert.deepEqual(
		{ ...wide, samples: [...wide.samples] },
		{ width: 2, height: 2, channels: 1, samples: [1, 2, 6, 7] },
	);
	const high = cropCentreSquare(grey(1, 4, [0, 1, 2, 3]));
	assert.deepEqual([...high.samples], [1]);
});

test("colour becomes luma of BT.601, and grey keeps its value", () => {
	const image: RawImage = {
		width: 4,
		height: 1,
		channels: 3,
		samples: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 7, 7, 7),
	};
	assert.deepEqual([...toGrey(image).samples], [76, 150, 29, 7]);
});

test("inputs have the study's channels, shape and scaling", () => {
	const image = grey(2, 2, [0, 100, 200, 255]);
	const study = imageStudy({ input: { height: 2, width: 2, channels: 1 } });
	const inputsOf = (changes: Parameters<typeof imageStudy>[0]): number[] => {
		const { input, preprocessing } = imageStudy({ input: study.input, ...changes });
		assert.equal(preprocessing.kind, "image");
		return preprocessing.kind === "image" ? [...imageInputs(image, { input, preprocessing })] : [];
	};
	assert.deepEqual(inputsOf({}), [0, 100, 200, 255]);
	assert.deepEqual(inputsOf({ input: { height: 1, width: 1, channels: 3 } }), [139, 139, 139]);
	const scaling = { mean: 100, deviation: 50, sigmas: 2 };
	assert.deepEqual(inputsOf({ preprocessing: { kind: "image", crop: "none", scaling } }), [0, 128, 255, 255]);
});

test("the window is DICOM's: PS3.3 C.11.2.1.2.1", () => {
	const window = { centre: 40, width: 400 };
	assert.equal(windowToByte(-160, window), 0);
	assert.equal(windowToByte(-161, window), 0);
	assert.equal(windowToByte(240, window), 255);
	assert.equal(windowToByte(239, window), 255);
	// ((40 - 39.5) / 399 + 0.5) * 255 = 127.8
	assert.equal(windowToByte(40, window), 128);
	assert.equal(windowToByte(9, { centre: 10, width: 1 }), 0);
	assert.equal(windowToByte(10, { centre: 10, width: 1 }), 255);
});
