/** What a signature may cost at most: a node names fees and gas, and whoever signs what it names gives it the wallet. */
import { formatGwei, parseGwei } from "viem";
import { MOST_TRANSACTION_GAS } from "../../core/estimate/gas.ts";
import { gasLimitOf } from "../../core/estimate/gasLimit.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";

/** Gwei, as people configure them; several times what Ethereum asks for on an ordinary day. */
export const DEFAULT_MAX_BASE_FEE_GWEI = 100;
export const DEFAULT_MAX_PRIORITY_FEE_GWEI = 10;
/** The configuration's `fees`. */
export type FeeSettings = {
	readonly maxBaseFeeGwei: number;
	readonly maxPriorityFeeGwei: number;
	readonly maxGas: number;
};

export type FeeCaps = {
	/** Of one transaction, whatever its call. */
	readonly gas: bigint;
	/** Wei a gas that is offered for the base fee: viem offers a fifth more than the newest block's. */
	readonly baseFee: bigint;
	/** Wei a gas for the block's proposer. */
	readonly priorityFee: bigint;
};

export const feeCapsOf = ({ maxBaseFeeGwei, maxPriorityFeeGwei, maxGas }: FeeSettings): FeeCaps => ({
	gas: BigInt(maxGas),
	baseFee: parseGwei(String(maxBaseFeeGwei)),
	priorityFee: parseGwei(String(maxPriorityFeeGwei)),
});

export const DEFAULT_FEE_CAPS: FeeCaps = feeCapsOf({
	maxBaseFeeGwei: DEFAULT_MAX_BASE_FEE_GWEI,
	maxPriorityFeeGwei: DEFAULT_MAX_PRIORITY_FEE_GWEI,
	maxGas: MOST_TRANSACTION_GAS,
});

export type Fees = {
	readonly maxFeePerGas?: bigint | undefined;
	readonly maxPriorityFeePerGas?: bigint | undefined;
	/** Of a transaction from before EIP-1559: all in one. */
	readonly gasPrice?: bigint | undefined;
};

/** Which cap the fees break; undefined when none. */
export const brokenCap = (
	{ maxFeePerGas, maxPriorityFeePerGas, gasPrice }: Fees,
	{ baseFee, priorityFee }: FeeCaps,
): { readonly what: string; readonly offered: bigint; readonly cap: bigint; readonly field: string } | undefined => {
	if (maxFeePerGas === undefined) {
		const [offered, cap] = [gasPrice ?? 0n, baseFee + priorityFee];
		return offered > cap ? { what: "gas price", offered, cap, field: "maxBaseFeeGwei" } : undefined;
	}
	const priority = maxPriorityFeePerGas ?? 0n;
	if (priority > priorityFee) {
		return { what: "priority fee", offered: priority, cap: priorityFee, field: "maxPriorityFeeGwei" };
	}
	const base = maxFeePerGas - priority;
	return base > baseFee ? { what: "base fee", offered: base, cap: baseFee, field: "maxBaseFeeGwei" } : undefined;
};

/** @throws DecentraHealthError FEE_TOO_HIGH */
export const requireFeesWithin = (summary: string, fees: Fees, caps: FeeCaps): void => {
	const broken = brokenCap(fees, caps);
	if (broken === undefined) return;
	const { what, offered, cap, field } = broken;
	throw new DecentraHealthError("FEE_TOO_HIGH", {
		message: `${summary}: not signed, the node asks for a ${what} of ${formatGwei(offered)} gwei; the most allowed is ${formatGwei(cap)}`,
		nextStep: `Wait until fees fall, or raise fees.${field} in the configuration if other nodes name the same fee.`,
	});
};

/**
 * The gas limit to sign the call with: the node's estimate with room, and no more than a call of this kind can need.
 * @throws DecentraHealthError GAS_UNEXPECTED
 */
export const gasToSign = (
	call: { readonly summary: string; readonly functionName: string; readonly args: readonly unknown[] },
	estimate: bigint,
	caps: Pick<FeeCaps, "gas">,
): bigint => {
	const known = gasLimitOf(call);
	const limit = known < caps.gas ? known : caps.gas;
	if (estimate > limit) {
		throw new DecentraHealthError("GAS_UNEXPECTED", {
			message: `${call.summary}: not signed, the node estimates ${estimate} gas; ${call.functionName} is allowed ${limit}`,
			nextStep:
				limit === known
					? "Compare with another node: this call never needs so much, so the node is wrong or the contract is not ours."
					: "Raise fees.maxGas in the configuration if this call is meant to use so much.",
		});
	}
	// The estimate holds for the state it was made in. A member's key sum becomes the t-th, which does more, when another's is mined before it.
	const roomy = estimate + estimate / 4n + 250_000n;
	return roomy < limit ? roomy : limit;
};
