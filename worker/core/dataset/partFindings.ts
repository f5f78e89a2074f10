/** What is wrong with one part of a data set, how bad it is, and what to do. */
import { standardProfile } from "../../protocol/profiles.ts";
import { leastSamples, type Study } from "../../protocol/study.ts";
import { columnFindings } from "./columnFindings.ts";
import type { Examined } from "./examine.ts";
import { counted, type Finding, finding, percent } from "./finding.ts";
import { classCounts } from "./labels.ts";
import { repeatFindings } from "./repeatFindings.ts";

const RARE_CLASS = 0.1;

const REFUSED: Readonly<Record<string, readonly [problem: string, fix: string]>> = {
	DATASET_VALUE: [
		"no finite number, or empty",
		'Correct the cells or remove the rows; for empty cells the study may say "missing": "mean".',
	],
	DATASET_LABEL: ["no class of the study", "Label every row with a class's name or number."],
	DATASET_SHAPE: ["another number of cells than the first line", "Give every line as many cells as the first one."],
	DATASET_UNREADABLE: [
		"an image that can't be read",
		"Put the file where its line says, export it again, or remove the line.",
	],
	DATASET_UNSUPPORTED: [
		"an image of a kind that is not read",
		"Convert it: PNG, JPEG, or uncompressed monochrome DICOM.",
	],
	DATASET_TOO_LARGE: ["an image that is too large", "Shrink it: the study resizes it anyway."],
};

const refusedRows = (part: string, { refused }: Examined): readonly Finding[] =>
	refused.map(({ code, column, rows }) => {
		const [problem, fix] = REFUSED[code] ?? ["unusable", "Correct or remove the rows."];
		const where = column === undefined ? "" : `, column "${column}"`;
		return finding(part, {
			severity: "unusable",
			kind: code,
			message: `${counted(rows.length, "row")}${where}: ${problem}`,
			rows,
			fix,
		});
	});

const sizeFindings = (
	part: string,
	{ rows, fingerprints, refused }: Examined,
	study: Study,
	trained: boolean,
): readonly Finding[] => {
	const { batchSize, datasetDepth } = study;
	const good = fingerprints.length;
	const most = Math.min(2 ** datasetDepth * batchSize, standardProfile.maxSampleSum);
	const least = leastSamples(study);
	const left = good % batchSize;
	const found: Finding[] = [];
	if (rows === 0) {
		found.push(
			finding(part, { severity: "unusable", kind: "empty", message: "no rows", fix: "Provide labelled rows." }),
		);
	} else if (trained && good < least) {
		const message =
			good < batchSize
				? `${counted(good, "good row")}, less than one batch of ${batchSize}`
				: `${counted(good, "good row")}; study ${study.name} takes no hospital with fewer than ${least} (minSamples, minBatches)`;
		found.push(
			finding(part, { severity: "unusable", kind: "too-few", message, fix: `Provide at least ${least} rows.` }),
		);
	}
	if (!trained) return found;
	if (good - left > most) {
		found.push(
			finding(part, {
				severity: "unusable",
				kind: "too-many",
				message: `${counted(good, "row")}; study ${study.name} holds ${most} of a hospital`,
				count: good - most,
				fix: `Take a part: \`npm run worker -- data import PATH --study ${study.name} --out FILE --rows ${most}\`; or raise the study's datasetDepth.`,
			}),
		);
	} else if (left > 0 && good > batchSize && refused.length === 0) {
		found.push(
			finding(part, {
				severity: "note",
				kind: "left-over",
				message: `${counted(left, "row")} in no batch of ${batchSize}: left out`,
				count: left,
				fix: "Nothing to do; which rows they are follows from the hospital's secret seed.",
			}),
		);
	}
	return found;
};

const classFindings = (part: string, { fingerprints }: Examined, { classes }: Study): readonly Finding[] => {
	const good = fingerprints.length;
	if (good === 0) return [];
	return classCounts(fingerprints, classes).flatMap((count, label): Finding[] => {
		const name = classes[label] ?? "";
		if (count === 0) {
			const message = `no row of class "${name}"`;
			return [
				finding(part, {
					severity: "problem",
					kind: "class-missing",
					message,
					fix: "Check the label column; training on one class alone pulls the model to it.",
				}),
			];
		}
		if (count / good >= RARE_CLASS / (classes.length - 1)) return [];
		const message = `class "${name}" has ${percent(count / good)} of the rows`;
		return [
			finding(part, {
				severity: "note",
				kind: "class-rare",
				message,
				count,
				fix: "`data import --balanced` takes as many rows of each class.",
			}),
		];
	});
};

/** Findings about one part. `trained`: it is the part that a worker commits to. */
export const partFindings = (part: string, examined: Examined, study: Study, trained: boolean): readonly Finding[] => {
	const { blank, sizes } = examined;
	return [
		...sizeFindings(part, examined, study, trained),
		...refusedRows(part, examined),
		...classFindings(part, examined, study),
		...columnFindings(part, examined),
		...(blank.length === 0
			? []
			: [
					finding(part, {
						severity: "problem",
						kind: "blank",
						message: `${counted(blank.length, "row")} with one and the same value in all inputs`,
						rows: blank,
						fix: "Look at them: an empty image, or a window that shows nothing of it.",
					}),
				]),
		...(sizes.size <= 1
			? []
			: [
					finding(part, {
						severity: "note",
						kind: "image-sizes",
						message: `images of ${sizes.size} sizes; all are resized to ${study.input.height} x ${study.input.width}`,
						count: sizes.size,
						fix: "Nothing to do if the crop suits all of them.",
					}),
				]),
		...repeatFindings(part, examined),
	];
};
