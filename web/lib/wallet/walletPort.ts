/** A connected EIP-1193 wallet as what sending needs. Its answers are checked: it may be any extension. */
import { type Address, type EIP1193Provider, getAddress, isAddress, isHash, numberToHex } from "viem";
import { z } from "zod";
import type { WalletPort } from "./ports.ts";

const accountsSchema = z.array(z.string()).transform((all) => all.filter((one) => isAddress(one, { strict: false })));
const chainIdSchema = z.union([z.string(), z.number()]).transform(Number).pipe(z.int().min(1));
const hashSchema = z.string().refine((text): text is `0x${string}` => isHash(text), "no transaction hash");

export const createWalletPort = (provider: Pick<EIP1193Provider, "request">, address: Address): WalletPort => ({
	address,
	chainId: async () => chainIdSchema.parse(await provider.request({ method: "eth_chainId" })),
	accounts: async () =>
		accountsSchema.parse(await provider.request({ method: "eth_accounts" })).map((one) => getAddress(one)),
	send: async ({ from, to, data, gas, chainId }) =>
		hashSchema.parse(
			await provider.request({
				method: "eth_sendTransaction",
				params: [
					{ from, data, gas: numberToHex(gas), chainId: numberToHex(chainId), ...(to === undefined ? {} : { to }) },
				],
			}),
		),
});
