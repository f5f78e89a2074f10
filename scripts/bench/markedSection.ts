/** Sections of docs/BENCHMARKS.md that other commands than the benchmark write: between markers, so that each leaves the others' alone. */

const markers = (name: string) => [`<!-- ${name} -->`, `<!-- end of ${name} -->`] as const;

/** The section with its markers; undefined when the document has none of this name. */
export const markedSection = (document: string, name: string): string | undefined => {
	const [start, end] = markers(name);
	const from = document.indexOf(start);
	const to = document.indexOf(end, from);
	return from < 0 || to < 0 ? undefined : document.slice(from, to + end.length);
};

/** The document with the section's text replaced, or appended when it is new. */
export const withMarkedSection = (document: string, name: string, text: string): string => {
	const section = markers(name).join(`\n\n${text.trim()}\n\n`);
	const old = markedSection(document, name);
	return old === undefined ? `${document.trimEnd()}\n\n${section}\n` : document.replace(old, () => section);
};
