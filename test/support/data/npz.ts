/** .npz archives made in tests: zip by fflate, arrays by npyjs. */
import { zipSync } from "fflate";
import { dump, type TypedArray } from "npyjs";

export type ArrayOf = { readonly data: TypedArray; readonly shape: readonly number[] };

export const npyFile = ({ data, shape }: ArrayOf): Uint8Array => new Uint8Array(dump(data, [...shape]));

export const npzFile = (arrays: Readonly<Record<string, ArrayOf>>, level: 0 | 6 = 6): Uint8Array =>
	zipSync(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npyFile(array)])), {
		level,
	});

/** Images whose pixels are all `index`, labels `index mod classes`. */
export const plainSplit = (
	split: string,
	count: number,
	side: number,
	classes = 2,
): Readonly<Record<string, ArrayOf>> => ({
	[`${split}_images`]: {
		data: Uint8Array.from({ length: count * side * side }, (_, at) => Math.floor(at / (side * side)) % 256),
		shape: [count, side, side],
	},
	[`${split}_labels`]: { data: Uint8Array.from({ length: count }, (_, index) => index % classes), shape: [count, 1] },
});
