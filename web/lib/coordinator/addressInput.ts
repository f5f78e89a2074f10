/** An address as people type or paste it. */
import { type Address, getAddress, isAddress, zeroAddress } from "viem";

export type AddressInput =
	| { readonly kind: "empty" }
	| { readonly kind: "problem"; readonly problem: string }
	| { readonly kind: "address"; readonly address: Address };

const problem = (text: string): AddressInput => ({ kind: "problem", problem: text });

/** Mixed capitals are a checksum (ERC-55), which shows most typing errors; an address in one case has none. */
export const readAddress = (text: string): AddressInput => {
	const trimmed = text.trim();
	if (trimmed === "") return { kind: "empty" };
	if (!/^0x/i.test(trimmed)) return problem("An address starts with 0x.");
	const digits = trimmed.slice(2);
	if (!/^[0-9a-fA-F]*$/.test(digits)) return problem("An address has the digits 0-9 and a-f only.");
	if (digits.length !== 40) return problem(`An address has 40 digits after 0x; this has ${digits.length}.`);
	const oneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
	const written = `0x${digits}`;
	if (!oneCase && !isAddress(written, { strict: true })) {
		return problem("The capital letters don't fit the digits (ERC-55 checksum): a digit is wrong. Copy it again.");
	}
	const address = getAddress(`0x${digits.toLowerCase()}`);
	if (address === zeroAddress) return problem("This is the zero address, which nobody owns.");
	return { kind: "address", address };
};
