/** What the dApp is built from: a digest over it says whether a build is still the one of these sources. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** The pages, and everything that they may import. */
const FOLDERS = ["web", "worker/protocol", "worker/core", "worker/adapters", "circuits/profiles"];
const FILES = ["package-lock.json", "tsconfig.json"];

/** Made from sources, by Next.js and tsc: no source. */
const isMade = (name: string): boolean =>
	name === "node_modules" || name === "next-env.d.ts" || name.startsWith(".next") || name.endsWith(".tsbuildinfo");

const filesBelow = async (folder: string): Promise<readonly string[]> => {
	const entries = await readdir(folder, { withFileTypes: true });
	const found = await Promise.all(
		entries
			.filter(({ name }) => !isMade(name))
			.map((entry) => {
				const path = join(folder, entry.name);
				return entry.isDirectory() ? filesBelow(path) : [path];
			}),
	);
	return found.flat();
};

/** @param root of the repository @returns SHA-256, hex, of the sources' names and contents, of the packages' versions and of Node's */
export const sourcesDigest = async (root: string): Promise<string> => {
	const folders = await Promise.all(FOLDERS.map((folder) => filesBelow(join(root, folder))));
	const paths = [...folders.flat(), ...FILES.map((file) => join(root, file))];
	const names = paths.map((path) => relative(root, path).split(sep).join("/")).sort();
	const total = createHash("sha256").update(process.version);
	for (const name of names) {
		const content = createHash("sha256")
			.update(await readFile(join(root, name)))
			.digest("hex");
		total.update(`\n${content} ${name}`);
	}
	return total.digest("hex");
};
