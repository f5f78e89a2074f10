/** Numbers as sentences say them. English, whatever the browser's language: the pages are. */

const grouped = new Intl.NumberFormat("en-US");

/** 1,234,567 */
export const integer = (value: number | bigint): string => grouped.format(value);

/** "1 training proof", "4 training proofs" */
export const counted = (count: number | bigint, one: string, many = `${one}s`): string =>
	`${integer(count)} ${BigInt(count) === 1n ? one : many}`;

/** "A", "A and B", "A, B and C" */
export const listed = (items: readonly string[]): string => {
	const last = items.at(-1) ?? "";
	return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
};

/** "612 k gas", "1.41 M gas" */
export const gasText = (gas: bigint): string => {
	if (gas < 1000n) return `${gas} gas`;
	const thousands = Math.round(Number(gas) / 1e3);
	return thousands < 1000 ? `${thousands} k gas` : `${(Number(gas) / 1e6).toFixed(2)} M gas`;
};

/** An integer of scale 2^bits as a decimal, exactly: binary fractions of this size are finite in decimals and in doubles. */
export const scaled = (value: number | bigint, bits: number): string => String(Number(value) / 2 ** bits);

/** "step 5 of 12", "steps 5 to 8 of 12"; both from 1. */
export const rangeOf = (what: string, first: number, last: number, total: number): string =>
	first === last
		? `${what} ${integer(first)} of ${integer(total)}`
		: `${what}s ${integer(first)} to ${integer(last)} of ${integer(total)}`;
