/** Ethereum addresses as people write them: one form inside, whatever the case outside. */
import { type Address, getAddress, isAddress } from "viem";
import { z } from "zod";

export const addressSchema = z
	.string()
	.refine(
		(text) => isAddress(text),
		"no Ethereum address (0x and 40 hexadecimal digits, a right checksum if in mixed case)",
	)
	.transform((text): Address => getAddress(text));
