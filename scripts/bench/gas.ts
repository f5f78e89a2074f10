/** Gas, from the snapshot that the contract tests compare exactly (test/contracts/gas.json): no run of the benchmarks changes it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../checks/steps.ts";
import type { Section } from "./sections.ts";

const snapshotSchema = z.record(z.string(), z.int());
const BATCH = /^verifyUpdate, (\d+) training proofs/;
const ONE_BY_ONE = /^snarkjs, /;

const amount = (gas: number): string => `${gas.toLocaleString("en-US")} gas`;

export const gasSections = async (): Promise<readonly Section[]> => {
	const text = await readFile(join(ROOT, "test/contracts/gas.json"), "utf8");
	const snapshot = snapshotSchema.parse(JSON.parse(text));
	const entries = Object.entries(snapshot);
	const batches = entries.flatMap(([what, gas]) => {
		const proofs = BATCH.exec(what)?.[1];
		const reference = snapshot[`snarkjs, ${proofs} training proofs and an encryption proof one by one`];
		if (proofs === undefined || reference === undefined) return [];
		return [
			{
				what: `${proofs} training proofs and an encryption proof`,
				ours: `one pairing check: ${amount(gas)}`,
				reference: `snarkjs' verifiers one by one: ${amount(reference)}`,
				ratio: reference / gas,
			},
		];
	});
	const transactions = entries
		.filter(([what]) => !BATCH.test(what) && !ONE_BY_ONE.test(what))
		.map(([what, gas]) => ({ what, ours: amount(gas), reference: "", ratio: null }));
	return [
		{ title: "Gas of verifying an update's proofs", rows: batches },
		{ title: "Gas of transactions", rows: transactions },
	];
};
