/** What a Kubo node's answer means when it is not the one asked for. Its words are looked at and never passed on: they may repeat anything. */
import { type DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import { refused, unreachable } from "./blockStore.ts";
import { AnswerStatus } from "./httpAnswer.ts";

/** Cause of the error for an answer that says so. */
class NodesReason extends AnswerStatus {
	readonly reason: "missing" | "out of time";
	constructor(response: Response, reason: NodesReason["reason"]) {
		super(response);
		this.reason = reason;
	}
}

const reasonOf = (error: unknown): NodesReason["reason"] | undefined =>
	isDecentraHealthError(error) && error.cause instanceof NodesReason ? error.cause.reason : undefined;

/** Whether the node said that it does not have the block. */
export const isMissing = (error: unknown): boolean => reasonOf(error) === "missing";

/** Whether the node gave its search up by itself. */
export const isOutOfTime = (error: unknown): boolean => reasonOf(error) === "out of time";

/** Kubo, offline and online; js-ipfs, whose blocks are files. */
const MISSING = /ipld: could not find|block was not found locally|block not found|no such file or directory.*\.data/i;
const OUT_OF_TIME = /context deadline exceeded|request timed out|deadline has elapsed/i;

/** @param said the beginning of the answer's body */
export const problemOf = (
	response: Response,
	said: Uint8Array | "too large",
	description: string,
): DecentraHealthError => {
	const { status } = response;
	const failed = (problem: string, nextStep: string, cause = new AnswerStatus(response)) =>
		unreachable(description, problem, nextStep, cause);
	const logNextStep =
		"Look into the node's own log; `ipfs repo stat` and `ipfs repo verify` show a full or damaged repository.";
	if (status === 500) {
		const words = messageOf(said);
		const reason = MISSING.test(words) ? "missing" : OUT_OF_TIME.test(words) ? "out of time" : undefined;
		const cause = reason === undefined ? undefined : new NodesReason(response, reason);
		return failed("failed at the request (HTTP 500)", logNextStep, cause);
	}
	if (status >= 500 || [408, 425, 429].includes(status)) return failed(`answered HTTP ${status}`, logNextStep);
	const cause = new AnswerStatus(response);
	if (status === 401 || status === 403) {
		const nextStep =
			"Put the user and password of its API.Authorizations into the address (kubo+http://USER:PASSWORD@HOST:5001), with the paths /api/v0/block/put, get and stat allowed.";
		return refused(description, `refuses the request (HTTP ${status})`, nextStep, cause);
	}
	if (status === 413) return refused(description, "takes no block of this size (HTTP 413)", "Raise its limit.", cause);
	const nextStep = "Name the node's RPC address (ipfs config Addresses.API; port 5001), not its gateway.";
	return refused(description, `is no RPC API (HTTP ${status})`, nextStep, cause);
};

/** An answer with status 200 that is not the API's. */
export const noAnswer = (description: string): DecentraHealthError =>
	refused(
		description,
		"answered something else than Kubo's RPC API does",
		"Name the node's RPC address (ipfs config Addresses.API; port 5001), not its gateway or a page for logging in.",
	);

const messageOf = (said: Uint8Array | "too large"): string => {
	if (said === "too large") return "";
	try {
		const parsed: unknown = JSON.parse(new TextDecoder().decode(said));
		if (typeof parsed !== "object" || parsed === null) return "";
		const words = "Message" in parsed ? parsed.Message : "message" in parsed ? parsed.message : undefined;
		return typeof words === "string" ? words : "";
	} catch {
		return "";
	}
};
