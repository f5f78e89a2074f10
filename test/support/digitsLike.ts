/** The multi-class study of tests, and data for it: bright strokes in four directions on noise. */
import { readFileSync } from "node:fs";
import { createRandom } from "../../worker/core/dataset/random.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { type Study, studySchema } from "../../worker/protocol/study.ts";

export const loadDigitsLike = (): Study =>
	studySchema.parse(JSON.parse(readFileSync(new URL("./studies/digits-like.json", import.meta.url), "utf8")));

const SIZE = 8;
/** Steps (down, right) of a stroke, by label. */
const DIRECTIONS = [
	[1, 0],
	[0, 1],
	[1, 1],
	[-1, 1],
] as const;

/** One image per label in turn; `count` samples, grey values [height][width]. */
export const digitsLikeSamples = (count: number, seed: string): readonly Sample[] => {
	const random = createRandom(`digits-like/${seed}`);
	return Array.from({ length: count }, (_, index) => {
		const label = index % DIRECTIONS.length;
		const [down, right] = DIRECTIONS[label] ?? [0, 0];
		const inputs = Uint8Array.from({ length: SIZE * SIZE }, () => 40 + random.below(60));
		// Through a point near the middle, both ways, about five pixels long.
		const [row, column] = [2 + random.below(4), 2 + random.below(4)];
		for (let step = -2; step <= 2; step++) {
			const [y, x] = [row + step * down, column + step * right];
			if (y >= 0 && y < SIZE && x >= 0 && x < SIZE) inputs[y * SIZE + x] = 190 + random.below(60);
		}
		return { inputs, label };
	});
};
