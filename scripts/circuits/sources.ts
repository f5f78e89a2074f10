/** Which Circom files a circuit consists of, and one hash over all of them. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";

/** Folders (from the repository root) in which circom looks for an include that is not beside the including file. */
export const LIBRARY_FOLDERS = ["node_modules", "."] as const;

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");

const includesOf = (source: string): readonly string[] =>
	[...withoutComments(source).matchAll(/\binclude\s+"([^"]+)"/g)].map((match) => match[1] as string);

const resolveInclude = (root: string, from: string, include: string): string => {
	const candidates = [join(dirname(from), include), ...LIBRARY_FOLDERS.map((folder) => join(folder, include))];
	const found = candidates.map(normalize).find((path) => existsSync(join(root, path)));
	if (found !== undefined) return found;
	throw new DecentraHealthError("CIRCUIT_COMPILE", {
		message: `${from} includes "${include}", which is in none of ${candidates.join(", ")}`,
		nextStep: "correct the include, or run `npm ci` if it is a library's file",
	});
};

/**
 * All files that `main` includes, directly or not, itself first.
 * @param root the repository's root; every path here is relative to it
 * @throws DecentraHealthError CIRCUIT_COMPILE when an include cannot be found
 */
export const circuitSources = (root: string, main: string): readonly string[] => {
	const known = new Set([normalize(main)]);
	for (const path of known) {
		for (const include of includesOf(readFileSync(join(root, path), "utf8"))) {
			known.add(resolveInclude(root, path, include));
		}
	}
	return [...known];
};

/**
 * SHA-256 (32 hex digits of it) over a main file's text and the contents of all files that it includes, and over `salt`: compiler, flags, anything
 * else that changes the output. Paths and order of included files do not matter, nor do comments and white space: a
 * better explanation makes no new keys.
 * @param root the repository's root, from which the main file includes
 * @throws DecentraHealthError CIRCUIT_COMPILE when an include cannot be found
 */
export const circuitHash = (root: string, main: string, salt: readonly string[]): string => {
	const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
	const contentDigest = (source: string): string => digest(withoutComments(source).replace(/\s+/g, " ").trim());
	const included = new Set(
		includesOf(main).flatMap((include) => circuitSources(root, resolveInclude(root, "", include))),
	);
	const rest = [...included].map((path) => contentDigest(readFileSync(join(root, path), "utf8")));
	return digest(JSON.stringify([contentDigest(main), rest.sort(), salt])).slice(0, 32);
};
