import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { getAddress } from "viem";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { readStudyText } from "../../../worker/core/studyFile.ts";
import { trainedArchitecture } from "../../../worker/core/training/architecture.ts";
import { learningRateInteger, momentumInteger, normBoundInteger, studySchema } from "../../../worker/protocol/study.ts";
import { loadDigitsLike } from "../../support/digitsLike.ts";
import { loadStudy } from "../../support/wdbc.ts";

const FOLDER = new URL("../../../studies/", import.meta.url);
const IMAGE = loadDigitsLike();

test("every study in the repository is valid, named like its file and within the trainer's arithmetic", () => {
	for (const file of readdirSync(FOLDER)) {
		const study = studySchema.parse(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));
		assert.equal(`${study.name}.json`, file);
		trainedArchitecture(study);
	}
});

test("a study's full data set has at most 48 segments, as the model registry requires", () => {
	const study = loadStudy();
	const accepts = (epochs: number, datasetDepth: number, stepsPerSegment: number): boolean =>
		studySchema.safeParse({ ...study, epochs, datasetDepth, stepsPerSegment }).success;
	assert.ok(accepts(3, 6, 4));
	assert.ok(accepts(1, 11, 64));
	assert.ok(!accepts(4, 6, 4));
	// 49 segments, the last of one step.
	assert.ok(!accepts(61, 4, 20));
	assert.ok(!accepts(1, 12, 64));
});

test("what does not fit together is refused where it is written, with what would fit", () => {
	const layers = (...added: readonly unknown[]) => ({ layers: [...added] });
	const conv = { kind: "conv2d", filters: 2, kernel: [2, 2] };
	const wrong: readonly (readonly [change: object, path: string, message: RegExp])[] = [
		[layers({ kind: "dense", units: 3 }), "layers.0.units", /3 instead of 4/],
		[layers(conv, { kind: "dense", units: 4 }), "layers.1", /relu between/],
		[layers({ kind: "conv2d", filters: 2, kernel: [2, 9] }), "layers.0.kernel.1", /./],
		[
			layers({ kind: "averagePooling", window: [3, 1] }, { kind: "dense", units: 4 }),
			"layers.0.window",
			/power of two/,
		],
		[
			layers({ kind: "averagePooling", window: [1, 1] }, { kind: "dense", units: 4 }),
			"layers.0.window",
			/power of two/,
		],
		[layers({ kind: "dense", units: 256 }, { kind: "relu" }, { kind: "dense", units: 4 }), "layers", /2048/],
		[layers({ kind: "maxPooling" }), "layers.0.kind", /./],
		[{ loss: "binary-cross-entropy", layers: [{ kind: "dense", units: 1 }] }, "classes", /4 classes/],
		[{ classes: ["a", "b", "c"] }, "layers.3.units", /4 instead of 3/],
		[{ classes: ["a", "b", "c", "a"] }, "classes", /name of its own/],
		[{ input: { height: 8, width: 8, channels: 2 } }, "input.channels", /2 instead of 1 \(grey\) or 3/],
		[{ batchSize: 6 }, "batchSize", /./],
		[{ optimizer: { kind: "momentum", momentum: 1 } }, "optimizer.momentum", /./],
		[{ optimizer: { kind: "adam" } }, "optimizer.kind", /./],
		[{ committee: { members: 4, threshold: 2 } }, "committee.threshold", /n\/2/],
		[{ learningRate: 4 }, "learningRate", /./],
		[{ epochs: 7 }, "stepsPerSegment", /56 segments/],
		[{ stride: 1 }, "", /stride/],
	];
	for (const [change, path, message] of wrong) {
		const { success, error } = studySchema.safeParse({ ...IMAGE, ...change });
		assert.equal(success, false, path);
		const issue = error?.issues.find((found) => found.path.join(".") === path);
		assert.ok(issue !== undefined && message.test(issue.message), `${path}: ${JSON.stringify(error?.issues)}`);
	}
});

test("a table's columns are as many as its inputs, each named once", () => {
	const study = loadStudy();
	const { preprocessing } = study;
	const refuses = (change: object) =>
		studySchema
			.safeParse({ ...study, preprocessing: { ...preprocessing, ...change } })
			.error?.issues.some(({ path }) => path.join(".") === "preprocessing.columns");
	assert.ok(refuses({ columns: preprocessing.columns.slice(1) }));
	assert.ok(refuses({ columns: [...preprocessing.columns.slice(1), preprocessing.columns[1]] }));
	assert.ok(refuses({ labelColumn: preprocessing.columns[0]?.name }));
});

