/** A configured URL, split into what is asked, what goes with every request, and what a message may show: keys stand in any part of such URLs. */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { DecentraHealthError } from "../../protocol/errors.ts";

export type Endpoint = {
	/** Without user, password, query and fragment. */
	readonly base: URL;
	/** User and password: fetch refuses them in URLs. */
	readonly headers: Readonly<Record<string, string>>;
	/** With the parameters of the configured URL, such as a token, that it does not have. */
	readonly withQuery: (target: URL) => URL;
	/** For messages: scheme, host and port alone. */
	readonly shown: string;
	/** Whether foreign words repeat a part of the configured URL that a message must not show. */
	readonly repeats: (words: string) => boolean;
};

/** @throws DecentraHealthError CONFIG_INVALID for percent signs in user or password that encode nothing */
export const splitCredentials = (url: URL): Endpoint => {
	const base = new URL(url);
	base.username = "";
	base.password = "";
	base.search = "";
	base.hash = "";
	const parameters = [...url.searchParams];
	const [user, password] = [decoded(url.username), decoded(url.password)];
	const hidden = [
		user,
		password,
		...parameters.flat(),
		...url.pathname.split("/").map(looselyDecoded),
		url.hash.slice(1),
	]
		.filter((part) => part !== "")
		.map((part) => part.toLowerCase());
	return {
		base,
		headers:
			user === "" && password === ""
				? {}
				: { Authorization: `Basic ${btoa(String.fromCharCode(...utf8ToBytes(`${user}:${password}`)))}` },
		withQuery: (target) => {
			const asked = new URL(target);
			for (const [name, value] of parameters)
				if (!target.searchParams.has(name)) asked.searchParams.append(name, value);
			return asked;
		},
		shown: base.origin,
		repeats: (words) => {
			const said = [words, looselyDecoded(words)].map((text) => text.toLowerCase());
			return hidden.some((part) => said.some((text) => text.includes(part)));
		},
	};
};

const decoded = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "the user or the password in an IPFS address has a percent sign that encodes nothing",
			nextStep: "Write each percent sign of a user or a password as %25.",
		});
	}
};

const looselyDecoded = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};
