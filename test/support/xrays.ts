/** PneumoniaMNIST, where a copy lies beside the repository: too large to be part of it. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSamples } from "../../worker/adapters/dataset/readSamples.ts";
import type { Study } from "../../worker/protocol/study.ts";

const FILES = ["../../.data/datasets/pneumoniamnist.npz", "../../../shared/data/pneumoniamnist.npz"].map((path) =>
	fileURLToPath(new URL(path, import.meta.url)),
);

export const XRAYS_PATH: string | undefined = FILES.find((path) => existsSync(path));

/** Option of a test that needs the images: it runs, or says why it does not. */
export const NEEDS_XRAYS = {
	skip:
		XRAYS_PATH === undefined && "there is no copy of pneumoniamnist.npz; npm run data -- fetch pneumoniamnist gets it",
};

export const loadXrays = async (study: Study) => {
	if (XRAYS_PATH === undefined) throw new RangeError(NEEDS_XRAYS.skip || "no copy");
	const options = { path: XRAYS_PATH, study, maxRows: 10_000 };
	return {
		train: await readSamples({ ...options, split: "train" }),
		test: await readSamples({ ...options, split: "test" }),
	};
};
