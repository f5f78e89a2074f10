/** A reporter of node:test that names the slowest tests, so that a suite's time is nobody's riddle. */
import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";
import { ROOT } from "./steps.ts";

const SHOWN = 6;
/** Milliseconds: quicker ones make no difference. */
const WORTH_NAMING = 10_000;

export default async function* slowTests(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
	const slow: { readonly name: string; readonly file: string; readonly milliseconds: number }[] = [];
	for await (const event of source) {
		if (event.type !== "test:pass" && event.type !== "test:fail") continue;
		const { name, file = "", details, nesting } = event.data;
		// A file is no test of its own, and a suite's time is its tests'.
		if (nesting === 0 && details.type !== "suite" && name !== file && details.duration_ms >= WORTH_NAMING) {
			slow.push({ name, file: relative(ROOT, file), milliseconds: details.duration_ms });
		}
	}
	slow.sort((a, b) => b.milliseconds - a.milliseconds);
	for (const { name, file, milliseconds } of slow.slice(0, SHOWN)) {
		yield `slow: ${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${file}: ${name}\n`;
	}
}
