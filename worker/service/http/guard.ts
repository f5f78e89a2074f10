/** Who may talk to the local server: programs of this machine that name it rightly, pages of configured origins, holders of the token. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { PROBLEMS, refuse } from "./problems.ts";

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** 256 random bits in base64url. */
export const randomToken = (): string => randomBytes(32).toString("base64url");

/** Keeps the token's digest alone, and compares digests: in a time that says nothing about where a guess is wrong. */
export const tokenCheck = (token: string) => {
	const expected = digestOf(token);
	return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
		const [, given = ""] = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(request.headers.authorization ?? "") ?? [];
		return timingSafeEqual(digestOf(given), expected) ? undefined : refuse(reply, PROBLEMS.token);
	};
};

/**
 * A name that somebody makes point to 127.0.0.1 ("DNS rebinding") comes with its own Host header, a page of another origin with its Origin.
 * @param port that the server listens on, known when it does
 */
export const placeCheck = (origins: readonly string[], port: () => number) => {
	const isLoopback = (host: string): boolean =>
		["127.0.0.1", "localhost", "[::1]"].some((name) => host.toLowerCase() === `${name}:${port()}`);
	return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
		if (!isLoopback(request.headers.host ?? "")) return refuse(reply, PROBLEMS.host);
		const { origin } = request.headers;
		return origin === undefined || origins.includes(origin) ? undefined : refuse(reply, PROBLEMS.origin);
	};
};
