import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { compileCircom, REPOSITORY } from "../../scripts/circuits/circom.ts";
import { compileInstance } from "../../scripts/circuits/compile.ts";
import {
	type CircuitInstance,
	circuitInstances,
	instanceParameters,
	instanceSource,
} from "../../scripts/circuits/instances.ts";
import { readR1cs } from "../../scripts/circuits/r1cs.ts";
import { circuitSources } from "../../scripts/circuits/sources.ts";
import { ENCRYPT_UPDATE_SIGNALS, TRAIN_SEGMENT_SIGNALS } from "../../worker/protocol/publicSignals.ts";
import { rejectsWithCode, throwsWithCode } from "../support/rejectsWithCode.ts";

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
			"template Shape(members, threshold) { signal input b; signal input a; signal output c <== a * b; }",
		);
		const instance: CircuitInstance = {
			name: "Shape",
			file: local("shape.circom"),
			template: "Shape",
			study: "studies/wdbc.json",
			params: ["members", "threshold"],
			outputs: ["c"],
			publicInputs: ["b", "a"],
			optimization: "O1",
		};
		const refused = (changes: Partial<CircuitInstance>) =>
			rejectsWithCode(compileInstance({ ...instance, ...changes }), "CIRCUIT_COMPILE");
		await refused({ params: ["threshold", "members"] });
		await refused({ params: ["members"] });
		await refused({ params: ["members", "nothing"] });
		await refused({ publicInputs: ["a", "b"] });
		await refused({ outputs: [] });
		await refused({ template: "Other" });
		await refused({ file: local("none.circom") });
		await refused({ study: "studies/none.json" });
		const compiled = await compileInstance(instance);
		assert.equal(readR1cs(compiled.r1cs).publicInputs, 2);
		await rm(join(compiled.folder, ".."), { recursive: true });
	});

	it("declares the deployed circuits' public signals as the protocol orders them", () => {
		const signals = Object.fromEntries(
			circuitInstances().map(({ name, outputs, publicInputs }) => [name, [...outputs, ...publicInputs]]),
		);
		assert.deepEqual(signals, {
			TrainSegmentWdbc: [...TRAIN_SEGMENT_SIGNALS],
			EncryptUpdateWdbc: [...ENCRYPT_UPDATE_SIGNALS],
		});
	});

	it("takes parameters from the study", async () => {
		const encrypt = circuitInstances().find(({ name }) => name === "EncryptUpdateWdbc");
		assert.ok(encrypt !== undefined);
		const study = JSON.parse(await readFile(join(REPOSITORY, encrypt.study), "utf8"));
		const { kernelHeight, kernelWidth, strideHeight, strideWidth, filters } = study.convolution;
		const { height, width, channels } = study.input;
		const kernel = kernelHeight * kernelWidth * channels * filters;
		const positions =
			(Math.floor((height - kernelHeight) / strideHeight) + 1) * (Math.floor((width - kernelWidth) / strideWidth) + 1);
		const weightCount = kernel + filters + positions * filters + 1;
		const { members, threshold } = study.committee;
		assert.deepEqual(instanceParameters(encrypt), { weightCount, members, threshold });
		assert.ok(instanceSource(encrypt).includes(`= EncryptUpdate(${weightCount}, ${members}, ${threshold});`));
	});
});
