/** Whether the circuits' keys and the deployed verifiers belong together. */
import { type Address, type PublicClient, parseAbi } from "viem";
import { chainError } from "../../worker/adapters/chain/errors.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";

type Circuit = { readonly name: string; readonly vkHash: string };

const abi = parseAbi(["function VK_HASH() view returns (bytes32)"]);

/** @throws PROVING_KEY_MISMATCH when a verifier was generated from another key than the circuit's */
export const requireVerifierOf = async (
	client: Pick<PublicClient, "readContract">,
	verifier: Address,
	circuit: Pick<Circuit, "name" | "vkHash">,
) => {
	const request = { address: verifier, abi, functionName: "VK_HASH" } as const;
	const vkHash = await client.readContract(request).catch((error: unknown) => {
		throw chainError(error, `reading the key of the verifier at ${verifier}`);
	});
	if (vkHash === circuit.vkHash) return;
	throw new DecentraHealthError("PROVING_KEY_MISMATCH", {
		message: `the verifier at ${verifier} checks another key than the one of ${circuit.name}`,
		nextStep: "Run `npm run build`, then deploy to a new chain or with another Ignition deployment.",
	});
};
