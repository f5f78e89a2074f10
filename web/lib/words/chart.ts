/** What a line chart shows; the same as a table. */

export type Point = {
	readonly x: number;
	readonly y: number;
	/** Confidence interval. */
	readonly interval?: readonly [number, number];
};

export type Series = { readonly name: string; readonly points: readonly Point[] };

export type ChartData = {
	/** Of the x values, such as "Round". */
	readonly xName: string;
	readonly series: readonly Series[];
	readonly decimals: number;
	/** Where the y axis may not go beyond, such as [0, 1]. */
	readonly limits?: readonly [number, number];
};

export const valueText = ({ y, interval }: Point, decimals: number): string =>
	interval === undefined
		? y.toFixed(decimals)
		: `${y.toFixed(decimals)} (${interval[0].toFixed(decimals)} to ${interval[1].toFixed(decimals)})`;

export type TableRow = { readonly x: number; readonly values: readonly (string | undefined)[] };

/** One row per x value, in order; undefined where a series has none. */
export const tableRows = ({ series, decimals }: ChartData): readonly TableRow[] => {
	const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((one, other) => one - other);
	return xs.map((x) => ({
		x,
		values: series.map(({ points }) => {
			const point = points.find((other) => other.x === x);
			return point && valueText(point, decimals);
		}),
	}));
};

/** The chart in a sentence for each series: first, last and range. */
export const summary = ({ xName, series, decimals }: ChartData): string =>
	series
		.flatMap(({ name, points }) => {
			const [first, last] = [points[0], points.at(-1)];
			if (first === undefined || last === undefined) return [];
			const where = (point: Point): string => `${point.y.toFixed(decimals)} at ${xName.toLowerCase()} ${point.x}`;
			return [first === last ? `${name}: ${where(first)}.` : `${name}: from ${where(first)} to ${where(last)}.`];
		})
		.join(" ");
