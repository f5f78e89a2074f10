/** A made-up chain for audits: events with their places, block headers, IPFS blocks, and proofs that only the keys' owner can make. */
import { type Address, getAddress, type Hex, keccak256, toHex } from "viem";
import type { BlockHeader } from "../../../worker/core/audit/ports.ts";
import type { VerificationKey } from "../../../worker/core/codecs/verificationKey.ts";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import type { SolidityProof } from "../../../worker/core/ledger/state.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";

export const CHAIN_ID = 31337;
export const SECONDS_PER_BLOCK = 12n;

export const address = (name: string): Address => getAddress(`0x${keccak256(toHex(name)).slice(26)}`);

export const DEPLOYMENT = {
	hospitalRegistry: address("hospital registry"),
	modelRegistry: address("model registry"),
	roundManager: address("round manager"),
};

export const timeOf = (blockNumber: bigint): bigint => 1_700_000_000n + SECONDS_PER_BLOCK * blockNumber;

export const headerOf = (blockNumber: bigint): BlockHeader => ({
	timestamp: timeOf(blockNumber),
	parentHash: keccak256(toHex(`block ${blockNumber - 1n}`)),
	prevRandao: keccak256(toHex(`randao ${blockNumber}`)),
});

export type Blocks = Map<Hex, Uint8Array>;

/** What an audit reads. Plain data but for the valid proofs, so that a test can clone and change it. */
export type SyntheticChain = {
	readonly chainId: number;
	readonly deployment: typeof DEPLOYMENT;
	readonly events: LedgerEvent[];
	readonly counts: { studies: bigint; models: bigint; rounds: bigint };
	readonly blocks: Blocks;
	/** Changes of single headers. */
	readonly headers: Map<bigint, BlockHeader>;
	/** Keys of the proofs that are valid: see proofKey. */
	readonly validProofs: Set<string>;
};

/** Identifies a valid statement: key, signals and proof together. */
export const proofKey = (key: VerificationKey, signals: readonly bigint[], proof: SolidityProof): string =>
	`${JSON.stringify(key)}|${signals.join()}|${proof.join()}`;

export const put = (blocks: Blocks, bytes: Uint8Array): Hex => {
	const digest = contentDigest(bytes).hex;
	blocks.set(digest, bytes);
	return digest;
};

type Emitted<Source extends LedgerEvent["source"], Name extends LedgerEvent["name"]> = Extract<
	LedgerEvent,
	{ source: Source; name: Name }
>["args"];

export type LedgerWriter = {
	readonly chain: SyntheticChain;
	/** Number of the block that the next transaction is in. */
	readonly blockNumber: () => bigint;
	/** A transaction in a block of its own, `skip` blocks later than the next. */
	readonly transaction: (emit: Emit, skip?: bigint) => void;
};

export type Emit = (
	run: <Source extends LedgerEvent["source"], Name extends Extract<LedgerEvent, { source: Source }>["name"]>(
		source: Source,
		name: Name,
		args: Emitted<Source, Name>,
	) => void,
) => void;

export const ledgerWriter = (): LedgerWriter => {
	const chain: SyntheticChain = {
		chainId: CHAIN_ID,
		deployment: DEPLOYMENT,
		events: [],
		counts: { studies: 0n, models: 0n, rounds: 0n },
		blocks: new Map(),
		headers: new Map(),
		validProofs: new Set(),
	};
	let next = 1n;
	return {
		chain,
		blockNumber: () => next,
		transaction: (emit, skip = 0n) => {
			const blockNumber = next + skip;
			next = blockNumber + 1n;
			let logIndex = 0;
			const transactionHash = keccak256(toHex(`transaction in block ${blockNumber}`));
			emit((source, name, args) => {
				const place = { blockNumber, transactionHash, logIndex: logIndex++ };
				chain.events.push({ source, name, args, place } as unknown as LedgerEvent);
				if (name === "StudyCreated") chain.counts.studies++;
				if (name === "ModelAppended") chain.counts.models++;
				if (name === "RoundOpened") chain.counts.rounds++;
			});
		},
	};
};
