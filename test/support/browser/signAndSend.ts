/** A wallet's own way to the chain. */
import { type HDAccount, type Hex, hexToBigInt, hexToNumber } from "viem";
import type { WalletAnswer } from "./injectedProvider.ts";
import type { AskedTransaction } from "./wallet.ts";

/** The node's answer as it is: a wallet passes errors on with their data. */
export const rpcRequest = async (rpcUrl: string, method: string, params: readonly unknown[]): Promise<WalletAnswer> => {
	try {
		const response = await fetch(rpcUrl, {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
		});
		const { result, error } = (await response.json()) as {
			result?: unknown;
			error?: { code: number; message: string; data?: unknown };
		};
		return error === undefined ? { result: result ?? null } : { error };
	} catch (error) {
		return { error: { code: -32603, message: `the wallet's node doesn't answer: ${String(error)}` } };
	}
};

type Signing = {
	readonly rpcUrl: string;
	readonly account: HDAccount;
	readonly chainId: number;
	readonly transaction: AskedTransaction & { readonly gas?: Hex };
};

/** @returns the transaction's hash, or the error of the step that failed */
export const sendSigned = async ({ rpcUrl, account, chainId, transaction }: Signing): Promise<WalletAnswer> => {
	const { to, data, value = "0x0" } = transaction;
	const from = account.address;
	const bare = { from, value, ...(to === undefined ? {} : { to }), ...(data === undefined ? {} : { data }) };
	const estimated =
		transaction.gas === undefined ? await rpcRequest(rpcUrl, "eth_estimateGas", [bare]) : { result: transaction.gas };
	if ("error" in estimated) return estimated;
	const nonce = await rpcRequest(rpcUrl, "eth_getTransactionCount", [from, "pending"]);
	if ("error" in nonce) return nonce;
	const price = await rpcRequest(rpcUrl, "eth_gasPrice", []);
	if ("error" in price) return price;
	const fee = hexToBigInt(price.result as Hex);
	const estimate = hexToBigInt(estimated.result as Hex);
	const signed = await account.signTransaction({
		type: "eip1559",
		chainId,
		nonce: hexToNumber(nonce.result as Hex),
		gas: transaction.gas === undefined ? (estimate * 5n) / 4n : estimate,
		maxFeePerGas: fee * 2n,
		maxPriorityFeePerGas: fee / 10n,
		value: hexToBigInt(value),
		...(to === undefined ? {} : { to }),
		...(data === undefined ? {} : { data }),
	});
	return rpcRequest(rpcUrl, "eth_sendRawTransaction", [signed]);
};
