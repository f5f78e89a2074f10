/** Compiles the instances of circuits/circuits.json into .cache/circuits/<name>/<content hash>/. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { type CompiledCircuit, compileCircom, REPOSITORY } from "./circom.ts";
import { type CircuitInstance, instanceSource, publicSignalsOf } from "./instances.ts";

/** Compiled circuits and their keys, ignored by git. */
export const CIRCUIT_CACHE = join(REPOSITORY, ".cache", "circuits");

/** The tests' own circuits, also ignored by git. */
export const TEST_CIRCUIT_CACHE = join(REPOSITORY, ".cache", "test-circuits");

/** Names of the first wires after the constant, from the .sym file. */
const firstWires = (sym: string, count: number): readonly string[] => {
	const names: string[] = Array.from({ length: count }, () => "");
	for (const line of readFileSync(sym, "utf8").split("\n")) {
		const [, wire, , name] = line.split(",");
		const index = Number(wire) - 1;
		// A wire has several names when signals were unified; the main component's own is the shortest.
		if (name !== undefined && index >= 0 && index < count && /^main\.[A-Za-z0-9]+(\[\d+\])?$/.test(name)) {
			names[index] ||= name.slice("main.".length);
		}
	}
	return names;
};

/**
 * Compiles one instance, or takes it from the cache, and checks that its public signals are the declared ones in the declared order.
 * @throws DecentraHealthError CIRCUIT_COMPILE
 */
export const compileInstance = async (instance: CircuitInstance): Promise<CompiledCircuit> => {
	if (!existsSync(join(REPOSITORY, instance.file))) {
		throw new DecentraHealthError("CIRCUIT_COMPILE", {
			message: `${instance.name}: there is no ${instance.file}`,
			nextStep: "correct circuits/circuits.json",
		});
	}
	const { name, optimization } = instance;
	const compiled = await compileCircom({ name, source: instanceSource(instance), optimization, cache: CIRCUIT_CACHE });
	const declared = publicSignalsOf(instance);
	const found = firstWires(compiled.sym, declared.length);
	if (found.join() !== declared.join()) {
		throw new DecentraHealthError("CIRCUIT_COMPILE", {
			message: `${name}: its public signals are (${found.join(", ")}), not (${declared.join(", ")})`,
			nextStep: "declare the template's signals in the order of worker/protocol/publicSignals.ts",
		});
	}
	return compiled;
};
