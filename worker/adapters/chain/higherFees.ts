/** A stuck transaction once more with higher fees: the same nonce, so at most one of the two is ever mined. */
import { type Chain, type LocalAccount, type PublicClient, parseTransaction, type Transport } from "viem";
import { brokenCap, type FeeCaps, type Fees } from "./feeCaps.ts";
import { readSigned, type SignedTransaction } from "./settle.ts";

/** Nodes take a replacement that pays at least a tenth more; a quarter gets there in fewer steps. */
const raised = (fee: bigint): bigint => fee + fee / 4n + 1n;

/** What a node takes as a replacement. */
const isEnoughMore = (one: bigint, before: bigint): boolean => 10n * one >= 11n * before;

const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/**
 * Signs the call of `signed` again, a quarter above its fees and no lower than the node's estimate for now, as far as the caps allow.
 * @returns undefined when the caps leave no fees that a node takes as a replacement, and for a kind of transaction that we do not sign
 */
export const withHigherFees = async (
	client: PublicClient<Transport, Chain>,
	account: LocalAccount,
	{ serialized }: SignedTransaction,
	caps: FeeCaps,
): Promise<SignedTransaction | undefined> => {
	const { type, to, data, nonce, gas, value, chainId, ...fees } = parseTransaction(serialized);
	const call = { to, data, nonce, gas, value, chainId };
	const within = async (raisedFees: Fees, rest: object): Promise<SignedTransaction | undefined> =>
		brokenCap(raisedFees, caps) === undefined
			? readSigned(await account.signTransaction({ ...call, ...rest, ...raisedFees } as never))
			: undefined;
	if (type === "eip1559") {
		const now = await client.estimateFeesPerGas({ type });
		const { maxFeePerGas: fee = 0n, maxPriorityFeePerGas: priority = 0n } = fees;
		const wantedPriority = larger(raised(priority), now.maxPriorityFeePerGas);
		const maxPriorityFeePerGas = smaller(wantedPriority, caps.priorityFee);
		const wanted = larger(raised(fee), now.maxFeePerGas);
		const maxFeePerGas = smaller(wanted, maxPriorityFeePerGas + caps.baseFee);
		if (!isEnoughMore(maxPriorityFeePerGas, priority) || !isEnoughMore(maxFeePerGas, fee)) return undefined;
		return within({ maxFeePerGas, maxPriorityFeePerGas }, { type });
	}
	if (type === "legacy") {
		const { gasPrice: price = 0n } = fees;
		const gasPrice = smaller(larger(raised(price), await client.getGasPrice()), caps.baseFee + caps.priorityFee);
		return isEnoughMore(gasPrice, price) ? within({ gasPrice }, { type }) : undefined;
	}
	return undefined;
};
