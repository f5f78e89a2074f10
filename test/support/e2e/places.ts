/** Everywhere a run leaves bytes: files, the chain, what it printed. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { AttachedRun } from "./attach.ts";
import type { DemoRun } from "./demoRun.ts";

export type Place = {
	/** "hospital-1/data.csv", "ipfs/…", "chain", "output", "report". */
	readonly name: string;
	readonly bytes: Uint8Array;
};

const filesBelow = async (folder: string): Promise<readonly Place[]> => {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return Promise.all(
		entries
			.filter((entry) => entry.isFile())
			.map(async ({ parentPath, name }) => {
				const path = join(parentPath, name);
				return { name: relative(folder, path), bytes: new Uint8Array(await readFile(path)) };
			}),
	);
};

/** Every transaction's data and every log. */
const chainBytes = async ({ connection }: AttachedRun): Promise<Uint8Array> => {
	const { client } = connection;
	const parts: Uint8Array[] = [];
	const latest = await client.getBlockNumber();
	for (let blockNumber = 0n; blockNumber <= latest; blockNumber++) {
		const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
		for (const { input } of transactions) parts.push(Buffer.from(input.slice(2), "hex"));
	}
	for (const { data } of await client.getLogs({ fromBlock: 0n, toBlock: latest })) {
		parts.push(Buffer.from(data.slice(2), "hex"));
	}
	return Buffer.concat(parts);
};

const text = (name: string, value: string): Place => ({ name, bytes: Buffer.from(value, "utf8") });

export const placesOf = async (demo: DemoRun, run: AttachedRun): Promise<readonly Place[]> => [
	...(await filesBelow(demo.folder)),
	{ name: "chain", bytes: await chainBytes(run) },
	text("output", demo.output),
	text("report", demo.report),
];
