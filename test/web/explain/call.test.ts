/** Calls as a wallet would get them, made by the ABI: what the dApp says about each, and what it never sends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, concat, encodeFunctionData, type Hex, numberToHex, zeroHash } from "viem";
import { type ExplainContext, type Explanation, explainCall } from "../../../web/lib/explain/call.ts";
import { foldEvents } from "../../../worker/core/ledger/fold.ts";
import { hospitalRegistryAbi, modelRegistryAbi, roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { address } from "../../support/audit/ledgerWriter.ts";
import { digestOf, enrolled, HOSPITALS, MEMBERS, rootOf, STUDY_ID } from "../../support/roundEvents.ts";

const deployment = {
	hospitalRegistry: address("hospital registry"),
	modelRegistry: address("model registry"),
	roundManager: address("round manager"),
};
const [hospital, second, third, stranger] = HOSPITALS;
const [member, otherMember] = MEMBERS;
const participants: Record<Address, string> = { [hospital]: "St. Anna", [member]: "Member 1" };

/** Round 1 with three updates, frozen. */
const frozenRound = () => {
	const events = enrolled();
	events.openRound();
	for (const one of [hospital, second, third]) events.submit(one);
	events.close();
	for (const one of [member, otherMember]) events.confirm(one);
	return events;
};

const contextOf = (events: ReturnType<typeof enrolled>, from: Address = hospital): ExplainContext => ({
	deployment,
	participants,
	ledger: foldEvents(events.events),
	from,
});

const proof = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n] as const;
const encryption = { proof, gamma: 11n, y: 12n, y2: 13n, shareDigest: 14n };
const parameters = {
	nameHash: digestOf("another study"),
	definitionDigest: digestOf("definition"),
	updateVerifier: address("update verifier"),
	learningRate: 512,
	batchSize: 8,
	stepsPerSegment: 4,
	epochs: 1,
	datasetDepth: 6,
	members: 3,
	threshold: 2,
	minUpdates: 3,
	keySumVerifier: address("key sum verifier"),
	keySumSlots: 4,
	weightCount: 73,
	profileId: 1,
	minSamples: 32,
	minBatches: 4,
};

const toRegistry = (
	call:
		| { functionName: "admitHospital" | "removeHospital" | "readmitHospital"; args: readonly [Address] }
		| { functionName: "admitMember" | "removeMember"; args: readonly [Address] }
		| { functionName: "registerShareKey"; args: readonly [bigint, bigint, bigint, bigint] }
		| { functionName: "commitDataset"; args: readonly [bigint, bigint, number, number] }
		| { functionName: "barHospital" | "setRoundManager"; args: readonly [Address] },
) => ({ to: deployment.hospitalRegistry, data: encodeFunctionData({ abi: hospitalRegistryAbi, ...call }) });

const submission = (roundId = 1n) => ({
	to: deployment.roundManager,
	data: encodeFunctionData({
		abi: roundManagerAbi,
		functionName: "submitUpdate",
		args: [
			roundId,
			digestOf("bundle"),
			[
				{ proof, commitmentOut: 77n },
				{ proof, commitmentOut: 78n },
			],
			encryption,
		],
	}),
});

const keySum = (frozenSetDigest: Hex) => ({
	to: deployment.roundManager,
	data: encodeFunctionData({
		abi: roundManagerAbi,
		functionName: "postKeySum",
		args: [1n, frozenSetDigest, [21n, 22n], [{ proof, evaluation: 23n, maskOut: 24n }]],
	}),
});

const confirmation = (...updates: { position: number; bundleDigest: Hex }[]) => ({
	to: deployment.roundManager,
	data: encodeFunctionData({ abi: roundManagerAbi, functionName: "confirmAvailability", args: [1n, updates] }),
});

const textOf = (explanation: Explanation | undefined): string => {
	assert.ok(explanation !== undefined, "no explanation");
	const { title, sentences, facts, becomesPublic, staysPrivate, warnings } = explanation;
	const values = facts.map(({ label, value }) => `${label}: ${value}`);
	return [title, ...sentences, ...values, ...becomesPublic, ...staysPrivate, ...warnings].join("\n");
};

const factOf = ({ facts }: Explanation, label: RegExp): string =>
	facts.find((fact) => label.test(fact.label))?.value ?? assert.fail(`no fact ${label}`);

test("every call of a registry that a person signs has its words and its values", () => {
	const context = contextOf(enrolled());
	for (const functionName of ["admitHospital", "removeHospital", "readmitHospital"] as const) {
		const text = textOf(explainCall(toRegistry({ functionName, args: [stranger] }), context));
		assert.ok(text.includes(stranger), functionName);
	}
	for (const functionName of ["admitMember", "removeMember"] as const) {
		const explained = explainCall(toRegistry({ functionName, args: [member] }), context);
		assert.match(textOf(explained), /Member 1/);
	}
	const key = explainCall(toRegistry({ functionName: "registerShareKey", args: [31n, 32n, 33n, 34n] }), context);
	for (const value of [31, 32, 33, 34]) assert.ok(textOf(key).includes(numberToHex(value, { size: 32 })));
	const created = explainCall(
		{
			to: deployment.modelRegistry,
			data: encodeFunctionData({
				abi: modelRegistryAbi,
				functionName: "createStudy",
				args: [parameters, 41n, digestOf("model")],
			}),
		},
		context,
	);
	assert.ok(created !== undefined);
	assert.equal(factOf(created, /learning rate/i), "0.5");
	assert.equal(factOf(created, /^committee$/i), "2 of 3");
	assert.equal(factOf(created, /initial weights/), numberToHex(41, { size: 32 }));
});

