"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

export type Changes = Readonly<Record<string, string | undefined>>;

/** What is open on the page stands in its address, so that a reload opens it again. */
export const useAddressBar = () => {
	const query = useSearchParams();
	const set = useCallback((changes: Changes) => {
		const next = new URLSearchParams(window.location.search);
		for (const [name, value] of Object.entries(changes)) {
			if (value === undefined) next.delete(name);
			else next.set(name, value);
		}
		const text = next.toString();
		window.history.replaceState(null, "", text === "" ? window.location.pathname : `?${text}`);
	}, []);
	return { get: (name: string): string | undefined => query.get(name) ?? undefined, set };
};
