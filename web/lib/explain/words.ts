/** How values are written in explanations. */
import { type Address, getAddress, type Hex } from "viem";
import type { Explanation } from "./types.ts";

/** "0x7099…79C8" */
export const shortHex = (value: string): string =>
	value.length <= 14 ? value : `${value.slice(0, 6)}…${value.slice(-4)}`;

/** "St. Anna (0x7099…79C8)"; an address without a name in full, so that it can be compared. */
export const partyName = (address: Address, participants: Readonly<Record<Address, string>>): string => {
	const known = Object.entries(participants).find(([other]) => other.toLowerCase() === address.toLowerCase());
	return known === undefined ? getAddress(address) : `${known[1]} (${shortHex(getAddress(address))})`;
};

/** The same address, whatever its capitals. */
export const isSameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** "1 hospital", "3 hospitals" */
export const count = (number: number | bigint, what: string, plural = `${what}s`): string =>
	`${number.toLocaleString("en-US")} ${BigInt(number) === 1n ? what : plural}`;

const UNITS = [
	["d", 86_400],
	["h", 3_600],
	["min", 60],
	["s", 1],
] as const;

/** The two largest units: 5400 is "1 h 30 min". */
export const duration = (seconds: number): string => {
	let rest = Math.round(seconds);
	const parts: string[] = [];
	for (const [unit, size] of UNITS) {
		const number = Math.floor(rest / size);
		rest -= number * size;
		if (number > 0) parts.push(`${number} ${unit}`);
	}
	return parts.length === 0 ? "0 s" : parts.slice(0, 2).join(" ");
};

/** "2026-11-23 02:20:13 UTC" */
export const utc = (seconds: bigint): string =>
	`${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** A list as in a sentence: "a, b and c". */
export const listed = (items: readonly string[]): string =>
	items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

/** Field elements and other large numbers: decimal, as the events show them. */
export const decimal = (value: bigint): string => value.toString();

/** Bytes of a hexadecimal string. */
export const byteLength = (data: Hex): number => (data.length - 2) / 2;

type ExplanationDraft = Pick<Explanation, "title" | "sentences" | "facts"> & Partial<Explanation>;

export const explanation = (draft: ExplanationDraft): Explanation => ({
	becomesPublic: [],
	staysPrivate: [],
	warnings: [],
	...draft,
});
