/**
 * A compiled circuit for tests: its witness, its constraints, and ways to forge.
 *
 *     const circuit = await testCircuit({ include: "circuits/lib/fixed/Signed.circom", template: "Signed", params: [20] });
 *     const witness = await circuit.witness({ in: -5n });
 *     assert.equal(circuit.value(witness, "sign"), 1n);
 *     await assertInputRefused(circuit, { in: 2n ** 20n });         // the calculator refuses, or the constraints do
 *     assertForgedSignal(circuit, witness, { "bits[3]": (old) => 1n - old });
 *     assertForgedWitness(circuit, witness, { out: 7n, "quotient": 3n, "bits": [1n, 1n, 0n] });
 *     assertEveryMutationCaught(circuit, witness);
 *     assertDetermined(circuit, witness);                           // nor can several signals move together
 *
 * All values are bigint; negative ones mean r - |x|.
 */
import type { CircuitInput } from "snarkjs";
import { type CompiledCircuit, compileCircom, type Optimization } from "../../../scripts/circuits/circom.ts";
import { TEST_CIRCUIT_CACHE } from "../../../scripts/circuits/compile.ts";
import { generateConstants } from "../../../scripts/circuits/generateConstants.ts";
import { checkConstraints, type R1cs, readR1cs } from "../../../scripts/circuits/r1cs.ts";
import { calculateWitness, witnessElements } from "../../../worker/adapters/prover/witness.ts";
import { readSymbols, type Symbols } from "./symbols.ts";

export type TestCircuitOptions = {
	/** Files with the templates, from the repository's root ("circuits/...") or from node_modules ("circomlib/circuits/..."). */
	readonly include?: string | readonly string[];
	/** Template of the main component. */
	readonly template: string;
	/** Its parameters in order; nested arrays become circom arrays, a text stays as it is. */
	readonly params?: readonly Param[];
	/** Names of the public inputs (outputs are always public). */
	readonly publicSignals?: readonly string[];
	/** Circom text before `component main`: wrappers, or a whole throw-away template. */
	readonly source?: string;
	/**
	 * Default "O1", as close to the written circuit as the deployed instances get. "O0" keeps every signal in the witness, also
	 * those that simplification removes because they equal another: use it to forge such a signal.
	 */
	readonly optimization?: Optimization;
};

export type Param = number | bigint | string | readonly Param[];

/** Wires in order; wire 0 is the constant 1. */
export type Witness = readonly bigint[];

export type TestCircuit = {
	readonly name: string;
	readonly files: CompiledCircuit;
	readonly r1cs: R1cs;
	readonly symbols: Symbols;
	readonly constraints: { readonly total: number; readonly nonLinear: number; readonly linear: number };
	/**
	 * The honest witness of an input: all input signals by name, arrays nested or flat.
	 * @throws DecentraHealthError PROOF_INVALID when the calculator refuses it. That alone proves nothing about the constraints.
	 */
	readonly witness: (input: CircuitInput) => Promise<Witness>;
	/** One signal of a witness by name ("out", "main.c.out[2]"). */
	readonly value: (witness: Witness, signal: string) => bigint;
	/** All elements of an array signal in row-major order: values(w, "out") = [out[0], out[1], ...]. */
	readonly values: (witness: Witness, signal: string) => readonly bigint[];
	/** Index of the first violated constraint, or null when the witness satisfies all. */
	readonly checkConstraints: (witness: Witness) => number | null;
};

/** circuits/generated, which is not in git, made once a process. */
let constants: Promise<unknown> | undefined;

const parameter = (param: Param): string =>
	typeof param === "object" ? `[${param.map(parameter).join(", ")}]` : param.toString();

const mainFile = ({
	include = [],
	template,
	params = [],
	publicSignals = [],
	source = "",
}: TestCircuitOptions): string => {
	const files = typeof include === "string" ? [include] : include;
	const publics = publicSignals.length > 0 ? ` {public [${publicSignals.join(", ")}]}` : "";
	return [
		"pragma circom 2.2.0;",
		...files.map((file) => `include "${file}";`),
		source,
		`component main${publics} = ${template}(${params.map(parameter).join(", ")});`,
		"",
	].join("\n");
};

/**
 * Compiles (or takes from the cache, keyed by the contents of all included files) and loads a circuit.
 * @throws DecentraHealthError CIRCUIT_COMPILE with circom's report
 */
export const testCircuit = async (options: TestCircuitOptions): Promise<TestCircuit> => {
	constants ??= generateConstants();
	await constants;
	const files = await compileCircom({
		name: options.template,
		source: mainFile(options),
		optimization: options.optimization ?? "O1",
		cache: TEST_CIRCUIT_CACHE,
	});
	return loadCircuit(options.template, files);
};

/** Loads the files of a compiled circuit, for example an instance of circuits/circuits.json. */
export const loadCircuit = (name: string, files: CompiledCircuit): TestCircuit => {
	const r1cs = readR1cs(files.r1cs);
	const symbols = readSymbols(files.sym);
	return {
		name,
		files,
		r1cs,
		symbols,
		constraints: { total: r1cs.constraints, nonLinear: r1cs.nonLinear, linear: r1cs.constraints - r1cs.nonLinear },
		witness: async (input) => witnessElements(await calculateWitness(files.wasm, input)),
		value: (witness, signal) => witness[symbols.wire(signal)] as bigint,
		values: (witness, signal) => symbols.array(signal).map((wire) => witness[wire] as bigint),
		checkConstraints: (witness) => checkConstraints(r1cs, witness),
	};
};
