/** Failures of a node or a contract as coded errors: custom errors keep their name and values. */
import { BaseError, ContractFunctionRevertedError, HttpRequestError, TimeoutError } from "viem";
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";

const text = (value: unknown): string =>
	JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item)) ?? "";

/** What a custom error of ours asks the caller to do; others are refused for the reason their name gives. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
	RoundManager__WrongPhase: "Look at the round's phase (round status); it has moved on.",
	RoundManager__RoundActive: "Let the study's round end first (round status), or fail it after its deadline.",
	RoundManager__DeadlinePassed: "The phase is over: freeze or fail the round, and take part in the next one.",
	RoundManager__DeadlineNotPassed: "Wait until the deadline has passed.",
	RoundManager__TooFewUpdates: "Wait for more updates; after the deadline, fail the round.",
	RoundManager__EnoughUpdates: "Freeze the round instead: it has enough updates.",
	RoundManager__TooFewHospitals: "Let more hospitals commit their data sets, then open the round.",
	RoundManager__NotHospital: "Ask the coordinator to admit this wallet as a hospital.",
	RoundManager__NoDataset:
		"Commit the data set, then wait for the next round: a commitment counts for later rounds only.",
	RoundManager__AlreadySubmitted: "Nothing to do: this hospital's update is accepted.",
	RoundManager__TooManyUpdates: "Take part in the next round: this one is full.",
	RoundManager__TooManySamples: "Take part in the next round: this one holds as many samples as it can.",
	RoundManager__NotOnCommittee: "Use a wallet that sits on this round's committee.",
	RoundManager__NoShareKey: "Ask the member to register its share key (committee join).",
	RoundManager__NotAdmittedMember: "Admit the member first (committee admit).",
	RoundManager__AlreadyPosted: "Nothing to do: this member's key sum is posted.",
	RoundManager__AlreadyAttested: "Nothing to do: this member has attested.",
	RoundManager__UpdateConsistent: "Leave the update alone: it is what its proof says.",
	RoundManager__UpdateProofInvalid: "Check that circuits and keys are those of the study (npm run circuits).",
	RoundManager__KeySumProofInvalid: "Check that circuits and keys are those of the study (npm run circuits).",
	RoundManager__KeySumEvaluation:
		"The key sum is not the one that was proven: prove it again for this set and contract.",
	RoundManager__FrozenSetMismatch:
		"Another set was frozen than the one this key sum is for: do not post a second one, and look for a reorganization.",
	RoundManager__AlreadyConfirmed: "Nothing to do: this member has confirmed that update.",
	RoundManager__NoUpdate: "Look at the round again: the update was removed, excluded, or never accepted on this chain.",
	RoundManager__BundleMismatch: "Look at the round again: the update at this place has another bundle.",
	HospitalRegistry__NotHospital: "Ask the coordinator to admit this wallet as a hospital.",
	HospitalRegistry__AlreadyHospital: "Nothing to do: the hospital is admitted.",
	HospitalRegistry__AlreadyMember: "Nothing to do: the member is admitted.",
	HospitalRegistry__NotMember: "Ask the coordinator to admit this wallet as a committee member.",
	HospitalRegistry__KeyNotEightQ:
		"Register the key that the keystore holds: the point is not in the prime-order subgroup.",
	ModelRegistry__Name: "Give the study another name, or use the one that has it (model show).",
	OwnableUnauthorizedAccount: "Use the coordinator's wallet.",
};

/** The custom error in an error of viem: its name and values; its selector when the ABI does not have it. */
export const revertOf = (error: unknown): { readonly name: string; readonly args: readonly unknown[] } | undefined => {
	const reverted = error instanceof BaseError ? error.walk((e) => e instanceof ContractFunctionRevertedError) : null;
	if (!(reverted instanceof ContractFunctionRevertedError)) return undefined;
	const name = reverted.data?.errorName ?? reverted.reason ?? reverted.signature ?? "no reason";
	return { name, args: reverted.data?.args ?? [] };
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";

/** True when the node can't be reached or answers with an error of HTTP, not of JSON-RPC. */
export const isUnreachable = (error: unknown): boolean => failedRequest(error) !== undefined;

const failedRequest = (error: unknown): HttpRequestError | TimeoutError | undefined => {
	const found =
		error instanceof BaseError
			? error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError)
			: undefined;
	return found instanceof HttpRequestError || found instanceof TimeoutError ? found : undefined;
};

// A URL may hold an API key.
const withoutUrls = (message: string): string => message.replaceAll(/\b(?:https?|wss?):\/\/\S+/gi, "(URL)");

/**
 * Any error of the chain adapter as a coded one. viem's own errors repeat the URL with its API key and the request's body, so they are no cause.
 * @param what was tried
 */
export const chainError = (error: unknown, what: string): DecentraHealthError => {
	if (isDecentraHealthError(error)) return error;
	if (isAbort(error) || (error instanceof BaseError && error.walk(isAbort) !== null)) {
		return new DecentraHealthError("ABORTED", { message: `${what}: cancelled`, nextStep: "Run the command again." });
	}
	const revert = revertOf(error);
	if (revert !== undefined) {
		return new DecentraHealthError("CONTRACT_REVERTED", {
			message: `${what}: the contract refused with ${revert.name}(${revert.args.map(text).join(", ")})`,
			nextStep: NEXT_STEPS[revert.name] ?? "Read the error's meaning in contracts/interfaces and correct the call.",
		});
	}
	const request = failedRequest(error);
	if (request !== undefined) {
		const status = request instanceof HttpRequestError ? request.status : undefined;
		return new DecentraHealthError("RPC_UNREACHABLE", {
			message: `${what}: the RPC node ${status === undefined ? "does not answer" : `answers with HTTP status ${status}`}`,
			nextStep: "Check the RPC URL, its API key and that the node is running, then repeat: nothing was half-done.",
		});
	}
	if (!(error instanceof BaseError)) {
		return new DecentraHealthError("RPC_FAILED", {
			message: `${what}: ${withoutUrls(error instanceof Error ? error.message : "unknown error")}`,
			nextStep: "This is a fault of the program: report it with what was tried.",
			cause: error,
		});
	}
	const details = error.details === "" || error.details === error.shortMessage ? "" : ` (${error.details})`;
	return new DecentraHealthError("RPC_FAILED", {
		message: `${what}: ${withoutUrls(`${error.shortMessage}${details}`).slice(0, 500)}`,
		nextStep: "Check the node's log and the account's balance, then repeat.",
	});
};

/** @throws DecentraHealthError RPC_WRONG_CHAIN */
export const requireChainId = (served: number, expected: number): void => {
	if (served === expected) return;
	throw new DecentraHealthError("RPC_WRONG_CHAIN", {
		message: `the RPC node serves chain ${served}, not ${expected}`,
		nextStep: "Use the RPC URL of the chain that the contracts are deployed on.",
	});
};
