/**
 * Real key sums offered where they do not belong, and a committee member that lies with real proofs: the contract refuses them. In the run itself, offers
 * are made in the state just before the member's own post; elsewhere, the frozen set is set up again and one fact of it changed.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Abi, Address } from "viem";
import { loadStudyCircuits } from "../../scripts/circuits/studyCircuits.ts";
import { closeProver, prove } from "../../worker/adapters/prover.ts";
import { decodeBundle } from "../../worker/core/codecs/bundle.ts";
import { openShares } from "../../worker/core/encryption/openShares.ts";
import { keySumCircuitInputs } from "../../worker/core/keySum/circuitInputs.ts";
import { keySumValues } from "../../worker/core/keySum/keySumValues.ts";
import { evaluatePolynomial, FIELD_ORDER, Fr } from "../../worker/protocol/field.ts";
import { roundManagerAbi } from "../../worker/protocol/generated/abi.ts";
import { keySumGamma } from "../../worker/protocol/keySumGamma.ts";
import { standardProfile } from "../../worker/protocol/profiles.ts";
import { openShareKeys } from "../support/e2e/attach.ts";
import { type DemoRun, demoRun } from "../support/e2e/demoRun.ts";
import { type FrozenChange, frozenWorld, type KeySumArgs, keySumOf } from "../support/e2e/keySumWorld.ts";
import { answerOf, type Facts, factsOf, roundAt } from "../support/e2e/sameWorld.ts";
import { rejectsWithCode } from "../support/rejectsWithCode.ts";
import { seededRandomness } from "../support/seededRandomness.ts";

/** The first key sum of the first round, by the first member. */
const FIRST = 0;

let demo: DemoRun;
let facts: Facts;
let honest: KeySumArgs;

before(async () => {
	demo = await demoRun();
	facts = await factsOf(demo);
	honest = keySumOf(roundAt(facts.run, 0), FIRST);
});
after(closeProver);

const memberOf = (round: number, index: number): Address =>
	roundAt(facts.run, round).keySums[index]?.member ?? assert.fail();

