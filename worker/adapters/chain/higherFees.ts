/** A stuck transaction once more with higher fees: the same nonce, so at most one of the two is ever mined. */
import { type Chain, type LocalAccount, type PublicClient, parseTransaction, type Transport } from "viem";
import { readSigned, type SignedTransaction } from "./settle.ts";

/** Nodes take a replacement that pays at least a tenth more; a quarter gets there in fewer steps. */
const raised = (fee: bigint): bigint => fee + fee / 4n + 1n;

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/**
 * Signs the call of `signed` again, a quarter above its fees and no lower than the node's estimate for now.
 * @returns undefined for a kind of transaction that we do not sign
 */
export const withHigherFees = async (
	client: PublicClient<Transport, Chain>,
	account: LocalAccount,
	{ serialized }: SignedTransaction,
): Promise<SignedTransaction | undefined> => {
	const { type, to, data, nonce, gas, value, chainId, ...fees } = parseTransaction(serialized);
	const call = { to, data, nonce, gas, value, chainId };
	if (type === "eip1559") {
		const now = await client.estimateFeesPerGas({ type });
		const maxFeePerGas = larger(raised(fees.maxFeePerGas ?? 0n), now.maxFeePerGas);
		const maxPriorityFeePerGas = larger(raised(fees.maxPriorityFeePerGas ?? 0n), now.maxPriorityFeePerGas);
		return readSigned(await account.signTransaction({ ...call, type, maxFeePerGas, maxPriorityFeePerGas } as never));
	}
	if (type === "legacy") {
		const gasPrice = larger(raised(fees.gasPrice ?? 0n), await client.getGasPrice());
		return readSigned(await account.signTransaction({ ...call, type, gasPrice } as never));
	}
	return undefined;
};
