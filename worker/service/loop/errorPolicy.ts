/** What an error means to a worker that is to run for months. */
import { type ErrorCode, isDecentraHealthError } from "../../protocol/errors.ts";

export type Policy =
	/** It passes by itself: the same is tried again, later and later. */
	| "transient"
	/** It concerns what is going on in the round now: the worker says so and leaves the round alone until something in it changes. */
	| "round"
	/** Nobody but a person can help: the process ends. */
	| "fatal";

const TRANSIENT: readonly ErrorCode[] = [
	"RPC_UNREACHABLE",
	"RPC_FAILED",
	"IPFS_UNREACHABLE",
	"BLOCK_MISSING",
	"BLOCK_MISMATCH",
	"BLOCK_TOO_LARGE",
	"TRANSACTION_UNCONFIRMED",
	"LEDGER_INCONSISTENT",
	"RPC_DISAGREE",
	// On a branch of the chain that is gone in a moment: at the start it is fatal.
	"STUDY_MISSING",
	"CONTRACT_MISSING",
];

const ROUND: readonly ErrorCode[] = [
	"CONTRACT_REVERTED",
	"TASK_REFUSED",
	"TRAINING_OVERFLOW",
	"BUNDLE_MALFORMED",
	"BUNDLE_FOREIGN",
	"BUNDLE_CHALLENGED",
	"KEY_SUM_MALFORMED",
	"KEY_SUM_INCONSISTENT",
	"KEY_SUM_MISSING",
	"MODEL_MALFORMED",
	"MODEL_UNPROVEN",
	"DECRYPTION_INCONSISTENT",
	"COMMITTEE_UNEXPECTED",
	"NOT_A_MEMBER",
	"SHARE_KEY_MISMATCH",
	"SECOND_FROZEN_SET",
	"PROOF_INVALID",
	"JOURNAL_CORRUPT",
	"ROUND_STUCK",
];

/** An error without a code is a fault of the program: fatal, so that a supervisor sees it; a restart goes on from the notes. */
export const policyOf = (error: unknown): Policy => {
	if (!isDecentraHealthError(error)) return "fatal";
	if (TRANSIENT.includes(error.code)) return "transient";
	return ROUND.includes(error.code) ? "round" : "fatal";
};

/** At the start, what the configuration names has to be there; only what is down is waited for. */
export const policyAtStart = (error: unknown): "transient" | "fatal" => {
	if (!isDecentraHealthError(error)) return "fatal";
	return error.code === "STUDY_MISSING" || error.code === "CONTRACT_MISSING" || policyOf(error) !== "transient"
		? "fatal"
		: "transient";
};

/** Milliseconds before the n-th repetition, n from 1. */
export const backoff = (n: number, { first, most }: { readonly first: number; readonly most: number }): number =>
	Math.min(most, first * 2 ** Math.min(n - 1, 30));
