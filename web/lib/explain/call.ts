/**
 * What a call does, in words and facts. The dApp shows this, and nothing that the worker says about the call: the bytes that are signed are
 * what is explained. A call that is not one of ours gets no explanation and is never sent.
 */
import { type Abi, decodeFunctionData, encodeFunctionData, type Hex } from "viem";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { explainRegistryCall } from "./registry.ts";
import { explainRoundCall } from "./rounds.ts";
import { explainModelCall } from "./study.ts";
import type { Explain } from "./types.ts";
import { isSameAddress } from "./words.ts";

export type { Call, Explain, ExplainContext, Explanation, Fact, Problem } from "./types.ts";

/** The ABI's own encoding of what was decoded: with bytes that stand for nothing, there would be more than one. */
const isCanonical = (
	abi: Abi,
	decoded: { functionName: string; args?: readonly unknown[] | undefined },
	data: Hex,
): boolean => encodeFunctionData({ abi, functionName: decoded.functionName, args: decoded.args ?? [] }) === data;

export const explainCall: Explain = ({ to, data, value = 0n }, context) => {
	if (to === undefined || value !== 0n) return undefined;
	const { hospitalRegistry, modelRegistry, roundManager } = context.deployment;
	try {
		if (isSameAddress(to, hospitalRegistry)) {
			const call = decodeFunctionData({ abi: hospitalRegistryAbi, data });
			return isCanonical(hospitalRegistryAbi, call, data) ? explainRegistryCall(call, context) : undefined;
		}
		if (isSameAddress(to, modelRegistry)) {
			const call = decodeFunctionData({ abi: modelRegistryAbi, data });
			return isCanonical(modelRegistryAbi, call, data) ? explainModelCall(call, context) : undefined;
		}
		if (isSameAddress(to, roundManager)) {
			const call = decodeFunctionData({ abi: roundManagerAbi, data });
			return isCanonical(roundManagerAbi, call, data) ? explainRoundCall(call, context) : undefined;
		}
	} catch {
		// Not an encoding of any function of the contract.
	}
	return undefined;
};
