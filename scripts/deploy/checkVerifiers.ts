/** Whether the circuits' keys and the deployed verifiers belong together. */
import { type PublicClient, parseAbi } from "viem";
import { chainError } from "../../worker/adapters/chain/errors.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import type { StudyVerifiers } from "./deployContracts.ts";

type Circuit = { readonly name: string; readonly vkHash: string };

const abi = parseAbi([
	"function TRAIN_VK_HASH() view returns (bytes32)",
	"function ENCRYPT_VK_HASH() view returns (bytes32)",
	"function VK_HASH() view returns (bytes32)",
]);

/** @throws PROVING_KEY_MISMATCH when a verifier was generated from another key than its circuit's */
export const requireVerifiersOf = async (
	client: Pick<PublicClient, "readContract">,
	{ updateVerifier, keySumVerifier }: StudyVerifiers,
	circuits: Readonly<Record<"train" | "encrypt" | "keySum", Pick<Circuit, "name" | "vkHash">>>,
): Promise<void> => {
	for (const [address, functionName, circuit] of [
		[updateVerifier, "TRAIN_VK_HASH", circuits.train],
		[updateVerifier, "ENCRYPT_VK_HASH", circuits.encrypt],
		[keySumVerifier, "VK_HASH", circuits.keySum],
	] as const) {
		const vkHash = await client.readContract({ address, abi, functionName }).catch((error: unknown) => {
			throw chainError(error, `reading the key of the verifier at ${address}`);
		});
		if (vkHash === circuit.vkHash) continue;
		throw new DecentraHealthError("PROVING_KEY_MISMATCH", {
			message: `the verifier at ${address} checks another key than the one of ${circuit.name}`,
			nextStep: "Run `npm run build`, then deploy to a new chain or with another Ignition deployment.",
		});
	}
};
