/** A study as people name it on a command line: a file, or the name of one of studies/. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { DecentraHealthError } from "../worker/protocol/errors.ts";
import { type Study, studySchema } from "../worker/protocol/study.ts";
import { ROOT } from "./checks/steps.ts";

/** What every command works on when no study is named. */
export const DEFAULT_STUDY = "studies/wdbc.json";

const NAME = /^[a-z0-9-]+$/;

/**
 * Path of a study's file: "wdbc" means studies/wdbc.json of this repository, anything else is a path from the working directory or, where
 * there is none, from the repository.
 */
export const studyPath = (given: string): string => {
	if (NAME.test(given) && !existsSync(given)) return join(ROOT, "studies", `${given}.json`);
	const here = resolve(given);
	return isAbsolute(given) || existsSync(here) ? here : join(ROOT, given);
};

/** Characters of a refused value that a message shows. */
const LONGEST_VALUE = 60;

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
	path.reduce<unknown>(
		(inner, key) =>
			typeof inner === "object" && inner !== null ? (inner as Readonly<Record<PropertyKey, unknown>>)[key] : undefined,
		value,
	);

/** @param given a file or a name @throws DecentraHealthError STUDY_INVALID naming the field */
export const readStudyFile = async (given: string): Promise<Study> => {
	const path = studyPath(given);
	const invalid = (message: string, cause?: unknown) =>
		new DecentraHealthError("STUDY_INVALID", {
			message,
			nextStep: "Correct it as docs/STUDIES.md describes the fields; studies/wdbc.json is a complete example.",
			cause,
		});
	const text = await readFile(path, "utf8").catch((cause: unknown) => {
		throw invalid(`the study ${path} can't be read`, cause);
	});
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw invalid(`the study ${path} is no JSON`, cause);
	}
	const parsed = studySchema.safeParse(json);
	if (parsed.success) return parsed.data;
	const problems = parsed.error.issues.map(({ path: field, message }) => {
		const value = JSON.stringify(valueAt(json, field)) ?? "missing";
		const shown = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}...` : value;
		return `${field.join(".") || "the file"} (${shown}): ${message}`;
	});
	throw invalid([`the study ${path} has wrong fields:`, ...problems.map((text) => `  ${text}`)].join("\n"));
};
