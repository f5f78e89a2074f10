/** Colours with at least 4.5 : 1 against what they stand on, in light and dark; Mantine's own greys and reds are fainter. */
import {
	type CSSVariablesResolver,
	createTheme,
	defaultVariantColorsResolver,
	type VariantColorsResolver,
} from "@mantine/core";

/** Filled buttons: white on the dark shade, near black on the light one that a dark page has; the hover moves away from the label. */
const variantColorResolver: VariantColorsResolver = (input) => {
	const colors = defaultVariantColorsResolver(input);
	if (input.variant !== "filled") return colors;
	const hover = `color-mix(in srgb, ${colors.background} 85%, var(--dh-filled-hover))`;
	return { ...colors, color: "var(--dh-filled-label)", hover };
};

export const theme = createTheme({
	variantColorResolver,
	components: {
		// Mantine asks the resolver for the hover only where a variant is named.
		Button: { defaultProps: { variant: "filled" } },
		// Within a sentence a link has to differ by more than its colour: WCAG 1.4.1.
		Anchor: { defaultProps: { underline: "always" } },
	},
	primaryColor: "teal",
	primaryShade: { light: 9, dark: 4 },
	fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
	fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
	headings: { fontWeight: "650" },
	defaultRadius: "md",
	cursorType: "pointer",
	respectReducedMotion: true,
});

export const cssVariables: CSSVariablesResolver = () => ({
	variables: {},
	light: {
		"--mantine-color-dimmed": "#495057",
		"--mantine-color-placeholder": "#5c636a",
		"--mantine-color-error": "#b02a37",
		"--mantine-color-anchor": "#0b6b52",
		"--dh-filled-label": "#ffffff",
		"--dh-filled-hover": "#000000",
		"--dh-ok": "#14653f",
		"--dh-warn": "#7a4a00",
		"--dh-bad": "#a61e2d",
		"--dh-info": "#1b4f9c",
		"--dh-idle": "#495057",
		"--dh-page": "#f6f8f9",
		"--dh-card": "#ffffff",
		"--dh-border": "#d7dde1",
	},
	dark: {
		"--mantine-color-dimmed": "#b6bcc2",
		"--mantine-color-placeholder": "#a3a9af",
		"--mantine-color-error": "#ff9a9a",
		"--mantine-color-anchor": "#63e6be",
		"--dh-filled-label": "#0a1512",
		"--dh-filled-hover": "#ffffff",
		"--dh-ok": "#69db9c",
		"--dh-warn": "#ffc864",
		"--dh-bad": "#ff9a9a",
		"--dh-info": "#8ec1ff",
		"--dh-idle": "#b6bcc2",
		"--dh-page": "#15191c",
		"--dh-card": "#1d2327",
		"--dh-border": "#39424a",
	},
});
