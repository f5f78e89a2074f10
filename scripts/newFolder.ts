/** The folder of everything that a command leaves behind. */
import { mkdir, stat } from "node:fs/promises";
import { DecentraHealthError } from "../worker/protocol/errors.ts";

/** Makes it, for its owner alone. @throws DecentraHealthError CONFIG_INVALID when it exists */
export const makeNewFolder = async (folder: string): Promise<void> => {
	const exists = await stat(folder).then(
		() => true,
		() => false,
	);
	if (exists) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `${folder} exists already`,
			nextStep: "Name a new folder: a new chain starts, and old keys and notes would not fit it.",
		});
	}
	await mkdir(folder, { recursive: true, mode: 0o700 });
};
