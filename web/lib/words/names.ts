/** How sentences call the participants. */
import type { Address } from "viem";
import { shorten } from "./shorten.ts";

export type NameOf = (address: Address) => string;

const withoutNote = (name: string): string => name.replace(/\s*\([^()]*\)$/, "");

/**
 * @param participants names by address as configured, such as "St. Anna (hospital 1)"
 * @returns the name without its note, as sentences want it, as long as nobody else is called so; else in full; unknown addresses shortened
 */
export const namesFrom = (participants: Readonly<Record<string, string>>): NameOf => {
	const full = new Map(Object.entries(participants).map(([address, name]) => [address.toLowerCase(), name]));
	const uses = new Map<string, number>();
	for (const name of full.values()) uses.set(withoutNote(name), (uses.get(withoutNote(name)) ?? 0) + 1);
	return (address) => {
		const name = full.get(address.toLowerCase());
		if (name === undefined) return shorten(address);
		const short = withoutNote(name);
		return short !== "" && uses.get(short) === 1 ? short : name;
	};
};
