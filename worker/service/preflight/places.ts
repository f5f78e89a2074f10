/** Folders and ports that a worker will need, looked at without being taken. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { systemErrorCode } from "../../adapters/atomicFile.ts";
import { folderOwner } from "../lock.ts";
import { type Finding, refusal } from "./check.ts";

/** Whether the folder, or the nearest one above it that exists, can be written. */
const requireWritable = async (path: string): Promise<void> => {
	for (let folder = path; ; folder = dirname(folder)) {
		try {
			await access(folder, constants.W_OK | constants.X_OK);
			return;
		} catch (error) {
			if (systemErrorCode(error) === "ENOENT" && dirname(folder) !== folder) continue;
			throw refusal(
				"CONFIG_INVALID",
				`${folder} can't be written (${systemErrorCode(error)})`,
				"Check its permissions.",
			);
		}
	}
};

export const checkFolder = async (folder: string): Promise<Finding> => {
	await requireWritable(folder);
	const owner = await folderOwner(folder);
	if (owner !== undefined) throw owner;
	return { detail: folder };
};

export const checkStoreFolder = async (folder: string): Promise<void> => requireWritable(folder);

/** Listens for a moment: a port that is asked for in words only says nothing. */
export const checkPort = async (host: string, port: number, field: string): Promise<Finding> => {
	if (port === 0) return { detail: `${host}, any free port` };
	await new Promise<void>((resolve, reject) => {
		const server = createServer();
		server.once("error", (error) => {
			const code = systemErrorCode(error);
			reject(
				code === "EADDRINUSE"
					? refusal(
							"PORT_IN_USE",
							`another program listens on ${host}:${port}`,
							`Choose another "${field}", or stop that program.`,
						)
					: refusal("CONFIG_INVALID", `${host}:${port} can't be listened on (${code})`, `Choose another "${field}".`),
			);
		});
		server.listen(port, host, () => server.close(() => resolve()));
	});
	return { detail: `${host}:${port} is free` };
};
