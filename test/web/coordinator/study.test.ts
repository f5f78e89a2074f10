import assert from "node:assert/strict";
import { test } from "node:test";
import { createStudyCall } from "../../../web/lib/coordinator/calls.ts";
import { creationState, type Progress, packageCommand } from "../../../web/lib/coordinator/creation.ts";
import { createDeployedMemory, deploymentKey, findDeployed } from "../../../web/lib/coordinator/deployed.ts";
import { explainDeployment } from "../../../web/lib/coordinator/explainDeployment.ts";
import { packageChecks, passes } from "../../../web/lib/coordinator/packageChecks.ts";
import { type BlockState, namedBlocks, publish, readBack } from "../../../web/lib/coordinator/publication.ts";
import { estimateView, longestProving, studyRows } from "../../../web/lib/coordinator/studySummary.ts";
import { explainCall } from "../../../web/lib/explain/call.ts";
import type { ExplainContext } from "../../../web/lib/explain/types.ts";
import { checkBlock } from "../../../worker/adapters/ipfs/blockStore.ts";
import { contradictingParameters, studyParameters } from "../../../worker/core/codecs/study.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import type { StudyRecord } from "../../../worker/core/ledger/state.ts";
import { placePackage } from "../../../worker/core/placePackage.ts";
import { readStudyText } from "../../../worker/core/studyFile.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { studySchema } from "../../../worker/protocol/study.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { simulatedPackage } from "../../support/simulatedPackage.ts";
import { loadStudy } from "../../support/wdbc.ts";

const DEVELOPMENT = 31337;
const SEPOLIA = 11155111;
const ONE = "0x1111111111111111111111111111111111111111";
const TWO = "0x2222222222222222222222222222222222222222";
const THREE = "0x3333333333333333333333333333333333333333";

const PLACE = { chainId: DEVELOPMENT, roundManager: THREE } as const;

const recordOf = (definitionDigest: `0x${string}`): StudyRecord => {
	const made = simulatedPackage();
	const { nameHash, ...rest } = studyParameters(made.study);
	const { train, encrypt, keySum } = made.vkHashes;
	return {
		studyId: 7n,
		nameHash,
		parameters: { ...rest, nameHash, definitionDigest, updateVerifier: ONE, keySumVerifier: TWO },
		trainVkHash: train,
		encryptVkHash: encrypt,
		keySumVkHash: keySum,
	};
};

const failing = (chainId: number, studies: ReadonlyMap<bigint, StudyRecord> = new Map(), study = loadStudy()) =>
	packageChecks(simulatedPackage(), { study, chainId, roundManager: THREE, studies }).flatMap(({ id, problem }) =>
		problem === undefined ? [] : [id],
	);

test("a package is checked against the chosen file and the chain, too", () => {
	const made = simulatedPackage();
	assert.deepEqual(failing(DEVELOPMENT), []);
	// The study of tests lets hospitals in with few rows.
	assert.deepEqual(failing(SEPOLIA), ["chain-keys", "chain-dataset"]);
	assert.deepEqual(failing(DEVELOPMENT, new Map(), { ...loadStudy(), epochs: 2 }), ["same-study"]);
	assert.deepEqual(failing(DEVELOPMENT, new Map([[7n, recordOf(`0x${"1".repeat(64)}`)]])), ["name"]);
	const same = recordOf(made.definitionDigest);
	assert.deepEqual(failing(DEVELOPMENT, new Map([[7n, same]])), []);
	assert.deepEqual(failing(DEVELOPMENT, new Map([[7n, { ...same, keySumVkHash: same.trainVkHash }]])), ["name"]);
	assert.ok(
		passes(packageChecks(made, { study: made.study, chainId: DEVELOPMENT, roundManager: THREE, studies: new Map() })),
	);
});