/** The contract's answer in the state before the round's nth key sum. */
const answerBefore = (round: number, index: number, args: KeySumArgs, account = memberOf(round, index), later = 0n) => {
	const { client, deployment } = facts.run.connection;
	const { blockNumber } = roundAt(facts.run, round).keySums[index]?.place ?? assert.fail();
	return answerOf(
		client.simulateContract({
			address: deployment.roundManager,
			abi: roundManagerAbi as Abi,
			functionName: "postKeySum",
			args: [...args],
			account,
			blockNumber: blockNumber - 1n + later,
		}),
	);
};
const refusal = (answer: string): string => answer.replace(/\(.*/, "");

const withValues = ([roundId, set, , proofs]: KeySumArgs, values: readonly bigint[]): KeySumArgs => [
	roundId,
	set,
	values,
	proofs,
];
const withProof = ([roundId, set, values, proofs]: KeySumArgs, change: Partial<KeySumArgs[3][number]>): KeySumArgs => [
	roundId,
	set,
	values,
	proofs.map((proof, index) => (index === 0 ? { ...proof, ...change } : proof)),
];
const plus = (values: readonly bigint[], at: number, by: bigint): readonly bigint[] =>
	values.map((value, index) => (index === at ? value + by : value));

describe("in the run itself", () => {
	test("accepted in its place, and after that neither again nor in any later round", async () => {
		assert.equal(await answerBefore(0, FIRST, honest), "accepted");
		const member = memberOf(0, FIRST);
		const again = await answerBefore(0, FIRST, honest, member, 1n);
		assert.equal(again, `RoundManager__AlreadyPosted(1, ${member})`);
		for (let later = 1; later < facts.run.rounds.length; later++) {
			const own = keySumOf(roundAt(facts.run, later), FIRST);
			const [roundId, set] = own;
			const [, replayedSet, values, proofs] = honest;
			assert.equal(await answerBefore(later, FIRST, own), "accepted");
			const replayed = await answerBefore(later, FIRST, [roundId, replayedSet, values, proofs]);
			assert.equal(replayed, `RoundManager__FrozenSetMismatch(${roundId}, ${replayedSet}, ${set})`);
			const renamed = await answerBefore(later, FIRST, [roundId, set, values, proofs]);
			assert.equal(refusal(renamed), "RoundManager__KeySumEvaluation");
		}
	});

	test("by nobody else", async () => {
		const other = await answerBefore(0, FIRST, honest, memberOf(0, 1));
		assert.equal(refusal(other), "RoundManager__KeySumEvaluation");
		const { hospital } = roundAt(facts.run, 0).updates[0] ?? assert.fail();
		assert.equal(await answerBefore(0, FIRST, honest, hospital), `RoundManager__NotOnCommittee(1, ${hospital})`);
	});

	test("with any part of it changed", async () => {
		const [, , values, proofs] = honest;
		const [first] = proofs;
		assert.ok(first !== undefined);
		const changes: readonly (readonly [string, KeySumArgs, string])[] = [
			["the first value", withValues(honest, plus(values, 0, 1n)), "KeySumEvaluation"],
			["the last value", withValues(honest, plus(values, values.length - 1, 1n)), "KeySumEvaluation"],
			["a value + r", withValues(honest, plus(values, 3, FIELD_ORDER)), "NotFieldElement"],
			["a value too few", withValues(honest, values.slice(1)), "KeySumLength"],
			["a value too many", withValues(honest, [...values, 0n]), "KeySumLength"],
			["the evaluation", withProof(honest, { evaluation: first.evaluation + 1n }), "KeySumEvaluation"],
			["the evaluation + r", withProof(honest, { evaluation: first.evaluation + FIELD_ORDER }), "KeySumProofInvalid"],
			["the last mask", withProof(honest, { maskOut: first.maskOut + 1n }), "KeySumMask"],
			["no proof", [honest[0], honest[1], values, []], "KeySumProofCount"],
			["a proof too many", [honest[0], honest[1], values, [...proofs, first]], "KeySumProofCount"],
			...Array.from({ length: 8 }, (_, word): readonly [string, KeySumArgs, string] => {
				const proof = plus(first.proof, word, 1n) as unknown as typeof first.proof;
				return [`word ${word} of the proof`, withProof(honest, { proof }), "KeySumProofInvalid"];
			}),
		];
		const answers: string[] = [];
		for (const [what, args] of changes) answers.push(`${what}: ${refusal(await answerBefore(0, FIRST, args))}`);
		assert.deepEqual(
			answers,
			changes.map(([what, , error]) => `${what}: RoundManager__${error}`),
		);
	});

	test("of a member that lies: whatever it proves of its real shares, and no other can be proven", async () => {
		const round = roundAt(facts.run, 0);
		const { committee: seats } = facts.run.study;
		const { weightCount } = facts.run.record.parameters;
		const memberIndex = round.keySums[FIRST]?.index ?? 0;
		const shareKeys = await openShareKeys(demo, { members: seats.members, hospitals: round.updates.length });
		const dealings = await Promise.all(
			round.updates.map(async ({ bundleDigest, context }) => {
				const bytes = await facts.run.block(bundleDigest);
				const bundle = decodeBundle(bytes, standardProfile, { ...seats, weightCount, context });
				const { ephemeralKey, encryptedShares, shareCommitments } = bundle;
				const own = encryptedShares[memberIndex - 1] ?? [];
				const opened = openShares(shareKeys[memberIndex - 1] ?? 0n, memberIndex, ephemeralKey, own, context);
				return { context, shareCommitments, ...opened };
			}),
		);
		const [roundId, frozenSetDigest, values] = honest;
		assert.deepEqual(keySumValues(dealings.map(({ shares }) => shares)), values, "these are its shares indeed");

		// The sum of other keys: its own random vector would do as well.
		const lie = plus(values, 7, 1n);
		const { chain, deployment } = facts.run.connection;
		const place = { chainId: chain.id, roundManager: deployment.roundManager, roundId, frozenSetDigest };
		const gamma = keySumGamma({ ...place, memberIndex, values: lie });
		const slots = facts.run.study.keySumSlots;
		const randomness = seededRandomness("a lying member");
		const [part] = keySumCircuitInputs({ gamma, memberIndex, slots, dealings, randomness });
		assert.ok(part !== undefined);
		const { keySum } = await loadStudyCircuits(facts.run.study);
		const { proof } = await prove(keySum, part.input);
		const claimed = evaluatePolynomial(lie, gamma);
		const offered = (evaluation: bigint): KeySumArgs => withProof(withValues(honest, lie), { proof, evaluation });
		assert.notEqual(part.evaluation, claimed);
		const proven = await answerBefore(0, FIRST, offered(part.evaluation));
		assert.equal(proven, `RoundManager__KeySumEvaluation(${part.evaluation}, ${claimed})`);
		assert.equal(await answerBefore(0, FIRST, offered(claimed)), "RoundManager__KeySumProofInvalid()");

		// Shares that would give the lie are not the committed ones: the circuit refuses them.
		const [first = [], ...others] = part.input.shares;
		const shares = [first.map((value, k) => (k === 7 ? Fr.add(value, 1n) : value)), ...others];
		await rejectsWithCode(prove(keySum, { ...part.input, shares }), "PROOF_INVALID");
	});
});

describe("elsewhere", () => {
	const changes: readonly (readonly [string, FrozenChange])[] = [
		["another chain", { chainId: 1337 }],
		["a second deployment on the same chain", { second: true }],
		["another round with the same updates", { laterRound: true }],
		["another order of the updates", { updates: (all) => all.toReversed() }],
		["a set of two of the updates", { minUpdates: 2, updates: (all) => all.slice(0, 2) }],
		["another seat of the member", { reversed: true }],
		[
			"other shares that a hospital committed to",
			{
				updates: (all) =>
					all.map(({ hospital, update: [roundId, bundle, segments, encryption] }) => {
						const shareDigest = encryption.shareDigest + (hospital === 1 ? 1n : 0n);
						return { hospital, update: [roundId, bundle, segments, { ...encryption, shareDigest }] };
					}),
			},
		],
	];

	test("nothing is changed: the same key sum is accepted", async () => {
		const { offer, frozenSetDigest } = await frozenWorld(facts);
		assert.equal(frozenSetDigest, honest[1]);
		assert.equal(await offer(memberOf(0, FIRST), honest), "accepted");
	});

	for (const [what, change] of changes) {
		test(what, async () => {
			const { offer, frozenSetDigest } = await frozenWorld(facts, change);
			const [, named] = honest;
			const member = memberOf(0, FIRST);
			if (frozenSetDigest !== named) {
				assert.equal(refusal(await offer(member, honest, named)), "RoundManager__FrozenSetMismatch");
			}
			assert.equal(refusal(await offer(member, honest)), "RoundManager__KeySumEvaluation");
		});
	}
});
