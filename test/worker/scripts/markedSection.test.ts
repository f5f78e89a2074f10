import assert from "node:assert/strict";
import { test } from "node:test";
import { markedSection, withMarkedSection } from "../../../scripts/bench/markedSection.ts";

test("a marked section is appended once, then replaced, and nothing else changes", () => {
	const first = withMarkedSection("# Title\n\ntext\n", "faults", "one $& two");
	assert.equal(first, "# Title\n\ntext\n\n<!-- faults -->\n\none $& two\n\n<!-- end of faults -->\n");
	const second = withMarkedSection(`${first}\nmore\n`, "faults", "three");
	assert.equal(second, "# Title\n\ntext\n\n<!-- faults -->\n\nthree\n\n<!-- end of faults -->\n\nmore\n");
	assert.equal(markedSection(second, "faults"), "<!-- faults -->\n\nthree\n\n<!-- end of faults -->");
	assert.equal(markedSection(second, "other"), undefined);
});
