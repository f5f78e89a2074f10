"use client";

import { useComputedColorScheme } from "@mantine/core";
import { cssObjectFromTheme, darkTheme, lightTheme } from "@rainbow-me/rainbowkit";
import { useEffect } from "react";

const light = lightTheme({ accentColor: "#0b6b52", borderRadius: "medium", fontStack: "system" });

const ACCENT = {
	// Its own grey for headings and hints has a contrast of 3.3 to 1 on white; WCAG 1.4.3 asks for 4.5.
	light: { ...light, colors: { ...light.colors, modalTextSecondary: "#5c6161" } },
	dark: darkTheme({
		accentColor: "#63e6be",
		accentColorForeground: "#10241d",
		borderRadius: "medium",
		fontStack: "system",
	}),
} as const;

/** What react-remove-scroll asks for when it adds its style to the page. */
type NonceHolder = { __webpack_nonce__?: string };

/**
 * RainbowKit would put its colours into a <style> without a nonce, which the Content Security Policy forbids: they are set as custom
 * properties of the document instead, which its dialogs inherit.
 */
export const useWalletTheme = (): void => {
	const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
	useEffect(() => {
		const { style } = document.documentElement;
		for (const [name, value] of Object.entries(cssObjectFromTheme(ACCENT[scheme]))) style.setProperty(name, value);
	}, [scheme]);
	useEffect(() => {
		const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
		if (nonce !== undefined) (globalThis as NonceHolder).__webpack_nonce__ = nonce;
	}, []);
};
