/** One thing that is wrong with data. Rows by number and columns of the study by name, and nothing else of what is in them. */

export type Severity =
	/** A worker refuses the data as they are. */
	| "unusable"
	/** A worker takes them, and what comes of it may mislead. */
	| "problem"
	/** Good to know. */
	| "note";

export type Finding = {
	readonly severity: Severity;
	/** Stable name of what was found. */
	readonly kind: string;
	/** "train", "val", "test": of which part. */
	readonly part: string;
	readonly message: string;
	/** The first of the rows concerned, of that part. */
	readonly rows: readonly number[];
	/** How many there are in all. */
	readonly count: number;
	readonly fix: string;
};

const MOST_ROWS_LISTED = 10;
/** "1 row", "2 rows". */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
/** "12 %". */
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

export type FindingDraft = Omit<Finding, "part" | "rows" | "count"> & {
	readonly rows?: readonly number[];
	readonly count?: number;
};

export const finding = (part: string, { rows = [], count = rows.length, ...rest }: FindingDraft): Finding => ({
	...rest,
	part,
	rows: rows.slice(0, MOST_ROWS_LISTED),
	count,
});
