/**
 * Constraint counts of the deployed circuits and of those of larger studies, which must keep the same budgets. test/vectors/constraints.json holds the counts, so a change
 * of a circuit's size shows in review.
 *
 *     node scripts/circuits/snapshot.ts --update
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import wdbc from "../../studies/wdbc.json" with { type: "json" };
import type { CircuitKind } from "../../worker/protocol/circuitNames.ts";
import { parameterText } from "../../worker/protocol/circuitParameters.ts";
import { type Study, studySchema } from "../../worker/protocol/study.ts";
import { type CompiledCircuit, REPOSITORY } from "./circom.ts";
import { compileInstance } from "./compile.ts";
import { generateConstants } from "./generateConstants.ts";
import { type CircuitInstance, circuitInstances, studyInstances } from "./instances.ts";
import { readR1cs } from "./r1cs.ts";
import { domainPower } from "./setup/qap.ts";

export const SNAPSHOT = join(REPOSITORY, "test", "vectors", "constraints.json");

export type CircuitSize = {
	/** As Circom writes them. */
	readonly params: Readonly<Record<string, string>>;
	readonly optimization: string;
	readonly constraints: { readonly total: number; readonly nonLinear: number; readonly linear: number };
	readonly wires: number;
	readonly publicSignals: number;
	/** log2 of the evaluation domain, which decides the size of the key and the cost of the transforms. */
	readonly domainPower: number;
	/** Terms of all three matrices: what --O2 trades constraints for. */
	readonly terms: number;
};

/** The default study with a larger committee, and with as many slots as there may be. */
const largerInstances = (): readonly CircuitInstance[] => {
	const study = studySchema.parse(wdbc);
	const of = (kind: CircuitKind, changes: Partial<Study> & Pick<Study, "name">): readonly CircuitInstance[] =>
		studyInstances({ ...study, ...changes }).filter(({ template }) => template === kind);
	return [
		...of("EncryptUpdate", { name: "five-members", committee: { members: 5, threshold: 3 } }),
		...of("EncryptUpdate", { name: "seven-members", committee: { members: 7, threshold: 4 } }),
		...of("KeySum", { name: "sixteen-slots", keySumSlots: 16 }),
	];
};

/** Sizes of all instances by name. */
export const circuitSizes = async (): Promise<Readonly<Record<string, CircuitSize>>> => {
	await generateConstants();
	const sizes: Record<string, CircuitSize> = {};
	const instances = [...circuitInstances(), ...largerInstances()];
	// The compiler uses one core a circuit.
	const compiled = await Promise.all(instances.map(compileInstance));
	for (const [index, instance] of instances.entries()) {
		const r1cs = readR1cs((compiled[index] as CompiledCircuit).r1cs);
		sizes[instance.name] = {
			params: Object.fromEntries(
				Object.entries(instance.parameters).map(([name, value]) => [name, parameterText(value)]),
			),
			optimization: instance.optimization,
			constraints: { total: r1cs.constraints, nonLinear: r1cs.nonLinear, linear: r1cs.constraints - r1cs.nonLinear },
			wires: r1cs.wires,
			publicSignals: r1cs.outputs + r1cs.publicInputs,
			domainPower: domainPower(r1cs),
			terms: r1cs.a.wire.length + r1cs.b.wire.length + r1cs.c.wire.length,
		};
	}
	return sizes;
};

if (import.meta.main) {
	if (process.argv[2] === "--update") writeFileSync(SNAPSHOT, `${JSON.stringify(await circuitSizes(), null, 2)}\n`);
	else process.stdout.write("node scripts/circuits/snapshot.ts --update   writes test/vectors/constraints.json\n");
}
