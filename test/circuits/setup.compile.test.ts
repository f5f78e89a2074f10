import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { compileCircom, REPOSITORY } from "../../scripts/circuits/circom.ts";
import { compileInstance } from "../../scripts/circuits/compile.ts";
import {
	type CircuitTemplate,
	circuitInstances,
	instanceOf,
	instanceSource,
	publicSignalsOf,
	studyInstances,
} from "../../scripts/circuits/instances.ts";
import { readR1cs } from "../../scripts/circuits/r1cs.ts";
import { circuitSources } from "../../scripts/circuits/sources.ts";
import wdbc from "../../studies/wdbc.json" with { type: "json" };
import { CIRCUIT_KINDS } from "../../worker/protocol/circuitNames.ts";
import {
	ENCRYPT_UPDATE_SIGNALS,
	KEY_SUM_ARRAY,
	KEY_SUM_SIGNALS,
	keySumSignalCount,
	TRAIN_SEGMENT_SIGNALS,
} from "../../worker/protocol/publicSignals.ts";
import { architectureOf, studySchema } from "../../worker/protocol/study.ts";
import { rejectsWithCode, throwsWithCode } from "../support/rejectsWithCode.ts";

const study = studySchema.parse(wdbc);

describe("compilation", () => {
	let cache: string;
	let local: (name: string) => string;
	const write = (name: string, text: string) => writeFile(join(cache, name), text);
	before(async () => {
		// circom2 sees only files below the repository.
		await mkdir(join(REPOSITORY, ".cache"), { recursive: true });
		cache = await mkdtemp(join(REPOSITORY, ".cache", "compile-test-"));
		local = (name) => relative(REPOSITORY, join(cache, name));
		await write("inner.circom", "template Inner() { signal input a; signal output b <== a * a; }");
		await write(
			"outer.circom",
			'/* include "nowhere.circom"; */\n// include "nowhere.circom";\ninclude "inner.circom";',
		);
	});
	after(() => rm(cache, { recursive: true }));
	const job = (source: string) => ({ name: "Test", source, optimization: "O1" as const, cache });
	const main = () => `pragma circom 2.2.0; include "${local("outer.circom")}"; component main = Inner();`;

	it("follows includes, not comments", async () => {
		await write("main.circom", `include "${local("outer.circom")}"; include "circomlib/circuits/bitify.circom";`);
		const sources = circuitSources(REPOSITORY, local("main.circom"));
		assert.ok(sources.includes(local("inner.circom")));
		assert.ok(sources.includes("node_modules/circomlib/circuits/comparators.circom"));
		assert.ok(!sources.some((path) => path.includes("nowhere")));
	});

	it("is cached by the contents of everything it includes, and compiles one circuit once for all callers", async () => {
		const [first, parallel] = await Promise.all([compileCircom(job(main())), compileCircom(job(main()))]);
		assert.deepEqual(first, parallel);
		assert.ok([first.r1cs, first.wasm, first.sym].every(existsSync));
		assert.equal(readR1cs(first.r1cs).constraints, 1);
		assert.equal((await compileCircom(job(main()))).hash, first.hash);
		await write(
			"inner.circom",
			"template Inner() { /* a square */ signal input a; signal output b <== a * a; } // end",
		);
		assert.equal((await compileCircom(job(main()))).hash, first.hash, "comments do not matter");
		await write("inner.circom", "template Inner() { signal input a; signal output b <== a * a * 2 + 1; }");
		assert.notEqual((await compileCircom(job(main()))).hash, first.hash);
		assert.notEqual((await compileCircom({ ...job(main()), optimization: "O2" })).hash, first.hash);
		const left = await readdir(join(cache, "Test"));
		assert.deepEqual(
			left.filter((name) => name.startsWith(".")),
			[],
			"temporary folders are gone",
		);
	});

	it("reports the compiler's complaint and leaves nothing behind", async () => {
		const error = await rejectsWithCode(compileCircom({ ...job("template T( {"), name: "Broken" }), "CIRCUIT_COMPILE");
		assert.match(error.message, /error/i);
		assert.deepEqual(await readdir(join(cache, "Broken")), []);
		await rejectsWithCode(compileCircom(job('include "nowhere.circom";')), "CIRCUIT_COMPILE");
		await writeFile(join(cache, "bad.r1cs"), "r1cs or not");
		throwsWithCode(() => readR1cs(join(cache, "bad.r1cs")), "CIRCUIT_COMPILE");
	});

	it("takes an instance only when names, order and signals are the template's", async () => {
		await write(
			"shape.circom",
			`template Shape(members, threshold) {
				signal input b;
				signal input a[members];
				signal input last;
				signal output c <== (a[0] + a[members - 1] + last) * b;
			}`,
		);
		const kind: CircuitTemplate = {
			file: local("shape.circom"),
			template: "Shape",
			params: ["members", "threshold"],
			outputs: ["c"],
			publicInputs: ["b", "a[members]", "last"],
			optimization: "O1",
		};
		const compile = async (changes: Partial<CircuitTemplate> = {}) =>
			compileInstance(instanceOf({ ...kind, ...changes }, "Shape", study));
		const refused = (changes: Partial<CircuitTemplate>) => rejectsWithCode(compile(changes), "CIRCUIT_COMPILE");
		await refused({ params: ["threshold", "members"] });
		await refused({ params: ["members"] });
		await refused({ params: ["members", "nothing"] });
		await refused({ publicInputs: ["a[members]", "b", "last"] });
		await refused({ publicInputs: ["b", "a", "last"] });
		await refused({ publicInputs: ["b", "a[threshold]", "last"] });
		await refused({ publicInputs: ["b", "a[steps]", "last"] });
		await refused({ outputs: [] });
		await refused({ template: "Other" });
		await refused({ file: local("none.circom") });
		const compiled = await compile();
		assert.equal(readR1cs(compiled.r1cs).publicInputs, 2 + study.committee.members);
		await rm(join(compiled.folder, ".."), { recursive: true });
	});

	it("declares the deployed circuits' public signals as the protocol orders them", () => {
		const signals = Object.fromEntries(
			circuitInstances().map((instance) => [instance.name, publicSignalsOf(instance)]),
		);
		assert.deepEqual(signals, {
			TrainSegmentWdbc: [...TRAIN_SEGMENT_SIGNALS],
			EncryptUpdateWdbc: [...ENCRYPT_UPDATE_SIGNALS],
			KeySumWdbc: [...KEY_SUM_SIGNALS, ...[0, 1, 2, 3].map((slot) => `${KEY_SUM_ARRAY}[${slot}]`)],
		});
	});

	it("takes parameters from the study", () => {
		const { weightCount } = architectureOf(study);
		const [train, encrypt, keySum] = studyInstances({
			...study,
			name: "seven-members",
			committee: { members: 7, threshold: 5 },
			keySumSlots: 9,
			updateNormBound: 0.5,
		});
		assert.ok(train !== undefined && encrypt !== undefined && keySum !== undefined);
		assert.deepEqual([encrypt.name, keySum.name], ["EncryptUpdateSevenMembers", "KeySumSevenMembers"]);
		assert.deepEqual(encrypt.parameters, { weightCount, members: 7, threshold: 5, normBound: 2n ** 30n });
		assert.ok(instanceSource(encrypt).includes(`= EncryptUpdate(${weightCount}, 7, 5, 1073741824);`));
		// Networks are arrays of arrays.
		assert.match(
			instanceSource(train),
			/= TrainSegment\(\[\[10, 1, 3, [0-9, ]+\], \[[0-9, ]+\]\], 2, 0, 0, 8, 4, 6\);/,
		);
		assert.ok(instanceSource(keySum).includes("maskOut, shareDigests]} = KeySum(7, 9);"));
		assert.equal(publicSignalsOf(keySum).length, keySumSignalCount(9));
	});

	it("refuses a list of kinds that is malformed", async () => {
		const { kinds } = JSON.parse(await readFile(join(REPOSITORY, "circuits/circuits.json"), "utf8"));
		await write("once.json", JSON.stringify({ kinds }));
		assert.equal(studyInstances(study, local("once.json")).length, CIRCUIT_KINDS.length);
		await write("more.json", JSON.stringify({ kinds, studies: ["studies/wdbc.json"] }));
		for (const name of [local("more.json"), local("none.json"), "studies/wdbc.json"]) {
			throwsWithCode(() => studyInstances(study, name), "CIRCUIT_COMPILE");
		}
	});
});
