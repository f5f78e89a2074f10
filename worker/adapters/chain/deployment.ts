/** Finds the contracts that belong together. */
import type { Address } from "viem";
import type { Deployment } from "../../core/ledger/events.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { isUnreachable } from "./errors.ts";
import type { ChainReader } from "./reader.ts";

const getter = <Name extends string>(name: Name) =>
	({ type: "function", name, stateMutability: "view", inputs: [], outputs: [{ name: "", type: "address" }] }) as const;

/** As JSON: the parser of Solidity's signatures is 5 kB of a page's code. */
const registriesAbi = [getter("HOSPITAL_REGISTRY"), getter("MODEL_REGISTRY")] as const;

/**
 * The contracts of a deployment, by its RoundManager.
 * @throws DecentraHealthError CONTRACT_MISSING; viem's errors when the node can't be reached
 */
export const readDeployment = async (client: ChainReader, roundManager: Address): Promise<Deployment> => {
	const missing = (what: string) =>
		new DecentraHealthError("CONTRACT_MISSING", {
			message: `${what} at ${roundManager} on chain ${client.chain.id}`,
			nextStep: "Give the RoundManager's address as the deployment printed it, and the RPC URL of the same chain.",
		});
	const hasCode = async (address: Address): Promise<boolean> => ((await client.getCode({ address })) ?? "0x") !== "0x";
	if (!(await hasCode(roundManager))) throw missing("there is no contract");
	const read = async (functionName: "HOSPITAL_REGISTRY" | "MODEL_REGISTRY"): Promise<Address> => {
		const address = await client
			.readContract({ address: roundManager, abi: registriesAbi, functionName })
			.catch((error: unknown) => {
				if (isUnreachable(error)) throw error;
				throw missing("there is no RoundManager of this project");
			});
		if (!(await hasCode(address))) throw missing("there is no RoundManager of this project");
		return address;
	};
	const [hospitalRegistry, modelRegistry] = await Promise.all([read("HOSPITAL_REGISTRY"), read("MODEL_REGISTRY")]);
	return { hospitalRegistry, modelRegistry, roundManager };
};