test("an admission that the chain has already is said to be refused", () => {
	const context = contextOf(enrolled());
	const admit = toRegistry({ functionName: "admitHospital", args: [hospital] });
	assert.equal(explainCall(admit, context)?.warnings.length, 1);
	const other = toRegistry({ functionName: "admitHospital", args: [stranger] });
	assert.deepEqual(explainCall(other, context)?.warnings, []);
});

test("a commitment says what it replaces, and what stays private", () => {
	const context = contextOf(enrolled());
	const call = toRegistry({ functionName: "commitDataset", args: [STUDY_ID, rootOf(hospital), 96, 12] });
	const explained = explainCall(call, context);
	assert.ok(explained !== undefined);
	assert.equal(factOf(explained, /^samples$/i), "96");
	assert.equal(explained.warnings.length, 1);
	assert.match(explained.staysPrivate.join(), /row/i);
	assert.deepEqual(explainCall(call, { ...context, from: stranger })?.warnings, []);
});

test("an update shows every public value of the call, the committee, and the samples it counts with", () => {
	const events = enrolled();
	events.openRound();
	const explained = explainCall(submission(), contextOf(events));
	const text = textOf(explained);
	const elements = [77, 78, 11, 12, 13, 14].map((value) => numberToHex(value, { size: 32 }));
	for (const value of [digestOf("bundle"), ...elements, "80 samples", "Member 1"])
		assert.ok(text.includes(value), value);
	assert.match(explained?.becomesPublic.join("\n") ?? "", /2 training proofs and 1 encryption proof/);
	assert.ok((explained?.staysPrivate.length ?? 0) > 0);
	assert.match(textOf(explainCall(submission(9n), contextOf(events))), /Round 9 is not on this chain/);
});

test("opening a round names the seats, the times, and members without a key", () => {
	const events = enrolled();
	events.admitMember(stranger);
	const durations = { submission: 5400, checking: 60, attestation: 86_400 };
	const data = encodeFunctionData({
		abi: roundManagerAbi,
		functionName: "openRound",
		args: [STUDY_ID, [member, otherMember, stranger], durations],
	});
	const explained = explainCall({ to: deployment.roundManager, data }, contextOf(events));
	assert.ok(explained !== undefined);
	assert.equal(factOf(explained, /submissions/), "1 h 30 min");
	assert.equal(factOf(explained, /members alone to attest/), "1 d");
	assert.equal(factOf(explained, /key sums/), "no limit");
	assert.equal(explained.warnings.length, 1);
	assert.ok(explained.warnings[0]?.includes(stranger));
});

test("a confirmation names the hospitals, and is not explained when the chain has another update at the place", () => {
	const events = enrolled();
	events.openRound();
	for (const one of [hospital, second]) events.submit(one);
	const context = contextOf(events, member);
	const [first, next] = context.ledger.rounds.get(1n)?.updates ?? [];
	assert.ok(first !== undefined && next !== undefined);
	assert.match(
		textOf(explainCall(confirmation(first, next), context)),
		/St\. Anna[\s\S]*2 bundles|2 bundles[\s\S]*St\. Anna/,
	);
	assert.equal(explainCall(confirmation({ position: 0, bundleDigest: digestOf("other") }), context), undefined);
	assert.equal(explainCall(confirmation({ position: 1, bundleDigest: first.bundleDigest }), context), undefined);
	assert.equal(explainCall(confirmation(), context), undefined);
});

test("a key sum is explained for the frozen set that the chain shows, and for no other", () => {
	const events = frozenRound();
	assert.equal(explainCall(keySum(zeroHash), contextOf(events, member)), undefined);
	events.freeze();
	const context = contextOf(events, member);
	const digest = context.ledger.rounds.get(1n)?.frozen?.frozenSetDigest;
	assert.ok(digest !== undefined);
	const explained = explainCall(keySum(digest), context);
	assert.match(textOf(explained), /3 hospitals[\s\S]*240 samples/);
	assert.ok(explained?.facts.some(({ label, value }) => /St\. Anna/.test(label) && value === "80 samples"));
	assert.match(explained?.warnings.join() ?? "", /exactly one set/);
	assert.equal(explainCall(keySum(zeroHash), context), undefined);
});

