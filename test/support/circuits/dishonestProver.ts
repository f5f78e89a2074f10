/**
 * A dishonest prover's witness calculator: our circuits with every `===` taken out, and with chosen lines rewritten. It computes everything
 * that follows from a lie, so the witnesses it makes are as consistent as a liar can make them. The honest circuit then has to refuse them.
 *
 *     const liar = await dishonestProver(options, { "circuits/lib/x/Y.circom": [["out <== in;", "out <== in + 1;"]] });
 *     const witness = await liar.witness(input);
 *     assert.deepEqual(liar.violations(witness), ["<names of the signals in the violated constraints>"]);
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { CircuitInput } from "snarkjs";
import { REPOSITORY } from "../../../scripts/circuits/circom.ts";
import { TEST_CIRCUIT_CACHE } from "../../../scripts/circuits/compile.ts";
import { markUsed } from "../../../scripts/circuits/prune.ts";
import { evaluateRow, type SparseMatrix } from "../../../scripts/circuits/r1cs.ts";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { type TestCircuit, type TestCircuitOptions, testCircuit, type Witness } from "./testCircuit.ts";

/** Per file (from the repository's root): texts to replace, each of which must occur exactly once. */
export type Edits = Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;

export type DishonestProver = {
	/** The honest circuit, unsimplified, so that every signal is in its witness. */
	readonly circuit: TestCircuit;
	/** The liar's witness, in the honest circuit's layout. */
	readonly witness: (input: CircuitInput) => Promise<Witness>;
	/** For each constraint of the honest circuit that the witness violates: the signals that occur in it, sorted. */
	readonly violations: (witness: Witness) => readonly (readonly string[])[];
};

const CHECK = /[^;{}]*===[^;]*;/g;

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");

/** Our circuits without constraints, edited; returns their folder from the repository's root. */
const dishonestSources = async (edits: Edits): Promise<string> => {
	const names = (await readdir(join(REPOSITORY, "circuits"), { recursive: true }))
		.filter((name) => name.endsWith(".circom"))
		.sort();
	const files = await Promise.all(
		names.map(async (name) => {
			let text = withoutComments(await readFile(join(REPOSITORY, "circuits", name), "utf8"));
			for (const [from, to] of edits[`circuits/${name}`] ?? []) {
				assert.equal(text.split(from).length, 2, `"${from}" does not occur exactly once in ${name}`);
				text = text.replace(from, to);
			}
			return [name, text.replace(CHECK, "")] as const;
		}),
	);
	for (const name of Object.keys(edits)) assert.ok(names.includes(relative("circuits", name)), `no circuit ${name}`);
	const hash = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 24);
	const folder = join(TEST_CIRCUIT_CACHE, "dishonest", hash);
	const work = `${folder}.${process.pid}`;
	await cp(join(REPOSITORY, "circuits"), work, {
		recursive: true,
		filter: (path) => !path.endsWith(".json") && !path.endsWith(".circom"),
	});
	const own = relative(REPOSITORY, folder);
	for (const [name, text] of files) {
		await writeFile(join(work, name), text.replaceAll('include "circuits/', `include "${own}/`));
	}
	// The folder's name is its contents' hash: whoever was first wrote the same.
	await rename(work, folder).catch(() => rm(work, { recursive: true }));
	await markUsed(folder);
	return own;
};

/** All signals in witness order. An anonymous component's name ends in its place in the source, which edits move. */
const layoutOf = ({ symbols }: TestCircuit): string =>
	[...symbols.wires].map(([name, wire]) => `${name.replace(/_\d+_\d+(?=[.[])/g, "")}=${wire}`).join("\n");

/** @throws AssertionError when an edit does not apply, or changes the circuit's signals */
export const dishonestProver = async (options: TestCircuitOptions, edits: Edits = {}): Promise<DishonestProver> => {
	const folder = await dishonestSources(edits);
	const includes = [options.include ?? []].flat();
	const optimization = "O0";
	const circuit = await testCircuit({ ...options, optimization });
	const liar = await testCircuit({
		...options,
		optimization,
		include: includes.map((path) => path.replace(/^circuits\//, `${folder}/`)),
	});
	assert.ok(layoutOf(liar) === layoutOf(circuit), "the edits change the circuit's signals");
	const { r1cs, symbols } = circuit;
	const signalsOf = (row: number): readonly string[] => {
		const wires = [r1cs.a, r1cs.b, r1cs.c].flatMap((matrix: SparseMatrix) => [
			...matrix.wire.subarray(matrix.start[row], matrix.start[row + 1]),
		]);
		return [...new Set(wires)]
			.filter((wire) => wire !== 0)
			.map((wire) => symbols.name(wire))
			.sort();
	};
	return {
		circuit,
		witness: liar.witness,
		violations: (witness) => {
			const violated: (readonly string[])[] = [];
			for (let row = 0; row < r1cs.constraints; row++) {
				const [a, b, c] = [r1cs.a, r1cs.b, r1cs.c].map((matrix) => evaluateRow(r1cs, matrix, row, witness));
				if (((a as bigint) * (b as bigint) - (c as bigint)) % FIELD_ORDER !== 0n) violated.push(signalsOf(row));
			}
			return violated;
		},
	};
};
