import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { REPOSITORY } from "../../scripts/circuits/circom.ts";
import { circuitTemplates, instanceOf } from "../../scripts/circuits/instances.ts";
import { SNAPSHOT } from "../../scripts/circuits/snapshot.ts";
import { readStudyFile } from "../../worker/adapters/studyFile.ts";
import { parameterText } from "../../worker/protocol/circuitParameters.ts";
import { circuitFiles, headersOf, type StatedCount } from "../support/circuits/headers.ts";
import { testCircuit } from "../support/circuits/testCircuit.ts";
import { untagged } from "../support/circuits/untagged.ts";

const files = circuitFiles();
const headers = files.flatMap(headersOf);

const source = (file: string): string => readFileSync(join(REPOSITORY, file), "utf8");
const code = (file: string): string =>
	source(file)
		.replace(/\/\*[\s\S]*?\*\//g, "")
		.replace(/\/\/.*$/gm, "");

/** The deployed circuits' counts, by the arguments; test/circuits/snapshot.test.ts compares them with the compiled circuits. */
const deployed = new Map(
	Object.entries(
		JSON.parse(readFileSync(SNAPSHOT, "utf8")) as Record<
			string,
			{ readonly params: Readonly<Record<string, string>>; readonly constraints: { readonly nonLinear: number } }
		>,
	).map(([name, { params, constraints }]) => [
		`${circuitTemplates().find(({ template }) => name.startsWith(template))?.template}(${Object.values(params).join(", ")})`,
		constraints.nonLinear,
	]),
);

/** A template's arguments for a study: its parameters have the names of the study's. */
const argumentsFor = async (file: string, template: string, params: readonly string[], study: string) => {
	const kind = { template, file, params: [...params], outputs: [], publicInputs: [], optimization: "O2" as const };
	const { parameters } = instanceOf(kind, template, await readStudyFile(study));
	return Object.values(parameters).map(parameterText).join(", ");
};

/** Constraints with --O2; the linear ones define outputs, which a caller's own constraints take in. */
const compiledCount = async (file: string, template: string, args: string): Promise<number> => {
	const known = deployed.get(`${template}(${args})`);
	if (known !== undefined) return known;
	const params = args === "" ? [] : [args];
	const { constraints } = await testCircuit({ ...untagged(file, template), params, optimization: "O2" });
	return constraints.nonLinear;
};

describe("headers of the circuits", () => {
	it("have one form: title, Proves, Parameters, Assumes, Guarantees, Constraints with a number", () => {
		assert.ok(headers.length > 50, `${headers.length} templates`);
		for (const { file, template, sections, counts } of headers) {
			assert.ok(sections !== undefined, `${file}: the comment before ${template} has another form`);
			assert.ok(counts.length > 0, `${file}: no number of constraints for ${template}(...)`);
		}
	});

	for (const { file, template, parameters, counts } of headers) {
		it(`state the constraints of the compiled template: ${template}`, async () => {
			for (const { count, computed, of } of counts as readonly StatedCount[]) {
				const args = "study" in of ? await argumentsFor(file, template, parameters, of.study) : of.args;
				assert.equal(count, await compiledCount(file, template, args), `${template}(${args})`);
				assert.equal(computed ?? count, count, `the formula for ${template}(${args})`);
			}
		});
	}

	it("name no time: that is a measurement of a machine", () => {
		for (const file of files)
			assert.doesNotMatch(source(file), /\bCPU\b|\bminutes?\b|\d ?(?:ms|seconds?)\b|\bfaster\b/, file);
	});
});

describe("sources of the circuits", () => {
	it("include by the path from the repository's root or from a library's folder, each file once, sorted", () => {
		for (const file of files) {
			const includes = [...code(file).matchAll(/\binclude\s+"([^"]+)"/g)].map(([, path = ""]) => path);
			assert.deepEqual(includes, [...new Set(includes)].sort(), file);
			for (const path of includes) assert.match(path, /^(?:circuits|circomlib\/circuits)\//, file);
		}
	});

	it("take widths and columns from the profiles and the table of rows", () => {
		for (const file of files) {
			assert.doesNotMatch(
				code(file),
				/\b252\b|\b20\b|(?:Bits|SmallCoefficients\(\w+,) *(?:[<=]= )?(?:7|11|20)\b/,
				file,
			);
			assert.doesNotMatch(code(file), /\bblocks?(?:\[\w+\])?\[\d+\]\[|\bblock\[\d+\]|\bblocks\[\w+\]\[/, file);
		}
	});
});
