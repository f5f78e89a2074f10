/** A study as people name it on a command line: a file, or the name of one of studies/. */
import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MOST_STUDY_BYTES, readStudyText } from "../core/studyFile.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import type { Study } from "../protocol/study.ts";
import { systemErrorCode } from "./atomicFile.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

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

/** Most wrong fields that a message lists. */
const MOST_PROBLEMS = 20;

const invalid = (message: string): DecentraHealthError =>
	new DecentraHealthError("STUDY_INVALID", {
		message,
		nextStep: "Correct it as docs/STUDIES.md describes the fields; studies/wdbc.json is a complete example.",
	});

const readText = async (path: string): Promise<string> => {
	let file: FileHandle | undefined;
	try {
		file = await open(path, "r");
		const { size } = await file.stat();
		if (size > MOST_STUDY_BYTES)
			throw invalid(`the study ${path} has ${size} bytes; a study has at most ${MOST_STUDY_BYTES}`);
		return await file.readFile("utf8");
	} catch (error) {
		if (isDecentraHealthError(error)) throw error;
		throw invalid(`the study ${path} can't be read (${systemErrorCode(error)})`);
	} finally {
		await file?.close();
	}
};

/**
 * A study from a file's text. Every wrong field is named with its value and what would be accepted.
 * @param source for refusals
 * @throws DecentraHealthError STUDY_INVALID
 */
export const parseStudy = (text: string, source: string): Study => {
	const read = readStudyText(text);
	if ("study" in read) return read.study;
	if ("notJson" in read) throw invalid(`the study ${source} is no JSON`);
	const problems = read.problems.map(({ field, value, message }) => `  ${field} (${value}): ${message}`);
	const more = problems.length > MOST_PROBLEMS ? [`  and ${problems.length - MOST_PROBLEMS} more`] : [];
	throw invalid([`the study ${source} has wrong fields:`, ...problems.slice(0, MOST_PROBLEMS), ...more].join("\n"));
};

/** @param given a file or a name @throws DecentraHealthError STUDY_INVALID naming the field */
export const readStudyFile = async (given: string): Promise<Study> => {
	const path = studyPath(given);
	return parseStudy(await readText(path), path);
};
