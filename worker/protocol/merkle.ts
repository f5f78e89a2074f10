/** The data set's Merkle tree: leaves are whole batches; docs/PROTOCOL.md section 1. */
import { packSample } from "./packing.ts";
import { hashPair, spongeHash } from "./poseidon.ts";

/** One training sample: `inputs` are u8 in [0, 255], `label` is an integer in [0, the study's number of classes). */
export type Sample = { readonly inputs: Uint8Array; readonly label: number };

/** Leaf of one batch; `salt` is random in [0, r) and known to the hospital alone. */
export const batchLeaf = (samples: readonly Sample[], salt: bigint): bigint =>
	spongeHash("batch", [...samples.flatMap(({ inputs, label }) => packSample(inputs, label)), salt]);

export type MerkleTree = {
	readonly root: bigint;
	readonly depth: number;
	/** Sibling per height, leaf upwards; path bit k of `index` says this node is the right child at height k. */
	readonly siblings: (index: number) => readonly bigint[];
};

/**
 * Binary tree of the given depth over `leaves`, padded with zero leaves.
 * @throws RangeError when there are no leaves or more than 2^depth.
 */
export const merkleTree = (leaves: readonly bigint[], depth: number): MerkleTree => {
	if (leaves.length === 0 || leaves.length > 2 ** depth) {
		throw new RangeError(`a tree of depth ${depth} holds 1 to ${2 ** depth} leaves, not ${leaves.length}`);
	}
	// Empty subtrees repeat, so each height keeps only its non-empty prefix and one default node.
	const levels: bigint[][] = [[...leaves]];
	const defaults: bigint[] = [0n];
	for (let height = 0; height < depth; height++) {
		const below = levels[height] as bigint[];
		const empty = defaults[height] as bigint;
		const level: bigint[] = [];
		for (let index = 0; index < below.length; index += 2) {
			level.push(hashPair(below[index] as bigint, below[index + 1] ?? empty));
		}
		levels.push(level);
		defaults.push(hashPair(empty, empty));
	}
	return {
		root: (levels[depth] as bigint[])[0] as bigint,
		depth,
		siblings: (index) => {
			if (!Number.isInteger(index) || index < 0 || index >= 2 ** depth) throw new RangeError(`no leaf ${index}`);
			return Array.from(
				{ length: depth },
				(_, height) => (levels[height] as bigint[])[(index >> height) ^ 1] ?? (defaults[height] as bigint),
			);
		},
	};
};
