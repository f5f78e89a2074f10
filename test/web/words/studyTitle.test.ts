import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { titleOf } from "../../../web/lib/words/studyTitle.ts";
import { encodeStudy } from "../../../worker/core/codecs/study.ts";
import { studySchema } from "../../../worker/protocol/study.ts";

const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

it("a study's title is read from its definition, and nothing else is taken for one", () => {
	const study = studySchema.parse(JSON.parse(readFileSync("studies/wdbc.json", "utf8")));
	assert.equal(titleOf(encodeStudy(study)), study.title);
	for (const value of [
		{},
		null,
		"title",
		{ title: 5 },
		{ title: "" },
		{ title: "x".repeat(201) },
		{ title: "a\u202eb" },
	]) {
		assert.equal(titleOf(encoded(value)), undefined);
	}
	assert.equal(titleOf(Uint8Array.of(0xff, 0x7b)), undefined);
});
