/** What an error means to a worker that is to run for months. */
import { type ErrorCode, isDecentraHealthError } from "../../protocol/errors.ts";

export type Policy =
	/** It passes by itself: the same is tried again, later and later. */
	| "transient"
	/** It concerns what is going on in the round now: the worker says so and leaves the round alone until something in it changes. */
	| "round"
	/** Nobody but a person can help: the process ends. */
	| "fatal";

/** Every code has its place here, so a new one can't be forgotten. */
const POLICIES = {
	RPC_UNREACHABLE: "transient",
	RPC_FAILED: "transient",
	RPC_DISAGREE: "transient",
	IPFS_UNREACHABLE: "transient",
	IPFS_REFUSED: "transient",
	IPFS_TIMEOUT: "transient",
	BLOCK_MISSING: "transient",
	BLOCK_MISMATCH: "transient",
	BLOCK_TOO_LARGE: "transient",
	TRANSACTION_UNCONFIRMED: "transient",
	FEE_TOO_HIGH: "transient",
	LEDGER_INCONSISTENT: "transient",
	DECISION_OUTDATED: "transient",
	// On a branch of the chain that is gone in a moment.
	STUDY_MISSING: "transient",
	// At the start it is fatal.
	CONTRACT_MISSING: "transient",

	CONTRACT_REVERTED: "round",
	GAS_UNEXPECTED: "round",
	TASK_REFUSED: "round",
	TRAINING_OVERFLOW: "round",
	UPDATE_NORM: "round",
	BUNDLE_MALFORMED: "round",
	BUNDLE_FOREIGN: "round",
	KEY_SUM_MALFORMED: "round",
	KEY_SUM_INCONSISTENT: "round",
	KEY_SUM_MISSING: "round",
	MODEL_MALFORMED: "round",
	MODEL_UNPROVEN: "round",
	INITIAL_MODEL_MISMATCH: "round",
	DECRYPTION_INCONSISTENT: "round",
	COMMITTEE_UNEXPECTED: "round",
	HOSPITALS_UNEXPECTED: "round",
	NOT_A_MEMBER: "round",
	SHARE_KEY_MISMATCH: "round",
	SECOND_FROZEN_SET: "round",
	BASE_REPEATED: "round",
	PROOF_INVALID: "round",
	JOURNAL_CORRUPT: "round",
	JOURNAL_OUTDATED: "round",
	ROUND_STUCK: "round",

	CONFIG_INVALID: "fatal",
	STUDY_INVALID: "fatal",
	STUDY_OVER_BUDGET: "fatal",
	STUDY_PACKAGE_INVALID: "fatal",
	DATASET_SHAPE: "fatal",
	DATASET_VALUE: "fatal",
	DATASET_LABEL: "fatal",
	DATASET_EMPTY: "fatal",
	DATASET_TOO_LARGE: "fatal",
	DATASET_TOO_SMALL: "fatal",
	DATASET_UNREADABLE: "fatal",
	DATASET_UNSUPPORTED: "fatal",
	DATASET_FOREIGN: "fatal",
	DOWNLOAD_FAILED: "fatal",
	DOWNLOAD_MISMATCH: "fatal",
	CKKS_FAILED: "fatal",
	RPC_WRONG_CHAIN: "fatal",
	KEYSTORE_MISSING: "fatal",
	KEYSTORE_CORRUPT: "fatal",
	KEYSTORE_PASSPHRASE: "fatal",
	KEYSTORE_EXISTS: "fatal",
	PROVING_KEY_MISSING: "fatal",
	PROVING_KEY_MISMATCH: "fatal",
	VERIFICATION_KEY_MALFORMED: "fatal",
	DEVELOPMENT_KEYS: "fatal",
	CIRCUIT_COMPILE: "fatal",
	JOURNAL_UNUSABLE: "fatal",
	FOLDER_LOCKED: "fatal",
	PORT_IN_USE: "fatal",
	WEB_FAILED: "fatal",
	AUDIT_MISMATCH: "fatal",
	ABORTED: "fatal",
} as const satisfies Readonly<Record<ErrorCode, Policy>>;

/** An error without a code is a fault of the program: fatal, so that a supervisor sees it; a restart goes on from the notes. */
export const policyOf = (error: unknown): Policy => (isDecentraHealthError(error) ? POLICIES[error.code] : "fatal");

/** At the start, the contracts that the configuration names have to be there; only what is down is waited for. */
export const policyAtStart = (error: unknown): "transient" | "fatal" => {
	if (!isDecentraHealthError(error)) return "fatal";
	return error.code === "CONTRACT_MISSING" || policyOf(error) !== "transient" ? "fatal" : "transient";
};

/** Milliseconds before the n-th repetition, n from 1. */
export const backoff = (n: number, { first, most }: { readonly first: number; readonly most: number }): number =>
	Math.min(most, first * 2 ** Math.min(n - 1, 30));
