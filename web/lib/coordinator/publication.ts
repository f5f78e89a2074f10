/** A package's blocks on their way to IPFS: published by the coordinator's own worker, then read back as everybody else will. */
import type { BlockStore } from "../../../worker/adapters/ipfs/blockStore.ts";
import { isDigest } from "../../../worker/adapters/ipfs/cid.ts";
import { blockBytes, type PlacedPackage } from "../../../worker/core/studyPackage.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../../worker/protocol/errors.ts";

type Block = PlacedPackage["blocks"][number];

export type BlockState =
	| { readonly kind: "unknown" }
	| { readonly kind: "reading" }
	/** Read back from a gateway, with its digest. */
	| { readonly kind: "there" }
	| { readonly kind: "missing"; readonly reason: string }
	| { readonly kind: "publishing" }
	| {
			readonly kind: "failed";
			readonly problem: { readonly code: string; readonly message: string; readonly nextStep: string };
	  };

export type NamedBlock = { readonly block: Block; readonly name: string };

/** What each block is, in the package's order. */
export const namedBlocks = (made: PlacedPackage): readonly NamedBlock[] => {
	const names = new Map<string, string>([
		[made.definitionDigest, "The study's definition"],
		[made.vkHashes.train, "Verification key of training"],
		[made.vkHashes.encrypt, "Verification key of encryption"],
		[made.vkHashes.keySum, "Verification key of key sums"],
		[made.modelDigest, "The initial model"],
	]);
	return made.blocks.map((block) => ({ block, name: names.get(block.digest) ?? block.digest }));
};

/** Never rejects unless the signal is aborted. */
export const readBack = async (
	block: Block,
	store: Pick<BlockStore, "get">,
	signal: AbortSignal,
): Promise<BlockState> => {
	const digest = block.digest.toLowerCase();
	if (!isDigest(digest)) return { kind: "missing", reason: "no digest" };
	try {
		// Checks the bytes against the digest.
		await store.get(digest, { signal });
		return { kind: "there" };
	} catch (error) {
		if (signal.aborted) throw error;
		return { kind: "missing", reason: isDecentraHealthError(error) ? error.message : String(error) };
	}
};

/** Publishes one block. @throws DecentraHealthError BLOCK_MISMATCH when the worker says it has stored other bytes; the port's own errors */
export const publish = async (
	block: Block,
	post: (bytes: Uint8Array) => Promise<{ readonly digest: string }>,
): Promise<void> => {
	const { digest } = await post(blockBytes(block));
	if (digest.toLowerCase() === block.digest) return;
	throw new DecentraHealthError("BLOCK_MISMATCH", {
		message: `the worker answered with the digest ${digest} instead of ${block.digest}`,
		nextStep: "Check that the worker is your own and of this version, then publish again.",
	});
};
