/** The circuits that are deployed: circuits/circuits.json, with parameters taken from the studies. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
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
});

const identifier = z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/);
const relativePath = z.string().regex(/^[a-z]+(\/[A-Za-z0-9.-]+)+$/);

const instanceSchema = z.strictObject({
	/** Also the name of its verifier contracts. */
	name: identifier,
	file: relativePath,
	template: identifier,
	study: relativePath,
	/** The template's parameters in order. */
	params: z.array(identifier),
	/** Public outputs, then public inputs: together the public signals in proof order. */
	outputs: z.array(identifier),
	publicInputs: z.array(identifier),
	optimization: z.enum(["O1", "O2"]),
});

const circuitsSchema = z.strictObject({ instances: z.array(instanceSchema).min(1) });

export type CircuitInstance = z.infer<typeof instanceSchema>;

const invalid = (message: string, nextStep: string, cause?: unknown): DecentraHealthError =>
	new DecentraHealthError("CIRCUIT_COMPILE", { message, nextStep, cause });

const parseFile = <T>(schema: z.ZodType<T>, path: string): T => {
	try {
		return schema.parse(JSON.parse(readFileSync(join(REPOSITORY, path), "utf8")));
	} catch (cause) {
		throw invalid(`${path} is malformed`, "correct the fields that the cause names", cause);
	}
};

/**
 * The instances of circuits/circuits.json.
 * @throws DecentraHealthError CIRCUIT_COMPILE when it is malformed
 */
export const circuitInstances = (path = "circuits/circuits.json"): readonly CircuitInstance[] =>
	parseFile(circuitsSchema, path).instances;

/** Parameter names in the template's declaration, which decide the order of the values. */
const declaredParameters = ({ file, template }: CircuitInstance): readonly string[] => {
	const source = readFileSync(join(REPOSITORY, file), "utf8");
	const found = new RegExp(`\\btemplate\\s+${template}\\s*\\(([^)]*)\\)`).exec(source);
	if (found === null) throw invalid(`${file} has no template ${template}`, "correct circuits/circuits.json");
	return (found[1] as string)
		.split(",")
		.map((name) => name.trim())
		.filter((name) => name !== "");
};

/** Values of the instance's parameters by name, in order. */
export const instanceParameters = (instance: CircuitInstance): Readonly<Record<string, number>> => {
	const study = parseFile<Study>(studySchema, instance.study);
	const known: Readonly<Record<string, number>> = parametersOf(study);
	return Object.fromEntries(
		instance.params.map((name) => {
			const value = known[name];
			if (value === undefined) {
				throw invalid(`${instance.name}: no parameter is called ${name}`, "see scripts/circuits/instances.ts");
			}
			return [name, value];
		}),
	);
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
	const values = Object.values(instanceParameters(instance)).join(", ");
	return [
		"pragma circom 2.2.0;",
		`include "${instance.file}";`,
		`component main {public [${instance.publicInputs.join(", ")}]} = ${instance.template}(${values});`,
		"",
	].join("\n");
};
