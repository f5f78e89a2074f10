/** A study's file as people write it: the study, or every field that is wrong with its value. */
import { withVisibleCharacters } from "../protocol/plainText.ts";
import { type Study, studySchema } from "../protocol/study.ts";

/** A study with 4,096 columns has about 400 kB. */
export const MOST_STUDY_BYTES = 2 ** 22;

/** Characters of a refused value that are shown. */
const LONGEST_VALUE = 60;

export type FieldProblem = {
	/** Path of the field: "layers.0.filters"; "the file" for the whole. */
	readonly field: string;
	/** What stands there, shortened; "missing". */
	readonly value: string;
	/** What is wrong with it, or would be accepted. */
	readonly message: string;
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
	path.reduce<unknown>(
		(inner, key) =>
			typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
				? (inner as Readonly<Record<PropertyKey, unknown>>)[key]
				: undefined,
		value,
	);

const shown = (value: unknown): string => {
	const text = withVisibleCharacters(JSON.stringify(value) ?? "missing");
	return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
};

export type StudyText =
	| { readonly study: Study }
	| { readonly problems: readonly [FieldProblem, ...FieldProblem[]] }
	| { readonly notJson: true };

export const readStudyText = (text: string): StudyText => {
	let json: unknown;
	try {
		json = JSON.parse(text.replace(/^\uFEFF/, ""));
	} catch {
		return { notJson: true };
	}
	const parsed = studySchema.safeParse(json);
	if (parsed.success) return { study: parsed.data };
	const [first, ...others] = parsed.error.issues.map(
		({ path, message }): FieldProblem => ({
			field: withVisibleCharacters(path.join(".")) || "the file",
			value: shown(valueAt(json, path)),
			message: withVisibleCharacters(message),
		}),
	);
	if (first === undefined) throw new RangeError("a refusal without an issue");
	return { problems: [first, ...others] };
};
