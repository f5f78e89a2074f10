/** Failures of a node or a contract as coded errors: custom errors keep their name and values. */
import { BaseError, ContractFunctionRevertedError, HttpRequestError, TimeoutError } from "viem";
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";

const text = (value: unknown): string => (typeof value === "bigint" ? String(value) : JSON.stringify(value));

/** What a custom error of ours asks the caller to do; others are refused for the reason their name gives. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
	RoundManager__WrongPhase: "Look at the round's phase (round status); it has moved on.",
	RoundManager__DeadlinePassed: "The phase is over: freeze or fail the round, and take part in the next one.",
	RoundManager__DeadlineNotPassed: "Wait until the deadline has passed.",
	RoundManager__NotHospital: "Ask the coordinator to admit this wallet as a hospital.",
	RoundManager__NoDataset:
		"Commit the data set, then wait for the next round: a commitment counts for later rounds only.",
	RoundManager__AlreadySubmitted: "Nothing to do: this hospital's update is accepted.",
	RoundManager__NotOnCommittee: "Use a wallet that sits on this round's committee.",
	HospitalRegistry__NotHospital: "Ask the coordinator to admit this wallet as a hospital.",
	HospitalRegistry__NotMember: "Ask the coordinator to admit this wallet as a committee member.",
	HospitalRegistry__KeyNotEightQ:
		"Register the key that the keystore holds: the point is not in the prime-order subgroup.",
	OwnableUnauthorizedAccount: "Use the coordinator's wallet.",
};

/** The custom error in an error of viem: its name and values. */
export const revertOf = (error: unknown): { readonly name: string; readonly args: readonly unknown[] } | undefined => {
	const reverted = error instanceof BaseError ? error.walk((e) => e instanceof ContractFunctionRevertedError) : null;
	if (!(reverted instanceof ContractFunctionRevertedError)) return undefined;
	return { name: reverted.data?.errorName ?? reverted.reason ?? "revert", args: reverted.data?.args ?? [] };
};

/** Any error of the chain adapter as a coded one. `what` says what was tried. */
export const chainError = (error: unknown, what: string): DecentraHealthError => {
	if (isDecentraHealthError(error)) return error;
	const revert = revertOf(error);
	if (revert !== undefined) {
		return new DecentraHealthError("CONTRACT_REVERTED", {
			message: `${what}: the contract refused with ${revert.name}(${revert.args.map(text).join(", ")})`,
			nextStep: NEXT_STEPS[revert.name] ?? "Read the error's meaning in contracts/interfaces and correct the call.",
			cause: error,
		});
	}
	const unreachable =
		error instanceof BaseError && error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError);
	// viem's long message repeats the URL, which may hold an API key.
	const reason =
		error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : "unknown error";
	return new DecentraHealthError(unreachable ? "RPC_UNREACHABLE" : "RPC_FAILED", {
		message: `${what}: ${unreachable ? "the RPC node does not answer" : reason}`,
		nextStep: unreachable
			? "Check the RPC URL and that the node is running, then repeat: nothing was half-done."
			: "Check the node's log and the account's balance, then repeat.",
		cause: unreachable ? undefined : error,
	});
};