test("an attestation counts those that agree and warns of one that differs", () => {
	const events = frozenRound();
	events.freeze();
	events.postKeySum(member);
	events.postKeySum(otherMember, true);
	events.attest(otherMember);
	const context = contextOf(events, member);
	const attest = (commitment: bigint) => ({
		to: deployment.roundManager,
		data: encodeFunctionData({
			abi: roundManagerAbi,
			functionName: "attest",
			args: [1n, commitment, digestOf("new model")],
		}),
	});
	const same = explainCall(attest(13n), context);
	assert.match(textOf(same), /So far 1 did/);
	assert.deepEqual(same?.warnings, []);
	assert.equal(explainCall(attest(14n), context)?.warnings.length, 1);
});

test("freezing, failing and challenging are explained", () => {
	const events = frozenRound();
	const context = contextOf(events, member);
	const to = deployment.roundManager;
	const freeze = encodeFunctionData({ abi: roundManagerAbi, functionName: "freeze", args: [1n] });
	assert.match(textOf(explainCall({ to, data: freeze }, context)), /3 of 3/);
	const fail = encodeFunctionData({ abi: roundManagerAbi, functionName: "fail", args: [1n] });
	assert.match(textOf(explainCall({ to, data: fail }, context)), /model stays as it is/);
	const challenge = encodeFunctionData({
		abi: roundManagerAbi,
		functionName: "challengeUpdate",
		args: [1n, hospital, "0x010203", { gamma: 1n, y: 2n, y2: 3n }],
	});
	assert.match(textOf(explainCall({ to, data: challenge }, context)), /St\. Anna[\s\S]*3 bytes/);
});

test("nothing else is explained, so nothing else is sent", () => {
	const context = contextOf(enrolled());
	const admit = toRegistry({ functionName: "admitHospital", args: [stranger] });
	const transfer = "0xf2fde38b" as const;
	const unexplained = {
		"another contract": { ...admit, to: address("elsewhere") },
		"the right data at another contract of ours": { ...admit, to: deployment.roundManager },
		"the creation of a contract": { ...admit, to: undefined },
		"bytes after the arguments": { ...admit, data: concat([admit.data, "0x00"]) },
		"a word after the arguments": { ...admit, data: concat([admit.data, zeroHash]) },
		"dirty upper bytes of an address": {
			...admit,
			data: concat([admit.data.slice(0, 10) as Hex, "0x000000000000000000000001", stranger]),
		},
		"too few bytes": { ...admit, data: admit.data.slice(0, -2) as Hex },
		"no bytes": { ...admit, data: "0x" as const },
		"another function of the owner": { ...admit, data: concat([transfer, `0x${"0".repeat(24)}`, stranger]) },
		"a function reserved to the round manager": toRegistry({ functionName: "barHospital", args: [stranger] }),
		"the wiring of the contracts": toRegistry({ functionName: "setRoundManager", args: [stranger] }),
		"an odd number of digits": { ...admit, data: `${admit.data}0` as Hex },
	};
	for (const [what, call] of Object.entries(unexplained)) assert.equal(explainCall(call, context), undefined, what);
	// A wallet would take it, whatever the type says.
	const paying = { ...admit, value: 1n } as unknown as Parameters<typeof explainCall>[0];
	assert.equal(explainCall(paying, context), undefined);
	assert.ok(explainCall(admit, context) !== undefined);
});

test("ends of rounds, and hospitals that finish one, are explained", () => {
	const events = enrolled();
	events.openRound();
	for (const one of [hospital, second]) events.submit(one);
	events.confirm(member);
	events.confirm(otherMember);
	events.freeze();
	events.postKeySum(member);
	events.postKeySum(otherMember, true);
	events.attestAsHospital(second);
	const context = contextOf(events, hospital);
	const textOfCall = (functionName: string, args: readonly unknown[]) => {
		const data = encodeFunctionData({ abi: roundManagerAbi as readonly unknown[], functionName, args });
		return textOf(explainCall({ to: deployment.roundManager, data }, context));
	};
	assert.match(textOfCall("attestAsHospital", [1n, 13n, digestOf("new model")]), /More than half|more than half/);
	assert.match(textOfCall("attestAsHospital", [1n, 13n, digestOf("new model")]), /So far 1 did/);
	assert.match(textOfCall("attestAsHospital", [1n, 14n, digestOf("other")]), /attested to another model/);
	assert.match(textOfCall("cancelRound", [1n]), /only before the set of updates is frozen/);
	assert.match(textOfCall("closeStudy", [STUDY_ID]), /can't be undone/);
	assert.match(textOfCall("closeStudy", [9n]), /Study 9 is not on this chain/);
});

test("the functions that people sign are all there are, besides three reserved ones", () => {
	const reserved = ["barHospital", "setRoundManager", "appendModel"];
	const explained = [
		"admitHospital removeHospital readmitHospital admitMember removeMember registerShareKey commitDataset",
		"createStudy openRound submitUpdate challengeUpdate confirmAvailability freeze postKeySum attest fail",
		"attestAsHospital cancelRound closeStudy",
	].flatMap((names) => names.split(" "));
	const writing = [...hospitalRegistryAbi, ...modelRegistryAbi, ...roundManagerAbi].flatMap((item) =>
		item.type === "function" && item.stateMutability === "nonpayable" ? [item.name] : [],
	);
	assert.deepEqual([...new Set(writing)].sort(), [...explained, ...reserved].sort());
});
