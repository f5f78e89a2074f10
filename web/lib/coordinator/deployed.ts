/** A verifier that was deployed before, found again by its transaction and checked on the chain. */
import { type Address, type Hex, isHash, parseAbi } from "viem";
import type { StudyPackage } from "../../../worker/core/studyPackage.ts";
import type { VerifierKind } from "./explainDeployment.ts";

type SessionStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export type DeployedMemory = {
	readonly get: (key: string) => Hex | undefined;
	readonly put: (key: string, hash: Hex) => void;
	readonly remove: (key: string) => void;
};

const PREFIX = "decentrahealth/deployed/";

/** Hashes of transactions alone, for this tab's session. @param storage undefined on the server: then nothing is remembered */
export const createDeployedMemory = (storage: SessionStorage | undefined): DeployedMemory => ({
	get: (key) => {
		const text = storage?.getItem(PREFIX + key) ?? undefined;
		return text !== undefined && isHash(text) ? text : undefined;
	},
	put: (key, hash) => {
		try {
			storage?.setItem(PREFIX + key, hash);
		} catch {
			// A full or forbidden storage costs the memory over a reload, nothing else.
		}
	},
	remove: (key) => storage?.removeItem(PREFIX + key),
});

/** The same code on the same chain is the same step, whatever the file is called. */
export const deploymentKey = (chainId: number, { verifiers }: StudyPackage, kind: VerifierKind): string =>
	`deploy-${chainId}-${verifiers[kind].digest.slice(2, 34)}`;

const abi = parseAbi([
	"function TRAIN_VK_HASH() view returns (bytes32)",
	"function ENCRYPT_VK_HASH() view returns (bytes32)",
	"function VK_HASH() view returns (bytes32)",
]);

/** What is asked of the chain; rejections mean that the node does not know. */
export type DeploymentReader = {
	readonly transaction: (hash: Hex) => Promise<{ readonly to: Address | null; readonly input: Hex } | undefined>;
	readonly receipt: (
		hash: Hex,
	) => Promise<{ readonly succeeded: boolean; readonly contractAddress: Address | undefined } | undefined>;
	readonly readKeyHash: (
		address: Address,
		functionName: "TRAIN_VK_HASH" | "ENCRYPT_VK_HASH" | "VK_HASH",
	) => Promise<Hex>;
};

export const keyHashAbi = abi;

export type Deployed =
	| { readonly kind: "deployed"; readonly address: Address }
	/** Not this code's deployment, or not on this chain (any more): deploy again. */
	| { readonly kind: "unknown"; readonly why: string };

/** A transaction whose whole data is the package's creation code makes a contract of exactly that code. */
export const findDeployed = async (
	reader: DeploymentReader,
	made: StudyPackage,
	kind: VerifierKind,
	hash: Hex,
): Promise<Deployed> => {
	const unknown = (why: string): Deployed => ({ kind: "unknown", why });
	const [transaction, receipt] = await Promise.all([reader.transaction(hash), reader.receipt(hash)]);
	if (transaction === undefined || receipt === undefined) return unknown("the chain does not have its transaction");
	if (!receipt.succeeded || receipt.contractAddress === undefined) return unknown("its transaction was refused");
	if (transaction.to !== null || transaction.input.toLowerCase() !== made.verifiers[kind].creationCode) {
		return unknown("its transaction created another contract");
	}
	const address = receipt.contractAddress;
	const { train, encrypt, keySum } = made.vkHashes;
	const wanted =
		kind === "update"
			? ([
					["TRAIN_VK_HASH", train],
					["ENCRYPT_VK_HASH", encrypt],
				] as const)
			: ([["VK_HASH", keySum]] as const);
	for (const [name, hashOfKey] of wanted) {
		if ((await reader.readKeyHash(address, name)).toLowerCase() !== hashOfKey)
			return unknown("it answers with another key");
	}
	return { kind: "deployed", address };
};
