/** A whole file in memory, unless it is larger than it can sensibly be. */
import { type FileHandle, open } from "node:fs/promises";
import { refusal } from "./failure.ts";

/**
 * @param what for the refusal: never an image's own name
 * @throws DecentraHealthError DATASET_TOO_LARGE, DATASET_UNREADABLE; the system's errors
 */
export const readBounded = async (path: string, most: number, what: string): Promise<Uint8Array<ArrayBuffer>> => {
	let file: FileHandle | undefined;
	try {
		file = await open(path, "r");
		const { size } = await file.stat();
		if (size > most) {
			throw refusal(
				"DATASET_TOO_LARGE",
				`${what} has ${size} bytes; at most ${most} are read`,
				"Check that it is the right file; split or shrink it if it is.",
			);
		}
		// A file that grows while it is read gives no more than it had.
		const bytes = new Uint8Array(size);
		let at = 0;
		while (at < size) {
			const { bytesRead } = await file.read(bytes, at, size - at, at);
			if (bytesRead === 0) {
				throw refusal("DATASET_UNREADABLE", `${what} was cut off while it was read`, "Read it when nobody writes it.");
			}
			at += bytesRead;
		}
		return bytes;
	} finally {
		await file?.close();
	}
};