test("creating a study goes step by step, and starts where the chain and the gateways say", () => {
	const made = placePackage(simulatedPackage(), PLACE);
	const there = new Map<string, BlockState>(made.blocks.map(({ digest }) => [digest, { kind: "there" }]));
	const start: Progress = {
		study: undefined,
		made: undefined,
		blocks: new Map(),
		updateVerifier: undefined,
		keySumVerifier: undefined,
		studies: new Map(),
	};
	const steps = [
		{},
		{ study: made.study },
		{ made },
		{ blocks: there },
		{ updateVerifier: ONE },
		{ keySumVerifier: TWO },
	] as const;
	let progress = start;
	const seen = steps.map((change) => {
		progress = { ...progress, ...change };
		const state = creationState(progress);
		return state.kind === "step" ? state.step : state.kind;
	});
	assert.deepEqual(seen, ["file", "package", "publish", "updateVerifier", "keySumVerifier", "create"]);
	const record = recordOf(made.definitionDigest);
	const studies = new Map([[7n, record]]);
	assert.deepEqual(creationState({ ...progress, studies }), { kind: "created", record });
	// Another load of the page, with the same files: nothing else is needed to see that it is done.
	assert.deepEqual(creationState({ ...start, study: made.study, made, studies }), { kind: "created", record });
	// One block that no gateway has holds everything up.
	const [first] = made.blocks;
	const missing = new Map(there).set(first?.digest ?? "", { kind: "missing", reason: "none has it" });
	assert.deepEqual(creationState({ ...progress, blocks: missing }), { kind: "step", step: "publish" });
});

test("the command to make a package quotes what a shell would take apart", () => {
	assert.equal(
		packageCommand("studies/wdbc.json", { name: "wdbc" }),
		"npm run study -- package studies/wdbc.json --out wdbc.package.json",
	);
	assert.equal(
		packageCommand("my study's; rm.json", { name: "a" }),
		"npm run study -- package 'my study'\\''s; rm.json' --out a.package.json",
	);
});

test("only the package's creation code is explained as a deployment", () => {
	const made = placePackage(simulatedPackage(), PLACE);
	const context = { participants: {} } as ExplainContext;
	const { update, keySum } = made.verifiers;
	const call = { to: undefined, data: update.creationCode };
	const explained = explainDeployment(made, "update")(call, context) ?? assert.fail("not explained");
	const facts = new Map(explained.facts.map(({ label, value }) => [label, value]));
	assert.equal(facts.get("Hash of the key of TrainSegment"), made.vkHashes.train);
	assert.equal(facts.get("Hash of the key of EncryptUpdate"), made.vkHashes.encrypt);
	assert.equal(
		facts.get("SHA-256 of the creation code"),
		contentDigest(Buffer.from(update.creationCode.slice(2), "hex")).hex,
	);
	assert.match(explained.warnings.join(), /development keys/);
	for (const other of [
		{ ...call, data: keySum.creationCode },
		{ ...call, data: `${update.creationCode}00` as const },
		{ ...call, to: ONE },
		{ ...call, value: 1n as unknown as 0n },
	] as const) {
		assert.equal(explainDeployment(made, "update")(other, context), undefined);
	}
});

test("the call that creates the study says what the definition says, and is one that is explained", () => {
	const made = placePackage(simulatedPackage(), PLACE);
	const deployment = { hospitalRegistry: ONE, modelRegistry: TWO, roundManager: THREE } as const;
	const ledger = foldEvents([]);
	const call = createStudyCall(deployment, made, { updateVerifier: ONE, keySumVerifier: THREE });
	const explained = explainCall(call, { deployment, participants: {}, ledger }) ?? assert.fail("not explained");
	const facts = new Map(explained.facts.map(({ label, value }) => [label, value]));
	assert.equal(facts.get("Digest of its definition"), made.definitionDigest);
	assert.equal(facts.get("Digest of the initial model"), made.modelDigest);
	assert.equal(BigInt(facts.get("Commitment to the initial weights") ?? 0), made.weightCommitment);
	assert.equal(facts.get("Update verifier"), ONE);
	assert.deepEqual(contradictingParameters(made.study, recordOf(made.definitionDigest).parameters), []);
});

test("blocks are published as they are, and count as there only when a gateway's bytes have the digest", async () => {
	const made = placePackage(simulatedPackage(), PLACE);
	assert.equal(new Set(namedBlocks(made).map(({ name }) => name)).size, 5);
	const [block] = made.blocks;
	if (block === undefined) return assert.fail("no block");
	const store = new Map<string, Uint8Array>();
	const gateway = {
		get: async (digest: `0x${string}`) => checkBlock(store.get(digest) ?? new Uint8Array(1), digest, "a gateway"),
	};
	const { signal } = new AbortController();
	const before = await readBack(block, gateway, signal);
	assert.equal(before.kind, "missing");
	await publish(block, async (bytes) => {
		const digest = contentDigest(bytes).hex;
		store.set(digest, bytes);
		return { digest };
	});
	assert.deepEqual(await readBack(block, gateway, signal), { kind: "there" });
	await rejectsWithCode(
		publish(block, async () => ({ digest: `0x${"0".repeat(64)}` })),
		"BLOCK_MISMATCH",
	);
});

