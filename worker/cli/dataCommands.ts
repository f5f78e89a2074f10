/** `worker data ...`: a hospital's data before they are used. Needs no chain, no keys and no circuits. */
import { Command, InvalidArgumentError } from "commander";
import { readStudyFile } from "../adapters/studyFile.ts";
import { examineData } from "../node/examineData.ts";
import { importData } from "../node/importData.ts";
import { formatDataReport } from "./formatDataReport.ts";

const wholeNumber = (text: string): number => {
	const value = Number(text);
	if (/^\d{1,9}$/.test(text) && value > 0) return value;
	throw new InvalidArgumentError("Not a whole number above 0.");
};

const dataCommandOf = (name: string, description: string): Command =>
	new Command(name)
		.description(description)
		.argument("<path>", "CSV file, .npz archive, folder of images with a CSV file of labels, or normalized store")
		.requiredOption("--study <study>", "the study's file, or the name of one in studies/")
		.option("--split <name>", "train, val or test of an .npz archive; by default train")
		.option("--json", "print one JSON object");

type Options = { readonly study: string; readonly split?: string; readonly json?: true };

/** @param ended takes the exit code of a command that did not fail */
export const dataCommand = (ended: (exitCode: number) => void): Command => {
	const doctor = dataCommandOf(
		"doctor",
		"look at everything and change nothing; exit code 0 fine, 1 problems, 2 unusable",
	)
		.option("--test <path>", "held-out rows in another file: none of them may be in the data")
		.action(async (path: string, { study, split, test, json }: Options & { readonly test?: string }) => {
			const report = await examineData({ path, study: await readStudyFile(study), split, test });
			process.stdout.write(json ? `${JSON.stringify(report)}\n` : formatDataReport(report));
			ended(report.exitCode);
		});
	const importing = dataCommandOf(
		"import",
		"write a normalized store of the study: one file, accepted wherever data are named",
	)
		.requiredOption("--out <file>", "the store to write")
		.option("--rows <count>", "take so many rows, in the classes' proportions", wholeNumber)
		.option("--balanced", "take as many rows of each class")
		.option("--seed <text>", "chooses the rows; the same seed gives the same rows")
		.action(
			async (
				path: string,
				options: Options & {
					readonly out: string;
					readonly rows?: number;
					readonly balanced?: true;
					readonly seed?: string;
				},
			) => {
				const { study, json, ...rest } = options;
				const imported = await importData({ path, study: await readStudyFile(study), ...rest });
				const { out, samples, of, classes } = imported;
				const counts = Object.entries(classes).map(([name, count]) => `${name} ${count}`);
				process.stdout.write(
					json
						? `${JSON.stringify(imported)}\n`
						: `${out}: ${samples} of ${of} rows (${counts.join(", ")}), for study ${study}\n`,
				);
			},
		);
	return new Command("data")
		.description("a hospital's data: examine them, or write them as a normalized store")
		.addCommand(doctor)
		.addCommand(importing);
};
