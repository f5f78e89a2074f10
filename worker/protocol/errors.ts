/** Coded errors: every failure a user can meet says what is wrong, where, and what to do next. */

export type ErrorCode =
	| "CONFIG_INVALID"
	| "STUDY_INVALID"
	| "STUDY_OVER_BUDGET"
	| "STUDY_PACKAGE_INVALID"
	| "DATASET_SHAPE"
	| "DATASET_VALUE"
	| "DATASET_LABEL"
	| "DATASET_EMPTY"
	| "DATASET_TOO_LARGE"
	| "DATASET_TOO_SMALL"
	| "DATASET_UNREADABLE"
	| "DATASET_UNSUPPORTED"
	| "DATASET_FOREIGN"
	| "DOWNLOAD_FAILED"
	| "DOWNLOAD_MISMATCH"
	| "TRAINING_OVERFLOW"
	| "UPDATE_NORM"
	| "BUNDLE_MALFORMED"
	| "BUNDLE_FOREIGN"
	| "KEY_SUM_MALFORMED"
	| "KEY_SUM_INCONSISTENT"
	| "KEY_SUM_MISSING"
	| "MODEL_MALFORMED"
	| "MODEL_UNPROVEN"
	| "INITIAL_MODEL_MISMATCH"
	| "DECRYPTION_INCONSISTENT"
	| "CKKS_FAILED"
	| "BLOCK_MISSING"
	| "BLOCK_MISMATCH"
	| "BLOCK_TOO_LARGE"
	| "IPFS_UNREACHABLE"
	| "IPFS_REFUSED"
	| "IPFS_TIMEOUT"
	| "RPC_UNREACHABLE"
	| "RPC_WRONG_CHAIN"
	| "RPC_FAILED"
	| "RPC_DISAGREE"
	| "CONTRACT_MISSING"
	| "CONTRACT_REVERTED"
	| "TRANSACTION_UNCONFIRMED"
	| "FEE_TOO_HIGH"
	| "GAS_UNEXPECTED"
	| "DECISION_OUTDATED"
	| "KEYSTORE_MISSING"
	| "KEYSTORE_CORRUPT"
	| "KEYSTORE_PASSPHRASE"
	| "KEYSTORE_EXISTS"
	| "COMMITTEE_UNEXPECTED"
	| "HOSPITALS_UNEXPECTED"
	| "NOT_A_MEMBER"
	| "SHARE_KEY_MISMATCH"
	| "SECOND_FROZEN_SET"
	| "BASE_REPEATED"
	| "PROOF_INVALID"
	| "PROVING_KEY_MISSING"
	| "PROVING_KEY_MISMATCH"
	| "VERIFICATION_KEY_MALFORMED"
	| "DEVELOPMENT_KEYS"
	| "CIRCUIT_COMPILE"
	| "LEDGER_INCONSISTENT"
	| "TASK_REFUSED"
	| "JOURNAL_CORRUPT"
	| "JOURNAL_UNUSABLE"
	| "JOURNAL_OUTDATED"
	| "STUDY_MISSING"
	| "ROUND_STUCK"
	| "AUDIT_MISMATCH"
	| "FOLDER_LOCKED"
	| "PORT_IN_USE"
	| "WEB_FAILED"
	| "ABORTED";

export type ErrorDetails = {
	/** What is wrong and where; never a secret. */
	readonly message: string;
	/** What the reader can do about it. */
	readonly nextStep: string;
	readonly cause?: unknown;
};

/** The one error class of the worker. Tests assert on `code`, not on messages. */
export class DecentraHealthError extends Error {
	override readonly name = "DecentraHealthError";
	readonly code: ErrorCode;
	readonly nextStep: string;

	constructor(code: ErrorCode, { message, nextStep, cause }: ErrorDetails) {
		super(message, cause === undefined ? undefined : { cause });
		this.code = code;
		this.nextStep = nextStep;
	}
}

export const isDecentraHealthError = (error: unknown): error is DecentraHealthError =>
	error instanceof DecentraHealthError;
