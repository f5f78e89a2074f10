/** Sentences in which long values stand: pages show those shortened, with a way to copy them. */
import { type Address, type Hex, numberToHex } from "viem";
import { shorten } from "./shorten.ts";

export type Value = { readonly kind: "commitment" | "digest" | "address"; readonly value: string };
export type Sentence = readonly (string | Value)[];

/** A field element as 32 bytes. */
export const commitment = (value: bigint): Value => ({
	kind: "commitment",
	value: numberToHex(value, { size: 32 }),
});
export const digest = (value: Hex): Value => ({ kind: "digest", value });
export const party = (value: Address): Value => ({ kind: "address", value });

/** As text alone. */
export const plain = (sentence: Sentence): string =>
	sentence.map((part) => (typeof part === "string" ? part : shorten(part.value))).join("");
