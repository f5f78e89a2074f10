/** The headers of our circuits' templates, which STYLE gives one form; tests read the numbers in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { REPOSITORY } from "../../../scripts/circuits/circom.ts";

/** In this order. */
export const SECTIONS = ["Proves", "Parameters", "Assumes", "Guarantees", "Constraints"] as const;

/** "formula = 29 for TruncReLU(16, 12)", or "11,287 for studies/wdbc.json". */
export type StatedCount = {
	readonly count: number;
	/** What the header's formula gives for these arguments. */
	readonly computed: number | undefined;
	/** Arguments as Circom writes them, or a study's file. */
	readonly of: { readonly args: string } | { readonly study: string };
};

export type Header = {
	/** From the repository's root. */
	readonly file: string;
	readonly template: string;
	readonly parameters: readonly string[];
	/** Undefined: there is no comment of this form before the template. */
	readonly sections: Readonly<Record<(typeof SECTIONS)[number], string>> | undefined;
	readonly counts: readonly StatedCount[];
};

/** Our Circom files, from the repository's root; generated ones are none. */
export const circuitFiles = (): readonly string[] =>
	readdirSync(join(REPOSITORY, "circuits"), { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".circom") && !name.startsWith("generated"))
		.map((name) => join("circuits", name))
		.sort();

const number = (text: string): number => Number(text.replaceAll(",", ""));

/** Text up to the parenthesis that closes the one before `from`. */
const balanced = (text: string, from: number): string => {
	let depth = 1;
	let end = from;
	while (depth > 0 && end < text.length) {
		if (text[end] === "(") depth++;
		if (text[end] === ")") depth--;
		end++;
	}
	return text.slice(from, end - 1);
};

/** Arguments at the top level, commas inside brackets left alone. */
const splitArguments = (args: string): readonly string[] => {
	const parts = [""];
	let depth = 0;
	for (const letter of args) {
		if ("([".includes(letter)) depth++;
		if (")]".includes(letter)) depth--;
		if (letter === "," && depth === 0) parts.push("");
		else parts[parts.length - 1] += letter;
	}
	return parts.map((part) => part.trim());
};

/** A formula's value with the parameters that are plain numbers. */
const evaluate = (formula: string, parameters: readonly string[], args: readonly string[]): number => {
	const { ceil, floor, log2, max, min, sqrt } = Math;
	const values = Object.fromEntries(parameters.map((name, index) => [name, number(args[index] ?? "")]));
	const plain = formula.replace(/(\d),(?=\d{3})/g, "$1");
	return runInNewContext(plain, { ceil, floor, log2, max, min, sqrt, ...values });
};

const countsOf = (text: string, template: string, parameters: readonly string[]): readonly StatedCount[] =>
	[...text.matchAll(/([\d,]+) for (?:studies\/([\w-]+)\.json|(\w+)\()/g)].flatMap((match): readonly StatedCount[] => {
		const [whole, stated = "", study, called] = match;
		const count = number(stated);
		if (study !== undefined) return [{ count, computed: undefined, of: { study } }];
		if (called !== template) return [];
		const args = balanced(text, match.index + whole.length);
		// A formula stands at the section's start, before "= ".
		const before = text.slice(0, match.index);
		const formula = before.endsWith(" = ") ? before.slice(0, -" = ".length) : undefined;
		const computed = formula && evaluate(formula, parameters, splitArguments(args));
		return [{ count, computed: computed || undefined, of: { args } }];
	});

const FORM = new RegExp(
	`^/\\*\\n \\* (\\w+): [^\\n]+\\n \\*\\n${SECTIONS.map((name) => ` \\* (${`${name}:`.padEnd(13)}\\S[^\\n]*(?:\\n \\* {14,}\\S[^\\n]*)*)\\n`).join("")} \\*(?:/|\\n[\\s\\S]*\\*/)$`,
);

const text = (section: string): string =>
	section
		.slice(section.indexOf(":") + 1)
		.replace(/\n \*/g, " ")
		.replace(/ +/g, " ")
		.trim();

/** Headers of all templates of a file. */
export const headersOf = (file: string): readonly Header[] => {
	const source = readFileSync(join(REPOSITORY, file), "utf8");
	return [...source.matchAll(/^template (\w+)\(([^)]*)\)/gm)].map((match) => {
		const [, template = "", list = ""] = match;
		const parameters = list === "" ? [] : list.split(",").map((name) => name.trim());
		const before = source.slice(0, match.index - 1);
		const comment = before.endsWith("*/") ? before.slice(before.lastIndexOf("/*")) : "";
		const [, name, ...found] = FORM.exec(comment) ?? [];
		if (name !== template) return { file, template, parameters, sections: undefined, counts: [] };
		const sections = Object.fromEntries(SECTIONS.map((section, index) => [section, text(found[index] ?? "")]));
		const stated = sections as Readonly<Record<(typeof SECTIONS)[number], string>>;
		return { file, template, parameters, sections: stated, counts: countsOf(stated.Constraints, template, parameters) };
	});
};
