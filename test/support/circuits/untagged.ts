/** Templates whose inputs carry tags, as main components, which may have none. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../../../scripts/circuits/circom.ts";

/** Files with the functions that parameters are written with. */
const GENERATED: readonly string[] = [
	"circuits/generated/FixedPoint.circom",
	"circuits/generated/StandardProfile.circom",
];

/** What a tag with a value says in the wrapper, by the template's parameters. */
const TAG_VALUES: Readonly<Record<string, string>> = {
	"BatchLeaf.inputs": "FIXED_INPUT_BITS()",
	"BatchLeaf.labels": "FIXED_INPUT_BITS()",
	"CiphertextEvaluation.e": "STANDARD_ERROR_BITS()",
	"CiphertextEvaluation.r": "STANDARD_QUOTIENT_BITS()",
	"CiphertextEvaluation.s": "STANDARD_SECRET_BITS()",
	"CiphertextEvaluation.w": "FIXED_WEIGHT_BITS()",
	"CommitVelocity.velocity": "FIXED_VELOCITY_BITS()",
	"CommitWeights.w": "FIXED_WEIGHT_BITS()",
	"PackCoefficients.in": "bits",
	"PackKey.s": "STANDARD_SECRET_BITS()",
	"PackSigned.in": "bits",
	"UpdateNorm.w": "FIXED_WEIGHT_BITS()",
};

const DECLARATION = /signal (input|output) (?:\{(\w+)\} )?(\w+)((?:\[[^\]]*\])*)/g;

/**
 * A template of the same parameters, inputs and outputs, in which NOTHING constrains what the tags say: it shows what the template does by
 * itself. Outputs whose length is no expression of the parameters are left out.
 * @param file from the repository's root
 * @returns options for testCircuit: the template itself when none of its inputs is tagged
 */
export const untagged = (
	file: string,
	template: string,
): { readonly source?: string; readonly template: string; readonly include: readonly string[] } => {
	const include = [file, ...GENERATED];
	const text = readFileSync(join(REPOSITORY, file), "utf8");
	const start = new RegExp(`^template ${template}\\(([^)]*)\\)[\\s\\S]*?^}`, "m").exec(text);
	if (start === null) throw new RangeError(`${file} has no template ${template}`);
	const [body, parameters = ""] = start;
	const signals = [...body.matchAll(DECLARATION)];
	if (!signals.some(([, kind, tag]) => kind === "input" && tag !== undefined)) {
		return { template, include };
	}
	const known = new Set(parameters.split(",").map((name) => name.trim()));
	const declared: string[] = [];
	const connected: string[] = [];
	for (const [, kind, tag, name = "", length = ""] of signals) {
		if (kind === "output") {
			if ([...length.matchAll(/[A-Za-z_]\w*/g)].some(([word]) => !known.has(word))) continue;
			declared.push(`signal output ${name}${length};`);
			connected.push(`${name} <== inner.${name};`);
			continue;
		}
		declared.push(`signal input ${name}${length};`);
		if (tag === undefined) connected.push(`inner.${name} <== ${name};`);
		else {
			declared.push(`signal {${tag}} believed_${name}${length};`);
			// The tag `binary` has no value.
			if (tag !== "binary") declared.push(`believed_${name}.${tag} = ${TAG_VALUES[`${template}.${name}`]};`);
			connected.push(`believed_${name} <== ${name};`, `inner.${name} <== believed_${name};`);
		}
	}
	const source = [
		`template Untagged${template}(${parameters}) {`,
		...[...declared, `component inner = ${template}(${parameters});`, ...connected].map((line) => `    ${line}`),
		"}",
	].join("\n");
	return { source, template: `Untagged${template}`, include };
};
