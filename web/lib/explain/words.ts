/** How values are written in explanations. */
import { type Address, getAddress, type Hex, numberToHex } from "viem";
import { shorten } from "../words/shorten.ts";
import type { Explanation } from "./types.ts";

/** "St. Anna (0x7099…79C8)"; an address without a name in full, so that it can be compared. */
export const partyName = (address: Address, participants: Readonly<Record<Address, string>>): string => {
	const known = Object.entries(participants).find(([other]) => other.toLowerCase() === address.toLowerCase());
	return known === undefined ? getAddress(address) : `${known[1]} (${shorten(getAddress(address))})`;
};

/** The same address, whatever its capitals. */
export const isSameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A field element as 32 bytes, as the other pages show commitments. */
export const elementHex = (value: bigint): string => numberToHex(value, { size: 32 });

/** Bytes of a hexadecimal string. */
export const byteLength = (data: Hex): number => (data.length - 2) / 2;

type ExplanationDraft = Pick<Explanation, "title" | "sentences" | "facts"> & Partial<Explanation>;

export const explanation = (draft: ExplanationDraft): Explanation => ({
	becomesPublic: [],
	staysPrivate: [],
	warnings: [],
	...draft,
});
