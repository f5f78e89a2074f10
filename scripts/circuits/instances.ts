/** The circuits of a study: each kind of circuits/circuits.json, with parameters taken from the study. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import wdbc from "../../studies/wdbc.json" with { type: "json" };
import { CIRCUIT_KINDS, circuitName } from "../../worker/protocol/circuitNames.ts";
import { type CircuitParameter, circuitParameters, parameterText } from "../../worker/protocol/circuitParameters.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { type Study, studySchema } from "../../worker/protocol/study.ts";
import { REPOSITORY } from "./circom.ts";

const identifier = z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/);
const relativePath = z.string().regex(/^[a-z]+(\/[A-Za-z0-9.-]+)+$/);
/** A signal, or an array of as many as a parameter says: "shareDigests[slots]". */
const SIGNAL = /^([A-Za-z][A-Za-z0-9]*)(?:\[([A-Za-z][A-Za-z0-9]*)\])?$/;
const signal = z.string().regex(SIGNAL);

const kindSchema = z.strictObject({
	template: z.enum(CIRCUIT_KINDS),
	file: relativePath,
	/** The template's parameters in order. */
	params: z.array(identifier),
	/** Public outputs, then public inputs: together the public signals in proof order. */
	outputs: z.array(signal),
	publicInputs: z.array(signal),
	optimization: z.enum(["O1", "O2"]),
});

const circuitsSchema = z.strictObject({ kinds: z.array(kindSchema).min(1) });

/** One template of the deployed circuits. */
export type CircuitTemplate = Omit<z.infer<typeof kindSchema>, "template"> & { readonly template: string };

/** A template for one study. */
export type CircuitInstance = CircuitTemplate & {
	/** Such as "KeySumWdbc"; also the manifest's name. */
	readonly name: string;
	/** Values of the template's parameters by name, in the template's order. */
	readonly parameters: Readonly<Record<string, CircuitParameter>>;
};

const invalid = (message: string, nextStep: string, cause?: unknown): DecentraHealthError =>
	new DecentraHealthError("CIRCUIT_COMPILE", { message, nextStep, cause });

/** @throws DecentraHealthError CIRCUIT_COMPILE when a parameter or an array's length is none of a study's */
export const instanceOf = (kind: CircuitTemplate, name: string, study: Study): CircuitInstance => {
	const known = circuitParameters(study);
	const parameterOf = (parameter: string): CircuitParameter => {
		const value = known[parameter];
		if (value !== undefined) return value;
		throw invalid(`${name}: no parameter is called ${parameter}`, "see worker/protocol/circuitParameters.ts");
	};
	return {
		...kind,
		name,
		parameters: Object.fromEntries(kind.params.map((name) => [name, parameterOf(name)])),
	};
};

/** @throws DecentraHealthError CIRCUIT_COMPILE when the list is malformed */
export const circuitTemplates = (path = "circuits/circuits.json"): z.infer<typeof circuitsSchema>["kinds"] => {
	try {
		return circuitsSchema.parse(JSON.parse(readFileSync(join(REPOSITORY, path), "utf8"))).kinds;
	} catch (cause) {
		throw invalid(`${path} is malformed`, "correct the fields that the cause names", cause);
	}
};

/** The circuits that a study is proven with. @throws DecentraHealthError CIRCUIT_COMPILE */
export const studyInstances = (study: Study, path?: string): readonly CircuitInstance[] =>
	circuitTemplates(path).map((kind) => instanceOf(kind, circuitName(kind.template, study.name), study));

/** Those of the default study. */
export const circuitInstances = (): readonly CircuitInstance[] => studyInstances(studySchema.parse(wdbc));

const parsedSignal = (signal: string): readonly [name: string, length: string | undefined] => {
	const [, name = signal, length] = SIGNAL.exec(signal) ?? [];
	return [name, length];
};

/** The public signals in proof order, the elements of arrays one by one: "shareDigests[0]". */
export const publicSignalsOf = ({ name, outputs, publicInputs, parameters }: CircuitInstance): readonly string[] =>
	[...outputs, ...publicInputs].flatMap((signal) => {
		const [base, length] = parsedSignal(signal);
		if (length === undefined) return [base];
		const count = parameters[length];
		if (typeof count !== "number")
			throw invalid(`${name}: ${signal} has no length`, "name one of the template's parameters");
		return Array.from({ length: count }, (_, index) => `${base}[${index}]`);
	});

/** Parameter names in the template's declaration, which decide the order of the values. */
const declaredParameters = ({ file, template }: CircuitTemplate): readonly string[] => {
	const source = readFileSync(join(REPOSITORY, file), "utf8");
	const found = new RegExp(`\\btemplate\\s+${template}\\s*\\(([^)]*)\\)`).exec(source);
	if (found === null) throw invalid(`${file} has no template ${template}`, "correct circuits/circuits.json");
	return (found[1] as string)
		.split(",")
		.map((name) => name.trim())
		.filter((name) => name !== "");
};

/** A main file; values are the template's parameters as Circom writes them, in its order. */
export const mainSource = ({ file, template, publicInputs }: CircuitTemplate, values: readonly string[]): string =>
	[
		"pragma circom 2.2.0;",
		`include "${file}";`,
		`component main {public [${publicInputs.map((input) => parsedSignal(input)[0]).join(", ")}]} = ${template}(${values.join(", ")});`,
		"",
	].join("\n");

/**
 * The instance's main file.
 * @throws DecentraHealthError CIRCUIT_COMPILE when the parameters are not those of the template, by name and order
 */
export const instanceSource = (instance: CircuitInstance): string => {
	const declared = declaredParameters(instance);
	if (declared.join() !== instance.params.join()) {
		throw invalid(
			`${instance.name}: ${instance.file} declares (${declared.join(", ")}), not (${instance.params.join(", ")})`,
			"make circuits/circuits.json and the template agree",
		);
	}
	return mainSource(instance, Object.values(instance.parameters).map(parameterText));
};
