/** Before each page: a fresh nonce, and the Content Security Policy with it. */
import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { readConfig } from "./lib/config/read.ts";
import { contentSecurityPolicy } from "./lib/security/csp.ts";

export const NONCE_HEADER = "x-nonce";

export const proxy = async (request: NextRequest): Promise<NextResponse> => {
	const nonce = randomBytes(16).toString("base64");
	const policy = contentSecurityPolicy({
		nonce,
		// Without one the page says what is wrong, and needs no connection for that.
		config: await readConfig().catch(() => undefined),
		path: request.nextUrl.pathname,
		development: process.env.NODE_ENV === "development",
	});
	const headers = new Headers(request.headers);
	headers.set(NONCE_HEADER, nonce);
	headers.set("Content-Security-Policy", policy);
	const response = NextResponse.next({ request: { headers } });
	response.headers.set("Content-Security-Policy", policy);
	return response;
};

export const config = {
	matcher: [{ source: "/((?!_next/static|_next/image|favicon.ico|icon.svg).*)" }],
};
