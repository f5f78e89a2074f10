"use client";

import { useEffect } from "react";
import { useAccount } from "wagmi";

const forget = (): void => {
	for (const key of Object.keys(window.localStorage)) if (key.startsWith("rk-")) window.localStorage.removeItem(key);
};

/** RainbowKit writes some of it a moment after the connection stands, milliseconds. */
const LATE = 500;

/** RainbowKit notes in localStorage which wallets were used, for good: this page keeps nothing beyond the tab's session. */
export const useNoTraces = (): void => {
	const { status } = useAccount();
	// biome-ignore lint/correctness/useExhaustiveDependencies: each change of the connection may have written something
	useEffect(() => {
		forget();
		const timer = setTimeout(forget, LATE);
		window.addEventListener("pagehide", forget);
		return () => {
			clearTimeout(timer);
			window.removeEventListener("pagehide", forget);
			forget();
		};
	}, [status]);
};
