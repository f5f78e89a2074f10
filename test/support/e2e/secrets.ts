/** Everything in a run that its owner alone may know, in the forms in which it could be left behind. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { deriveFieldElement } from "../../../worker/core/dataset/derive.ts";
import { journalPath } from "../../../worker/node/folders.ts";
import type { HospitalSecrets } from "./attach.ts";
import type { OpenedUpdate } from "./colluders.ts";
import type { DemoRun } from "./demoRun.ts";
import { type Needle, secretBytes, secretElement, secretText, secretVector } from "./needles.ts";

/** Of the many elements of a polynomial or a packed key: whoever leaves one behind leaves the first ones. */
const FIRST = 3;

const elements = (what: string, values: readonly bigint[]): readonly Needle[] =>
	values.slice(0, FIRST).flatMap((value, index) => secretElement(`${what} ${index}`, value));

/** The rows and batches of a hospital: in its CSV file, and nowhere else. */
export const rowsOf = ({ name, rows, dataset }: HospitalSecrets): readonly Needle[] => [
	...rows.flatMap((row, index) => secretText(`${name}: row ${index}`, row)),
	...dataset.batches
		.flat()
		.flatMap(({ inputs }, index) => [
			...secretBytes(`${name}: inputs of sample ${index}`, inputs),
			...secretVector(`${name}: inputs of sample ${index}`, [...inputs]),
		]),
];

/** What the note of a round's proofs says they are about: the salts between the segments are derived from it. */
const statementsOf = async ({ folder }: DemoRun, { name }: HospitalSecrets): Promise<readonly string[]> => {
	const journal = journalPath(join(folder, name));
	const notes = (await readdir(journal)).filter((file) => file.startsWith("update-"));
	const texts = await Promise.all(notes.map((file) => readFile(join(journal, file), "utf8")));
	return texts.map((text) => String((JSON.parse(text) as { readonly statement: unknown }).statement));
};

/** Seed and salts of a hospital: nowhere in the clear, not even in its own folder. */
export const saltsOf = async (run: DemoRun, hospital: HospitalSecrets): Promise<readonly Needle[]> => {
	const { name, dataSeed, dataset } = hospital;
	const statements = await statementsOf(run, hospital);
	if (statements.length === 0) throw new RangeError(`${name} has no notes of its proofs`);
	return [
		...secretBytes(`${name}: data seed`, dataSeed),
		...dataset.salts.flatMap((salt, batch) => secretElement(`${name}: salt of batch ${batch}`, salt)),
		...statements.flatMap((statement) =>
			dataset.salts.flatMap((_, segment) =>
				secretElement(
					`${name}: salt after segment ${segment}`,
					deriveFieldElement(dataSeed, `weights-salt/${statement}/${segment}`),
				),
			),
		),
	];
};

/** A single update: key, error, sharing polynomials, shares, blinds and weights. Nowhere in the clear, not even in its hospital's folder. */
export const updateSecrets = (
	what: string,
	{ secret, error, packedKey, shareCoefficients, shares, blinds }: OpenedUpdate,
	segments: readonly (readonly number[])[],
): readonly Needle[] => [
	...secretVector(`${what}: s`, secret),
	...secretVector(`${what}: e`, error),
	...elements(`${what}: packed key`, packedKey),
	...elements(`${what}: sharing polynomial`, shareCoefficients),
	...shares.flatMap((own, index) => elements(`${what}: share of member ${index + 1}`, own)),
	...elements(`${what}: blind`, blinds),
	...segments.flatMap((weights, index) => secretVector(`${what}: weights after segment ${index}`, weights)),
];
