/** The local HTTP server of every worker: health and metrics for anybody on this machine, the API for holders of the token. Loopback only. */
import type { AddressInfo } from "node:net";
import cors from "@fastify/cors";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { systemErrorCode } from "../../adapters/atomicFile.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { Metrics } from "../metrics.ts";
import type { WorkerState } from "../state.ts";
import { type ApiPorts, apiRoutes } from "./apiRoutes.ts";
import { placeCheck, tokenCheck } from "./guard.ts";
import document from "./openapi.json" with { type: "json" };
import { type HttpProblem, PROBLEMS, refuse } from "./problems.ts";

const HOST = "127.0.0.1";
/** Every request of the API fits many times over. */
const BODY_LIMIT = 4_096;

export type HttpServerOptions = {
	readonly port: number;
	readonly origins: readonly string[];
	readonly state: WorkerState;
	readonly metrics: Pick<Metrics, "text" | "contentType">;
	/** The participant's API and its token. */
	readonly api: ApiPorts & { readonly token: string };
	/** Told about faults of the program. */
	readonly onFault: (error: unknown) => void;
};

export type HttpServer = {
	readonly url: string;
	readonly close: () => Promise<void>;
};

const problemFor = (error: FastifyError): HttpProblem => {
	if (isDecentraHealthError(error)) {
		const { code, message, nextStep }: DecentraHealthError = error;
		return { status: 503, code, message, nextStep };
	}
	if (error.statusCode === 413) return PROBLEMS.body;
	if (error.statusCode === 415) return PROBLEMS.type;
	return error.statusCode !== undefined && error.statusCode < 500 ? PROBLEMS.request : PROBLEMS.internal;
};

const healthRoutes = (app: FastifyInstance, { state, metrics }: HttpServerOptions): void => {
	app.get("/healthz", async () => ({ status: "ok" }));
	app.get("/readyz", async (_, reply) => {
		const reason = state.notReady();
		return reason === undefined ? { status: "ready" } : reply.code(503).send({ status: "not ready", reason });
	});
	app.get("/metrics", async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()));
	app.get("/openapi.json", async () => document);
};

/** @throws DecentraHealthError PORT_IN_USE, CONFIG_INVALID when the port can't be had for another reason */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
	const { port, origins, api, onFault } = options;
	const app = fastify({
		bodyLimit: BODY_LIMIT,
		requestTimeout: 10_000,
		// Event streams would otherwise hold up the end.
		forceCloseConnections: true,
		logger: false,
	});
	let bound = port;
	app.addHook(
		"onRequest",
		placeCheck(origins, () => bound),
	);
	app.addHook("onSend", async (request, reply) => {
		reply.headers({ "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
		// A browser asks beforehand whether a page of another network may reach this machine; of a refused origin it gets no answer.
		if (request.headers["access-control-request-private-network"] === "true" && reply.statusCode === 204)
			reply.header("Access-Control-Allow-Private-Network", "true");
	});
	await app.register(cors, {
		origin: [...origins],
		methods: ["GET", "POST"],
		allowedHeaders: ["Authorization", "Content-Type"],
		exposedHeaders: ["WWW-Authenticate"],
		maxAge: 600,
	});
	app.setNotFoundHandler((_, reply) => refuse(reply, PROBLEMS.path));
	app.setErrorHandler((error: FastifyError, _, reply) => {
		const problem = problemFor(error);
		if (problem.status === 500) onFault(error);
		return refuse(reply, problem);
	});
	healthRoutes(app, options);
	const { token, ...ports } = api;
	await app.register(
		async (scope) => {
			scope.addHook("onRequest", tokenCheck(token));
			apiRoutes(scope, ports);
		},
		{ prefix: "/v1" },
	);
	try {
		await app.listen({ host: HOST, port });
	} catch (error) {
		await app.close();
		const code = systemErrorCode(error);
		throw code === "EADDRINUSE"
			? new DecentraHealthError("PORT_IN_USE", {
					message: `another program listens on ${HOST}:${port}`,
					nextStep: 'Choose another "http.port", or stop that program.',
				})
			: new DecentraHealthError("CONFIG_INVALID", {
					message: `${HOST}:${port} can't be listened on (${code})`,
					nextStep: 'Choose another "http.port".',
				});
	}
	bound = (app.server.address() as AddressInfo).port;
	return { url: `http://${HOST}:${bound}`, close: () => app.close() };
};
