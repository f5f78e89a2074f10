/** What `data doctor` knows of one part of a data set: counts and digests, never a value. Rows are seen one at a time and not kept. */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { Study } from "../../protocol/study.ts";
import { scaled } from "./preprocess.ts";
import { type RawEntry, type RawRow, rawInputs } from "./raw.ts";

export type ColumnCounts = {
	readonly name: string;
	/** Empty cells; filled with the mean if the study says so, otherwise their rows are refused. */
	readonly missing: number;
	/** Cells that are not numbers. */
	readonly wrong: number;
	/** Of the good rows: all values are equal. */
	readonly constant: boolean;
	/** Of the good rows: values that scaling clips to 0 or 255. */
	readonly clipped: number;
	/** Mean of the good rows, in the study's deviations from the study's mean. */
	readonly shift: number;
};

export type Refused = {
	readonly code: ErrorCode;
	readonly column: string | undefined;
	/** Where people find them, all of them. */
	readonly rows: readonly number[];
};

export type Fingerprint = {
	readonly row: number;
	readonly label: number;
	/** Digest of the row as it is in the file; undefined for a normalized store. */
	readonly content: string | undefined;
	/** Digest of the quantized inputs. */
	readonly inputs: string;
};

export type Examined = {
	/** All rows, good or not. */
	readonly rows: number;
	/** Of good rows, in the order of the file. */
	readonly fingerprints: readonly Fingerprint[];
	readonly refused: readonly Refused[];
	/** Of tables; empty otherwise. */
	readonly columns: readonly ColumnCounts[];
	/** Sizes of decoded images, "height x width", and how often; empty otherwise. */
	readonly sizes: ReadonlyMap<string, number>;
	/** Good rows whose inputs are all equal, such as a black image. */
	readonly blank: readonly number[];
};

export type Digest = (bytes: Uint8Array) => string;

type ColumnState = { missing: number; wrong: number; least: number; most: number; sum: number; clipped: number };

const contentBytes = ({ value }: RawRow): Uint8Array | undefined => {
	if (value.kind === "table") return new Uint8Array(Float64Array.from(value.features).buffer);
	return value.kind === "image" ? value.image.samples : undefined;
};

const contentOf = (row: RawRow, digest: Digest): string | undefined => {
	const bytes = contentBytes(row);
	if (bytes === undefined) return undefined;
	const { value } = row;
	// The same bytes as another shape are another image.
	const shape = value.kind === "image" ? `${value.image.height} x ${value.image.width} x ${value.image.channels}` : "";
	return `${shape} ${digest(bytes)}`;
};

/** Counts rows; `add` each of them, then `finish`. */
export const startExamination = (study: Study, digest: Digest) => {
	const { preprocessing } = study;
	const columns = preprocessing.kind === "table" ? preprocessing.columns : [];
	const sigmas = preprocessing.kind === "table" ? preprocessing.sigmas : 1;
	const states = columns.map(
		(): ColumnState => ({
			missing: 0,
			wrong: 0,
			least: Number.POSITIVE_INFINITY,
			most: Number.NEGATIVE_INFINITY,
			sum: 0,
			clipped: 0,
		}),
	);
	const stateOf = new Map(columns.map(({ name }, index) => [name, states[index]]));
	const fingerprints: Fingerprint[] = [];
	const refused = new Map<
		string,
		{ readonly code: ErrorCode; readonly column: string | undefined; readonly rows: number[] }
	>();
	const sizes = new Map<string, number>();
	const blank: number[] = [];
	let rows = 0;

	const addTable = (features: readonly number[], filled: readonly string[]): void => {
		for (const name of filled) {
			const state = stateOf.get(name);
			if (state !== undefined) state.missing += 1;
		}
		for (const [index, scaling] of columns.entries()) {
			const [state, value = 0] = [states[index], features[index]];
			if (state === undefined) continue;
			const byte = scaled(value, scaling, sigmas);
			state.least = Math.min(state.least, value);
			state.most = Math.max(state.most, value);
			state.sum += (value - scaling.mean) / scaling.deviation;
			if (byte < 0 || byte > 255) state.clipped += 1;
		}
	};

	const add = (entry: RawEntry): void => {
		rows += 1;
		if ("problems" in entry) {
			for (const { error, column, missing = false } of entry.problems) {
				const state = column === undefined ? undefined : stateOf.get(column);
				if (state !== undefined) state[missing ? "missing" : "wrong"] += 1;
				const key = `${error.code} ${column ?? ""}`;
				const known = refused.get(key) ?? { code: error.code, column, rows: [] };
				known.rows.push(entry.row);
				refused.set(key, known);
			}
			return;
		}
		const { row, label, value } = entry;
		if (value.kind === "table") addTable(value.features, value.filled);
		if (value.kind === "image") {
			const size = `${value.image.height} x ${value.image.width}`;
			sizes.set(size, (sizes.get(size) ?? 0) + 1);
		}
		const inputs = rawInputs(value, study);
		if (preprocessing.kind === "image" && inputs.length > 1 && inputs.every((input) => input === inputs[0]))
			blank.push(row);
		fingerprints.push({ row, label, content: contentOf(entry, digest), inputs: digest(inputs) });
	};

	const finish = (): Examined => ({
		rows,
		fingerprints,
		refused: [...refused.values()],
		columns: columns.map(({ name }, index) => {
			const { missing = 0, wrong = 0, least = 0, most = 0, sum = 0, clipped = 0 } = states[index] ?? {};
			const good = fingerprints.length;
			const seen = good > 0 && Number.isFinite(least);
			return {
				...{ name, missing, wrong, clipped },
				constant: seen && good > 1 && least === most,
				shift: seen ? sum / good : 0,
			};
		}),
		sizes,
		blank,
	});
	return { add, finish };
};
