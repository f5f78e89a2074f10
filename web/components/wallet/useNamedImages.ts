"use client";

import { useEffect } from "react";

const UNNAMED = '[data-rk] [role="img"]:not([aria-label]):not([aria-hidden])';

const hide = (): void => {
	for (const image of document.querySelectorAll(UNNAMED)) image.setAttribute("aria-hidden", "true");
};

/** RainbowKit draws wallets' icons beside their names as images without a name: a screen reader should pass them by. */
export const useNamedImages = (): void => {
	useEffect(() => {
		hide();
		const observer = new MutationObserver(hide);
		observer.observe(document.body, { childList: true, subtree: true });
		return () => observer.disconnect();
	}, []);
};
