/** A page that shows all pictures beside each other. */
import { SCHEMES, WIDTHS } from "../../../test/support/browser/axe.ts";

export const VIEWS = SCHEMES.flatMap((scheme) =>
	Object.entries(WIDTHS).map(([width, viewport]) => ({ scheme, width, viewport })),
);

export const fileOf = (name: string, { scheme, width }: { scheme: string; width: string }): string =>
	`${name}.${scheme}.${width}.png`;

const escaped = (text: string): string =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** @param problems of each scene, by its name */
export const indexPage = (
	scenes: readonly { name: string; path: string }[],
	problems: ReadonlyMap<string, readonly string[]>,
) =>
	`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Screenshots</title></head><body><h1>Screenshots</h1>
${scenes
	.map(
		({ name, path }) => `<h2 id="${name}">${name} (${escaped(path)})</h2>
${(problems.get(name) ?? []).map((problem) => `<pre>${escaped(problem)}</pre>`).join("\n")}
<p>${VIEWS.map((view) => `<a href="${fileOf(name, view)}"><img src="${fileOf(name, view)}" alt="${name}, ${view.scheme}, ${view.width} px" width="${view.width === "390" ? 195 : 640}" loading="lazy"></a>`).join("\n")}</p>`,
	)
	.join("\n")}
</body></html>
`;
