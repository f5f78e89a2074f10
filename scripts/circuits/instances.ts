/** The circuits that are deployed: each kind of circuits/circuits.json for each of its studies, with parameters taken from the study. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CIRCUIT_KINDS, circuitName } from "../../worker/protocol/circuitNames.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { architectureOf, type Study, studySchema } from "../../worker/protocol/study.ts";
import { REPOSITORY } from "./circom.ts";

/** What a template's parameter means in a study. Templates name their parameters like this. */
const parametersOf = (study: Study) => ({
	inHeight: study.input.height,
	inWidth: study.input.width,
	channels: study.input.channels,
	kernelHeight: study.convolution.kernelHeight,
	kernelWidth: study.convolution.kernelWidth,
	strideHeight: study.convolution.strideHeight,
	strideWidth: study.convolution.strideWidth,
	filters: study.convolution.filters,
	batchSize: study.batchSize,
	steps: study.stepsPerSegment,
	depth: study.datasetDepth,
	weightCount: architectureOf(study).weightCount,
	members: study.committee.members,
	threshold: study.committee.threshold,
	slots: study.keySumSlots,
});

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

const circuitsSchema = z.strictObject({ studies: z.array(relativePath).min(1), kinds: z.array(kindSchema).min(1) });

/** One template of the deployed circuits. */
export type CircuitTemplate = Omit<z.infer<typeof kindSchema>, "template"> & { readonly template: string };

/** A template for one study. */
export type CircuitInstance = CircuitTemplate & {
	/** Such as "KeySumWdbc"; also the manifest's name. */
	readonly name: string;
	/** Values of the template's parameters by name, in the template's order. */
	readonly parameters: Readonly<Record<string, number>>;
};

const invalid = (message: string, nextStep: string, cause?: unknown): DecentraHealthError =>
	new DecentraHealthError("CIRCUIT_COMPILE", { message, nextStep, cause });

const parseFile = <T>(schema: z.ZodType<T>, path: string): T => {
	try {
		return schema.parse(JSON.parse(readFileSync(join(REPOSITORY, path), "utf8")));
	} catch (cause) {
		throw invalid(`${path} is malformed`, "correct the fields that the cause names", cause);
	}
};

/** @throws DecentraHealthError CIRCUIT_COMPILE when a parameter or an array's length is none of a study's */
export const instanceOf = (kind: CircuitTemplate, name: string, study: Study): CircuitInstance => {
	const known: Readonly<Record<string, number>> = parametersOf(study);
	const parameterOf = (parameter: string): number => {
		const value = known[parameter];
		if (value !== undefined) return value;
		throw invalid(`${name}: no parameter is called ${parameter}`, "see scripts/circuits/instances.ts");
	};
	return {
		...kind,
		name,
		parameters: Object.fromEntries(kind.params.map((name) => [name, parameterOf(name)])),
	};
};

const readCircuits = (path: string) => parseFile(circuitsSchema, path);

/** All kinds of circuits for a study that need not be in circuits/circuits.json. */
export const studyInstances = (study: Study, path = "circuits/circuits.json"): readonly CircuitInstance[] =>
	readCircuits(path).kinds.map((kind) => instanceOf(kind, circuitName(kind.template, study.name), study));

/**
 * The instances of circuits/circuits.json: all kinds of its first study, then of the next.
 * @throws DecentraHealthError CIRCUIT_COMPILE when it, or a study, is malformed, or two studies would share names
 */
export const circuitInstances = (path = "circuits/circuits.json"): readonly CircuitInstance[] => {
	const instances = readCircuits(path).studies.flatMap((study) =>
		studyInstances(parseFile<Study>(studySchema, study), path),
	);
	const names = instances.map(({ name }) => name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) throw invalid(`two studies have a circuit ${twice}`, "give the studies different names");
	return instances;
};

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
		if (count === undefined) throw invalid(`${name}: ${signal} has no length`, "name one of the template's parameters");
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
	const publics = instance.publicInputs.map((input) => parsedSignal(input)[0]).join(", ");
	return [
		"pragma circom 2.2.0;",
		`include "${instance.file}";`,
		`component main {public [${publics}]} = ${instance.template}(${Object.values(instance.parameters).join(", ")});`,
		"",
	].join("\n");
};