test("a verifier is found again by its own deployment alone", async () => {
	const made = placePackage(simulatedPackage(), PLACE);
	const hash = `0x${"ab".repeat(32)}` as const;
	const reader = {
		transaction: async () => ({ to: null, input: made.verifiers.update.creationCode }),
		receipt: async () => ({ succeeded: true, contractAddress: ONE as `0x${string}` | undefined }),
		readKeyHash: async (_: unknown, name: string) =>
			name === "TRAIN_VK_HASH" ? made.vkHashes.train : made.vkHashes.encrypt,
	};
	assert.deepEqual(await findDeployed(reader, made, "update", hash), { kind: "deployed", address: ONE });
	for (const other of [
		{ ...reader, transaction: async () => undefined },
		{ ...reader, receipt: async () => undefined },
		{ ...reader, receipt: async () => ({ succeeded: false, contractAddress: undefined }) },
		{ ...reader, transaction: async () => ({ to: null, input: made.verifiers.keySum.creationCode }) },
		{ ...reader, transaction: async () => ({ to: ONE as `0x${string}`, input: made.verifiers.update.creationCode }) },
		{ ...reader, readKeyHash: async () => made.vkHashes.train },
	] as const) {
		const found = await findDeployed(other as typeof reader, made, "update", hash);
		assert.equal(found.kind, "unknown");
	}
	const values = new Map<string, string>();
	const memory = createDeployedMemory({
		getItem: (key) => values.get(key) ?? null,
		setItem: (key, value) => void values.set(key, value),
		removeItem: (key) => void values.delete(key),
	});
	const key = deploymentKey(DEVELOPMENT, made, "update");
	assert.notEqual(key, deploymentKey(DEVELOPMENT, made, "keySum"));
	assert.notEqual(key, deploymentKey(SEPOLIA, made, "update"));
	memory.put(key, hash);
	assert.equal(memory.get(key), hash);
	values.set([...values.keys()][0] ?? "", "something else");
	assert.equal(memory.get(key), undefined);
});

test("a study in words, and the estimate of the command", () => {
	const study = loadStudy();
	const rows = new Map(studyRows(study, DEVELOPMENT).map(({ label, value }) => [label, value]));
	assert.equal(rows.get("Name"), "wdbc");
	assert.match(rows.get("Committee") ?? "", /3 members, of whom 2/);
	assert.match(rows.get("Data") ?? "", /30 columns/);
	const view = estimateView(study);
	assert.deepEqual(view.problems, []);
	assert.ok(view.circuits.every(({ fits }) => fits));
	assert.equal(view.costs.find(({ label }) => label === "Proofs")?.all, String(view.estimate.proofs.round));
	// Two proofs' worth of samples: fewer proofs than a full data set's.
	const few = estimateView(study, { hospitals: 5, samples: study.batchSize });
	assert.ok(few.estimate.proofs.hospital < view.estimate.proofs.hospital);
	const datasets = new Map([
		["one", { sampleCount: 96 }],
		["other", { sampleCount: study.batchSize }],
	]);
	assert.equal(longestProving(study, datasets), estimateView(study, { samples: 96 }).estimate.seconds.hospital);
	assert.equal(longestProving(study, undefined), undefined);
	const big = studySchema.parse({ ...study, stepsPerSegment: 64, batchSize: 32 });
	const over = estimateView(big);
	assert.equal(over.problems[0]?.field, "stepsPerSegment");
	assert.equal(over.circuits[0]?.fits, false);
});

test("a wrong study file names each field with its value", () => {
	const { name: _, ...nameless } = loadStudy();
	const read = readStudyText(JSON.stringify({ ...nameless, epochs: 0, committee: { members: 3, threshold: 9 } }));
	if (!("problems" in read)) return assert.fail("accepted");
	const fields = new Map(read.problems.map(({ field, value }) => [field, value]));
	assert.deepEqual(
		[fields.get("name"), fields.get("epochs"), fields.get("committee.threshold")],
		["missing", "0", "9"],
	);
	assert.deepEqual(readStudyText("{"), { notJson: true });
	assert.deepEqual(readStudyText(`\uFEFF${JSON.stringify(loadStudy())}`), { study: loadStudy() });
});
