/** How loaders that read files refuse. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { systemErrorCode } from "../atomicFile.ts";
import { refusal } from "./refusal.ts";

export { refusal } from "./refusal.ts";

export const aborted = (path: string): DecentraHealthError =>
	refusal("ABORTED", `reading ${path} was cancelled`, "Run the command again.");

/** Our own errors pass; a cancelled signal is ABORTED; a system error is DATASET_UNREADABLE by its code alone. */
export const unreadable = (error: unknown, path: string, signal?: AbortSignal): DecentraHealthError => {
	if (error instanceof DecentraHealthError) return error;
	if (signal?.aborted === true) return aborted(path);
	return refusal(
		"DATASET_UNREADABLE",
		`cannot read ${path}: ${systemErrorCode(error)}`,
		"Check the path and that this user may read the file.",
	);
};

export const throwIfAborted = (path: string, signal: AbortSignal | undefined): void => {
	if (signal?.aborted === true) throw aborted(path);
};
