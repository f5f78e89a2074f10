/** The invariants fail when they should: each is shown evidence of what it is there to find. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Address, encodeFunctionData, type Hex } from "viem";
import { developmentAccount } from "../../scripts/demo/localChain.ts";
import { sha256Digest } from "../../worker/adapters/ipfs/blockStore.ts";
import { encodeModel } from "../../worker/core/codecs/model.ts";
import { commitDataset } from "../../worker/core/dataset/commit.ts";
import { quantizeRow } from "../../worker/core/dataset/preprocess.ts";
import type { Ledger, RoundRecord } from "../../worker/core/ledger/state.ts";
import { initialWeights } from "../../worker/core/training/initialWeights.ts";
import { standInDeployment } from "../../worker/protocol/deploymentId.ts";
import { roundManagerAbi } from "../../worker/protocol/generated/abi.ts";
import { commitWeights } from "../../worker/protocol/packing.ts";
import { addressOf, type FaultConsortium, HOSPITALS, STUDY, walletOf } from "../support/faults/consortium.ts";
import { blocksOf, checkInvariants, modelsOf } from "../support/faults/invariants.ts";
import { plainModel } from "../support/faults/plaintext.ts";
import type { Scenario } from "../support/faults/scenario.ts";
import { lastingSecrets, scan } from "../support/faults/secrets.ts";
import type { Stage } from "../support/faults/stage.ts";
import { createWire, type Wire } from "../support/faults/wire.ts";
import { randomRing } from "../support/randomRing.ts";
import { seededRandomness } from "../support/seededRandomness.ts";
import { loadWdbc } from "../support/wdbc.ts";

const SCENARIO: Scenario = {
	name: "x",
	fault: "x",
	endings: ["Finalized"],
	updates: [3, 3],
	run: async () => undefined,
};
const ROUND_MANAGER: Address = "0x5fc8d32690cc91d4c39d9d3abcbd16989f875707";
const SET: Hex = `0x${"11".repeat(32)}`;
const OTHER_SET: Hex = `0x${"22".repeat(32)}`;

const BASE = initialWeights(STUDY, standInDeployment("invariants"));
let consortium: FaultConsortium;
let round: RoundRecord;
let model: readonly number[];

before(async () => {
	const rows = await loadWdbc();
	const data = HOSPITALS.map((_, index) => {
		const samples = rows
			.slice(16 * index, 16 * index + 16)
			.map(({ features, label }) => ({ inputs: quantizeRow(features, STUDY.preprocessing), label }));
		const dataSeed = seededRandomness(`seed ${index}`).bytes(32);
		return { dataSeed, dataset: commitDataset({ study: STUDY, samples, seed: dataSeed }) };
	});
	consortium = {
		data,
		rows: data.map(() => ["1.5,2.5,3.5,4.5"]),
		shareKeys: [123n ** 30n],
	} as unknown as FaultConsortium;
	const updates = HOSPITALS.map((name) => ({ hospital: addressOf(name) }));
	round = {
		roundId: 1n,
		baseModelId: 1n,
		phase: "Finalized",
		opening: { beacon: 3 },
		updates,
		removed: [],
		keySums: [],
		attestations: [],
		hospitalAttestations: [],
	} as unknown as RoundRecord;
	model = plainModel(consortium, round, BASE);
	round = { ...round, finalized: { modelId: 2n, modelCommitment: commitWeights(model, 0n), modelDigest: SET } };
});

/** What a run left whose round is this one and whose models are these. */
const found = async (changes: Partial<RoundRecord> = {}, weights = model, wire: Wire = createWire(), mined = false) => {
	const files = [BASE, weights].map((one) => ({ name: "member-1/ipfs/00", bytes: encodeModel(one) }));
	const isFinal = (changes.phase ?? round.phase) === "Finalized";
	const digests = files.map(({ bytes }) => sha256Digest(bytes));
	const models = new Map(
		[1n, 2n].slice(0, isFinal ? 2 : 1).map((modelId, index) => [modelId, { modelId, digest: digests[index] }]),
	);
	const finalized = isFinal ? { ...round.finalized, modelCommitment: commitWeights(weights, 0n) } : undefined;
	const ledger = { rounds: new Map([[1n, { ...round, finalized, ...changes }]]), models } as unknown as Ledger;
	const receipt = async () => (mined ? { status: "success" } : Promise.reject(new Error("none")));
	const stage = { consortium, connection: { client: { getTransactionReceipt: receipt } } } as unknown as Stage;
	return checkInvariants({ stage, scenario: SCENARIO, wire, ledger, models: modelsOf(ledger, blocksOf(files)) });
};

