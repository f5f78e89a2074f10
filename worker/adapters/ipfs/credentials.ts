/** Credentials out of a URL and into a header: fetch refuses them in URLs, and messages must not show them. */
import { utf8ToBytes } from "@noble/hashes/utils.js";

export const splitCredentials = (
	url: URL,
): { readonly base: URL; readonly headers: Readonly<Record<string, string>> } => {
	const base = new URL(url);
	base.username = "";
	base.password = "";
	base.search = "";
	base.hash = "";
	if (url.username === "" && url.password === "") return { base, headers: {} };
	const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
	return { base, headers: { Authorization: `Basic ${btoa(String.fromCharCode(...utf8ToBytes(pair)))}` } };
};
