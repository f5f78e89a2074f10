/** Everything that scenarios share: the chain with its contracts, the links, the pool of processes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomRing } from "../randomRing.ts";
import { openChains } from "./chains.ts";
import { NAMES, prepareConsortium } from "./consortium.ts";
import { startLinks } from "./links.ts";
import { startFaultNode } from "./node.ts";
import type { Theatre } from "./runScenario.ts";
import { createWorkerPool } from "./workerPool.ts";

export type OpenTheatre = Theatre & {
	/** Sets the seed of the links' decisions. */
	readonly reseed: (seed: string) => void;
	/** @param keep leaves the folders of failed scenarios */
	readonly close: (keep?: boolean) => Promise<void>;
};

export const openTheatre = async ({ keep = false }: { readonly keep?: boolean } = {}): Promise<OpenTheatre> => {
	const folder = mkdtempSync(join(tmpdir(), "decentrahealth-faults-"));
	let random = randomRing("links");
	const node = await startFaultNode();
	const links = await startLinks(() => random);
	const pool = createWorkerPool();
	const warm = pool.warm(NAMES.length);
	const consortium = await prepareConsortium(node, links, folder);
	const chains = await openChains(node, consortium);
	await warm;
	return {
		consortium,
		chains,
		links,
		pool,
		folder,
		keep,
		reseed: (seed) => {
			random = randomRing(seed);
		},
		close: async (keepFolders = keep) => {
			await pool.close();
			await links.close();
			await chains.close();
			if (!keepFolders) rmSync(folder, { recursive: true, force: true });
		},
	};
};
