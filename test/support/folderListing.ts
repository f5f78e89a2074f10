/** What a folder holds, for comparisons of before and after. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Every path below the folder with its mode and the digest of its content. */
export const folderListing = (path: string): readonly string[] => {
	const { mode } = statSync(path);
	const content = statSync(path).isDirectory() ? "" : createHash("sha256").update(readFileSync(path)).digest("hex");
	const below = content === "" ? readdirSync(path).flatMap((name) => folderListing(join(path, name))) : [];
	return [`${path} ${mode.toString(8)} ${content}`, ...below].sort();
};