const sent = async (wire: Wire, frozenSetDigest: Hex, nonce: number): Promise<void> => {
	const account = developmentAccount(walletOf("member-1"));
	const args = [1n, frozenSetDigest, [1n], []] as const;
	const data = encodeFunctionData({ abi: roundManagerAbi, functionName: "postKeySum", args });
	const fees = { type: "eip1559", chainId: 31337, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n } as const;
	const raw = await account.signTransaction({ ...fees, to: ROUND_MANAGER, data, nonce, gas: 1n });
	const request = Buffer.from(JSON.stringify({ method: "eth_sendRawTransaction", params: [raw] }));
	wire.onPassage({ from: "member-1", to: "rpc", request, answer: Buffer.alloc(0) });
};

test("a round that went as it should is found in order", async () => {
	assert.deepEqual(await found(), []);
});

test("another ending, none, or a model of too few updates", async () => {
	assert.match((await found({ phase: "Failed", failure: "Cancelled" }))[0] ?? "", /ended as "Failed: Cancelled"/);
	assert.match((await found({ phase: "Frozen" }))[0] ?? "", /ended as "Waiting: Frozen"/);
	assert.match((await found({ phase: "Open" }))[0] ?? "", /did not end/);
	const two = { ...round, updates: round.updates.slice(1) };
	assert.match((await found(two, plainModel(consortium, two, BASE))).join(), /rests on 2 updates/);
});

test("a wrong model, and one that a failed round leaves behind", async () => {
	assert.match((await found({}, model.with(5, (model[5] ?? 0) + 1))).join(), /not the mean/);
	const stillThere = { phase: "Failed", failure: "StudyClosed", finalized: round.finalized } as unknown as RoundRecord;
	assert.ok((await found(stillThere)).length > 1);
});

test("somebody who is twice in a set, or was removed from it", async () => {
	const [first, ...rest] = round.updates;
	assert.ok(first !== undefined);
	const twice = await found({ updates: [first, first, ...rest.slice(1)] });
	assert.match(twice.join(), /a hospital is twice/);
	assert.match((await found({ removed: [first.hospital] })).join(), /a removed hospital/);
});

test("two key sums of one member for two sets, though neither was mined", async () => {
	const wire = createWire();
	await sent(wire, SET, 0);
	await sent(wire, SET, 1);
	assert.deepEqual(await found({}, model, wire), []);
	await sent(wire, OTHER_SET, 2);
	assert.match((await found({}, model, wire)).join(), /opened 2 sets/);
});

test("a call that took effect twice", async () => {
	const wire = createWire();
	await sent(wire, SET, 0);
	assert.deepEqual(await found({}, model, wire, true), []);
	await sent(wire, SET, 1);
	assert.match((await found({}, model, wire, true)).join(), /postKeySum 2 times/);
});

test("a secret, wherever it is and however it is written", () => {
	const needles = lastingSecrets(consortium, randomRing("rows"));
	const [key = 0n] = consortium.shareKeys;
	const seed = consortium.data[0]?.dataSeed ?? new Uint8Array();
	const places = [
		{ name: "a log", bytes: Buffer.from(`{"msg":"key ${key}"}`) },
		{ name: "a block", bytes: Buffer.from(`zz${Buffer.from(seed).toString("base64")}`) },
		{ name: "an answer", bytes: Buffer.from("1.5,2.5,3.5,4.5\n") },
		{ name: "nothing", bytes: Buffer.from("1.5,2.5,3.5,4.6\n") },
	];
	const leaks = scan(places, needles);
	for (const where of ["a log", "a block", "an answer"])
		assert.ok(
			leaks.some((leak) => leak.endsWith(`in ${where}`)),
			where,
		);
	assert.ok(leaks.every((leak) => !leak.endsWith("in nothing")));
});
