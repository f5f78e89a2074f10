/** Which worker a page talks to: its URL and token, for this tab's session and nowhere else. */
import { z } from "zod";
import type { Role } from "./schemas.ts";

export type Pairing = { readonly url: string; readonly token: string };

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The URL's origin; undefined unless it is one of this machine: the token goes nowhere else. */
export const workerUrl = (text: string): string | undefined => {
	const trimmed = text.trim();
	if (!URL.canParse(trimmed)) return undefined;
	const { protocol, hostname, username, password, pathname, search, hash, origin } = new URL(trimmed);
	const isPlain = username === "" && password === "" && pathname === "/" && search === "" && hash === "";
	return protocol === "http:" && LOOPBACK.has(hostname) && isPlain ? origin : undefined;
};

/** Undefined for what can't be a token. */
export const workerToken = (text: string): string | undefined => {
	const trimmed = text.trim();
	return /^[\x21-\x7e]{16,256}$/.test(trimmed) ? trimmed : undefined;
};

const pairingSchema = z
	.strictObject({ url: z.string(), token: z.string() })
	.refine(({ url, token }) => workerUrl(url) === url && workerToken(token) === token);

const keyOf = (role: Role): string => `decentrahealth/worker/${role}`;

type SessionStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export const readPairing = (storage: SessionStorage, role: Role): Pairing | undefined => {
	try {
		const parsed = pairingSchema.safeParse(JSON.parse(storage.getItem(keyOf(role)) ?? "null"));
		return parsed.success ? parsed.data : undefined;
	} catch {
		return undefined;
	}
};

export const keepPairing = (storage: SessionStorage, role: Role, { url, token }: Pairing): void =>
	storage.setItem(keyOf(role), JSON.stringify({ url, token }));

export const forgetPairing = (storage: SessionStorage, role: Role): void => storage.removeItem(keyOf(role));
