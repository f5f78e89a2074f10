/** `npm run study -- package`. */
import { existsSync } from "node:fs";
import { Command } from "commander";
import { isTaken, systemErrorCode, writeFileAtomic } from "../../worker/adapters/atomicFile.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { packageStudy } from "./package.ts";

type Options = { readonly out: string; readonly json?: boolean };

const refuse = (message: string): DecentraHealthError =>
	new DecentraHealthError("CONFIG_INVALID", { message, nextStep: "Name another file with --out." });

const write = (path: string, text: string): Promise<void> =>
	writeFileAtomic(path, text, { mode: 0o644, folderMode: 0o755, exclusive: true }).catch((error: unknown) => {
		throw refuse(isTaken(error) ? `${path} exists` : `cannot write ${path}: ${systemErrorCode(error)}`);
	});

const makePackage = async (file: string, { out, json = false }: Options): Promise<void> => {
	// Before minutes of building; the write itself checks again.
	if (existsSync(out)) throw refuse(`${out} exists`);
	const made = await packageStudy(file);
	const text = `${JSON.stringify(made)}\n`;
	await write(out, text);
	const { study, definitionDigest, developmentKeys } = made;
	if (json) {
		const bytes = Buffer.byteLength(text);
		const summary = { file: out, study: study.name, definitionDigest, developmentKeys, bytes };
		process.stdout.write(`${JSON.stringify(summary)}\n`);
		return;
	}
	process.stdout.write(`${out}: all that creating the study "${study.name}" takes\n`);
	if (developmentKeys) {
		process.stdout.write("Its keys are development keys, made on one machine: local chains alone accept them.\n");
	}
};

export const packageCommand = (): Command =>
	new Command("package")
		.description(
			"build a study's circuits, keys and verifiers, and write all that creating the study takes to one file",
		)
		.argument("<file>", "a study's file, or the name of one in studies/")
		.requiredOption("--out <file>", "a new file")
		.option("--json", "print one JSON object")
		.action(makePackage);
