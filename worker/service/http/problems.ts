/** Refusals of the local HTTP server: a status, a code, and what to do. */
import type { FastifyReply } from "fastify";
import type { WorkerState } from "../state.ts";

export type HttpProblem = {
	readonly status: number;
	readonly code: string;
	readonly message: string;
	readonly nextStep: string;
};

const problem = (status: number, code: string, message: string, nextStep: string): HttpProblem => ({
	status,
	code,
	message,
	nextStep,
});

export const PROBLEMS = {
	host: problem(
		403,
		"HOST_REFUSED",
		"this server answers to its loopback addresses only",
		"Use http://127.0.0.1:PORT or http://localhost:PORT as the worker printed it.",
	),
	origin: problem(
		403,
		"ORIGIN_REFUSED",
		"web pages of this origin may not use the worker",
		"Add the page's origin to \"http.origins\" in the worker's configuration if you trust it.",
	),
	token: problem(
		401,
		"TOKEN_REFUSED",
		"the bearer token is missing or wrong",
		"Send Authorization: Bearer TOKEN with the token that the worker showed at its last start.",
	),
	role: problem(
		403,
		"ROLE_REFUSED",
		"a worker of this role has no such thing",
		"Look at the role in /v1/status, and ask the worker of the role that /openapi.json names.",
	),
	body: problem(413, "BODY_TOO_LARGE", "the request is too large", "Send no more than /openapi.json allows."),
	type: problem(
		415,
		"BODY_TYPE",
		"the body is of another type than this operation takes",
		"Send the content type that /openapi.json names.",
	),
	block: problem(
		400,
		"BLOCK_REFUSED",
		"the block is no study's definition, no verification key and no global model",
		"Send the bytes of one of them, as they are.",
	),
	request: problem(400, "REQUEST_INVALID", "the request is not what the API takes", "Compare it with /openapi.json."),
	path: problem(404, "NOT_FOUND", "there is nothing here", "Compare the path and method with /openapi.json."),
	starting: problem(503, "NOT_READY", "the worker is starting", "Ask again in a moment."),
	streams: problem(429, "TOO_MANY_STREAMS", "too many pages are following this worker", "Close one of them."),
	notDue: problem(
		409,
		"NOT_DUE",
		"this transaction is not due, or its proofs are not finished",
		"Look at /v1/status and /v1/jobs; ask again when the action is due.",
	),
	headless: problem(
		409,
		"HEADLESS",
		"this worker signs by itself with the key of its keystore",
		'To sign with a wallet of your own, configure "wallet": {"kind": "external", "address": ...}.',
	),
	internal: problem(500, "UNEXPECTED", "a fault of the program", "Report it with the worker's log."),
} as const;

/** Not ready, with what keeps the worker from it. */
export const startingOf = (state: Pick<WorkerState, "problem" | "last">): HttpProblem => {
	const problem = state.problem();
	const { starting } = PROBLEMS;
	if (problem !== undefined) {
		return { ...starting, message: `the worker is starting: ${problem.message}`, nextStep: problem.nextStep };
	}
	const last = state.last();
	return last?.reason === undefined ? starting : { ...starting, message: `the worker waits: ${last.reason}` };
};

export const refuse = (reply: FastifyReply, { status, code, message, nextStep }: HttpProblem): FastifyReply => {
	if (status === 401) reply.header("WWW-Authenticate", 'Bearer realm="worker"');
	return reply.code(status).send({ code, message, nextStep });
};
