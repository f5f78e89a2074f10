/** Whether the circuits' keys and the deployed verifiers belong together, and to this chain. */
import { type Address, type PublicClient, parseAbi } from "viem";
import { chainError } from "../../worker/adapters/chain/errors.ts";
import { isDevelopmentChain } from "../../worker/protocol/developmentChain.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";

type Circuit = { readonly name: string; readonly vkHash: string; readonly developmentOnly: boolean };

/** @throws DEVELOPMENT_KEYS when a circuit has a development key and the chain is no local development node's */
export const requireKeysForChain = async (client: Pick<PublicClient, "getChainId">, circuits: readonly Circuit[]) => {
	const chainId = await client.getChainId().catch((error: unknown) => {
		throw chainError(error, "connecting to the RPC node");
	});
	const development = circuits.find(({ developmentOnly }) => developmentOnly);
	if (development === undefined || isDevelopmentChain(chainId)) return;
	throw new DecentraHealthError("DEVELOPMENT_KEYS", {
		message: `the proving key of ${development.name} is a development key, and chain ${chainId} is not a development chain`,
		nextStep:
			"Make keys in a ceremony with several contributors, or use a local node: development keys let their maker forge proofs.",
	});
};

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
