import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../scripts/checks/steps.ts";
import { encodeVerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import { placePackage } from "../../worker/core/placePackage.ts";
import {
	blockBytes,
	MOST_CREATION_BYTES,
	MOST_PACKAGE_BYTES,
	parseStudyPackage,
	type StudyPackage,
} from "../../worker/core/studyPackage.ts";
import { checkStudyPackage, requireStudyPackage } from "../../worker/core/studyPackageChecks.ts";
import { initialModelProblem } from "../../worker/core/training/initialModel.ts";
import { contentDigest } from "../../worker/protocol/contentDigest.ts";
import { SIMULATED } from "../support/contracts/simulatedVerifiers.ts";
import { throwsWithCode } from "../support/rejectsWithCode.ts";
import { simulatedPackage } from "../support/simulatedPackage.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";

type Path = readonly (string | number)[];

const leaves = (value: unknown, path: Path = []): readonly Path[] =>
	typeof value === "object" && value !== null
		? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
		: [path];

/** The same with the value at the path changed; undefined leaves it out. */
const changed = (whole: unknown, path: Path, change: (value: unknown) => unknown): unknown => {
	const copy: unknown = structuredClone(whole);
	let holder = copy as Record<string | number, unknown>;
	for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
	const last = path.at(-1) as string;
	holder[last] = change(holder[last]);
	return copy;
};

const damage = (value: unknown): unknown => {
	if (typeof value === "number") return value + 1;
	if (typeof value === "boolean") return !value;
	// One character in the middle: a digit stays a digit, so that the form alone gives nothing away.
	const text = String(value);
	const at = Math.floor(text.length / 2);
	return `${text.slice(0, at)}${text[at] === "1" ? "2" : "1"}${text.slice(at + 1)}`;
};

const open = (value: unknown): StudyPackage => requireStudyPackage(parseStudyPackage(JSON.stringify(value)));

test("a package comes back from its text as it was, and passes every check", () => {
	const made = simulatedPackage();
	assert.deepEqual(open(made), made);
	const checks = checkStudyPackage(made);
	assert.deepEqual(
		checks.map(({ id, problem }) => [id, problem]),
		["blocks", "definition", "budget", "keys", "updateVerifier", "keySumVerifier", "development"].map((id) => [
			id,
			undefined,
		]),
	);
});

test("every field damaged or missing is a coded error", () => {
	const made = simulatedPackage();
	const paths = leaves(made);
	assert.ok(paths.length > 100, "all columns of the study, too");
	for (const path of paths) {
		throwsWithCode(() => open(changed(made, path, damage)), "STUDY_PACKAGE_INVALID");
	}
	for (const key of Object.keys(made)) {
		throwsWithCode(() => open(changed(made, [key], () => undefined)), "STUDY_PACKAGE_INVALID");
		throwsWithCode(() => open(changed(made, [key], () => null)), "STUDY_PACKAGE_INVALID");
	}
	throwsWithCode(() => open({ ...made, more: 1 }), "STUDY_PACKAGE_INVALID");
	throwsWithCode(() => parseStudyPackage("{"), "STUDY_PACKAGE_INVALID");
	throwsWithCode(() => parseStudyPackage(" ".repeat(MOST_PACKAGE_BYTES + 1)), "STUDY_PACKAGE_INVALID");
});

const failing = (candidate: StudyPackage): readonly string[] =>
	checkStudyPackage(candidate).flatMap(({ id, problem }) => (problem === undefined ? [] : [id]));

const withBlock = (made: StudyPackage, replaced: string, bytes: Uint8Array): StudyPackage => {
	const { hex: digest } = contentDigest(bytes);
	const base64 = Buffer.from(bytes).toString("base64");
	return {
		...made,
		blocks: made.blocks.map((block) => (block.digest === replaced ? { digest, base64 } : block)),
	};
};

test("forgeries that are consistent in themselves fail the check that is theirs", () => {
	const made = simulatedPackage();
	const { update, keySum } = made.verifiers;
	assert.deepEqual(failing({ ...made, developmentKeys: false }), ["development"]);
	assert.deepEqual(failing({ ...made, study: { ...made.study, title: "Another" } }), ["definition"]);
	assert.deepEqual(failing({ ...made, verifiers: { update: keySum, keySum: update } }), [
		"updateVerifier",
		"keySumVerifier",
	]);

	// The verifier of another key: same hash constant, one point changed, and its digest made anew.
	const [, x] = SIMULATED.keySum.verificationKey.IC;
	const word = BigInt(x?.[0] ?? 0)
		.toString(16)
		.padStart(64, "0");
	const forged = keySum.creationCode.replace(word, "1".repeat(64)) as `0x${string}`;
	assert.notEqual(forged, keySum.creationCode);
	const { hex: digest } = contentDigest(Buffer.from(forged.slice(2), "hex"));
	assert.deepEqual(failing({ ...made, verifiers: { update, keySum: { ...keySum, creationCode: forged, digest } } }), [
		"keySumVerifier",
	]);

	// Keys in each other's place: signals and verifiers are of the other.
	const { train, encrypt, keySum: hash } = made.vkHashes;
	assert.deepEqual(failing({ ...made, vkHashes: { train: encrypt, encrypt: train, keySum: hash } }), ["keys"]);
	assert.deepEqual(failing({ ...made, vkHashes: { train, encrypt: train, keySum: hash } }), ["blocks", "keys"]);

	// A key in another form of JSON has another digest, but is none that anybody would find again.
	const loose = new TextEncoder().encode(JSON.stringify(SIMULATED.train.verificationKey, null, 1));
	const other = withBlock({ ...made, vkHashes: { ...made.vkHashes, train: contentDigest(loose).hex } }, train, loose);
	assert.deepEqual(failing(other), ["keys", "updateVerifier", "keySumVerifier"]);

	// A block that the study does not need, in the place of one that it needs.
	const { keySum: keySumHash } = made.vkHashes;
	const foreign = encodeVerificationKey(SIMULATED.encrypt.verificationKey).slice(1);
	assert.deepEqual(failing(withBlock(made, keySumHash, foreign)), [
		"blocks",
		"keys",
		"updateVerifier",
		"keySumVerifier",
	]);
	const tooLong = `0x${"00".repeat(MOST_CREATION_BYTES + 1)}`;
	throwsWithCode(
		() => open(changed(made, ["verifiers", "update", "creationCode"], () => tooLong)),
		"STUDY_PACKAGE_INVALID",
	);
});

test("a package has another initial model in each deployment", () => {
	const made = simulatedPackage();
	const place = { chainId: 31337, roundManager: "0x3333333333333333333333333333333333333333" } as const;
	const placed = placePackage(made, place);
	assert.equal(
		initialModelProblem(made.study, place, { commitment: placed.weightCommitment, digest: placed.modelDigest }),
		undefined,
	);
	const block = placed.blocks.find(({ digest }) => digest === placed.modelDigest) ?? assert.fail();
	assert.equal(contentDigest(blockBytes(block)).hex, placed.modelDigest);
	assert.equal(placed.blocks.length, made.blocks.length + 1);
	assert.notEqual(placePackage(made, { ...place, chainId: 1 }).modelDigest, placed.modelDigest);
});

test("a block's bytes are those of its text", () => {
	const made = simulatedPackage();
	for (const block of made.blocks) assert.equal(contentDigest(blockBytes(block)).hex, block.digest);
});

const run = (args: readonly string[]) =>
	spawnSync(process.execPath, [join(ROOT, "scripts/study/main.ts"), "package", ...args], { encoding: "utf8" });

test("the command refuses before it builds anything, and leaves nothing behind", (context) => {
	const folder = temporaryFolder(context);
	const taken = join(folder, "taken.json");
	writeFileSync(taken, "mine");
	const bad = join(folder, "bad.json");
	writeFileSync(bad, "{}");
	for (const [args, code, expected] of [
		[["wdbc", "--out", taken], "CONFIG_INVALID", /exists/],
		[[bad, "--out", join(folder, "new.json")], "STUDY_INVALID", /name/],
	] as const) {
		const { status, stderr } = run(args);
		assert.equal(status, 2, stderr);
		assert.match(stderr, new RegExp(`error ${code}`));
		assert.match(stderr, expected);
	}
	assert.equal(run(["wdbc"]).status, 2, "without --out");
	assert.deepEqual(readdirSync(folder).sort(), ["bad.json", "taken.json"]);
	const help = run(["--help"]);
	assert.equal(help.status, 0);
	assert.match(help.stdout, /--out <file>/);
});
