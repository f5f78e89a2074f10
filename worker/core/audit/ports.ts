/** All that an audit needs from outside: the chain's events and headers, IPFS blocks, and a Groth16 verifier. No keys, no worker's state. */
import type { Hex } from "viem";
import type { SumAndDecrypt } from "../aggregation/sumAndDecrypt.ts";
import type { VerificationKey } from "../codecs/verificationKey.ts";
import type { Deployment, LedgerEvent } from "../ledger/events.ts";
import type { SolidityProof } from "../ledger/state.ts";

export type BlockHeader = {
	/** Unix seconds. */
	readonly timestamp: bigint;
	readonly parentHash: Hex;
	/** `mixHash` of the header: what the EVM calls prevrandao. */
	readonly prevRandao: Hex;
};

export type AuditPorts = {
	readonly chainId: number;
	readonly deployment: Deployment;
	/** Every event of the deployment, in chain order. */
	readonly events: readonly LedgerEvent[];
	/** What the contracts say that they have, to hold against the events. */
	readonly counts: { readonly studies: bigint; readonly models: bigint; readonly rounds: bigint };
	/** Bytes of the block with this SHA-256; the audit compares it. @throws DecentraHealthError BLOCK_MISSING, IPFS_*, ABORTED */
	readonly getBlock: (digest: Hex) => Promise<Uint8Array>;
	/** Header of a block of the chain. @throws DecentraHealthError RPC_UNREACHABLE, RPC_FAILED, ABORTED */
	readonly getHeader: (blockNumber: bigint) => Promise<BlockHeader>;
	/** Groth16 over BN254. The audit has checked that the points are points and all signals canonical. */
	readonly verifyProof: (key: VerificationKey, signals: readonly bigint[], proof: SolidityProof) => Promise<boolean>;
	/** Another implementation of the sum and decryption (SEAL's); plain modular arithmetic by default. */
	readonly decrypt?: SumAndDecrypt;
};