const refusedAt = (change: object): readonly string[] =>
	studySchema.safeParse({ ...IMAGE, ...change }).error?.issues.map(({ path }) => path.join(".")) ?? [];

test("names that hide or reorder what people see are refused; other scripts are not", () => {
	const [bidi, isolate, control, invisible] = ["\u202e", "\u2066", "\u0007", "\u200b"];
	const hidden = [bidi, isolate, control, invisible, "\u2028", "\ufeff", "\u{e0041}", "\ud800"];
	for (const character of hidden) {
		const name = `Study ${character}A`;
		assert.deepEqual(refusedAt({ title: name }), ["title"], JSON.stringify(name));
		assert.deepEqual(refusedAt({ classes: ["a", "b", "c", name] }), ["classes.3"]);
		assert.deepEqual(refusedAt({ preprocessing: { kind: "image", labelColumn: name } }), ["preprocessing.labelColumn"]);
	}
	for (const title of ["Brust \u2013 Röntgen", "می\u200cخواهم", "דימות", "胸部X光"])
		assert.deepEqual(refusedAt({ title }), []);
	const refused = readStudyText(JSON.stringify({ ...IMAGE, title: `a${bidi}b` }));
	assert.ok("problems" in refused && refused.problems[0].value === '"a\\u{202e}b"');
});

test("a list of participants has one form, names nobody twice and is long enough for a round", () => {
	const addresses = [1, 2, 3].map((index) => `0x${"ab".repeat(19)}0${index}`);
	const { participants } = studySchema.parse({ ...IMAGE, participants: addresses });
	assert.deepEqual(
		participants,
		addresses.map((address) => getAddress(address)),
	);
	assert.deepEqual(refusedAt({ participants: addresses.slice(1) }), ["participants"]);
	assert.deepEqual(refusedAt({ participants: [...addresses, getAddress(addresses[0] ?? "")] }), ["participants"]);
	assert.deepEqual(refusedAt({ participants: [...addresses, "0x1"] }), ["participants.3"]);
	assert.equal("participants" in studySchema.parse(IMAGE), false);
});

test("the circuits' integers of a study's numbers", () => {
	assert.equal(learningRateInteger(0.4), 410);
	assert.equal(learningRateInteger(2 ** -10), 1);
	assert.equal(momentumInteger({ kind: "sgd" }), 0);
	assert.equal(momentumInteger({ kind: "momentum", momentum: 0.75 }), 192);
	assert.equal(momentumInteger({ kind: "momentum", momentum: 1 - 2 ** -8 }), 255);
	assert.equal(normBoundInteger({}), 0n);
	assert.equal(normBoundInteger({ updateNormBound: 1.5 }), 9663676416n);
});

test("500 damaged studies are refused with the place of the damage, or valid; none crashes", () => {
	const random = createRandom("damaged studies");
	const scraps = [null, -1, 0, 1e99, Number.NaN, "", "x".repeat(1000), [], {}, true, 2 ** 53, [[]], { kind: "dense" }];
	const damage = (value: unknown): unknown => {
		if (random.below(4) === 0 || typeof value !== "object" || value === null)
			return scraps[random.below(scraps.length)];
		const keys = Object.keys(value);
		const key = keys[random.below(keys.length)];
		if (key === undefined) return scraps[random.below(scraps.length)];
		const inside = (value as Record<string, unknown>)[key];
		if (Array.isArray(value)) {
			const copy = [...value];
			copy[Number(key)] = random.below(5) === 0 ? copy[random.below(copy.length)] : damage(inside);
			return random.below(6) === 0 ? copy.slice(1) : copy;
		}
		const copy: Record<string, unknown> = { ...value, [key]: damage(inside) };
		if (random.below(6) === 0) delete copy[key];
		return copy;
	};
	let refused = 0;
	for (let count = 0; count < 500; count++) {
		const original = JSON.parse(JSON.stringify(random.below(2) === 0 ? loadStudy() : IMAGE)) as unknown;
		const { success, error } = studySchema.safeParse(damage(original));
		if (success) continue;
		refused++;
		assert.ok((error?.issues.length ?? 0) > 0);
	}
	assert.ok(refused > 350, `${refused} of 500 refused`);
});
