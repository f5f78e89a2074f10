import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { keySumProofCount } from "../../../worker/core/keySum/chunks.ts";
import { keySumCircuitInputs } from "../../../worker/core/keySum/circuitInputs.ts";
import { keySumValues } from "../../../worker/core/keySum/keySumValues.ts";
import { maskCommitment, ZERO_MASK_COMMITMENT } from "../../../worker/core/keySum/masks.ts";
import {
	type KeySumClaim,
	type KeySumStatement,
	verifyKeySumStatement,
} from "../../../worker/core/keySum/verifyKeySumStatement.ts";
import { evaluatePolynomial, FIELD_ORDER, Fr } from "../../../worker/protocol/field.ts";
import { keySumGamma } from "../../../worker/protocol/keySumGamma.ts";
import { keySumPlace, syntheticDealings } from "../../support/keySumInstance.ts";
import { randomRing } from "../../support/randomRing.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import { seededRandomness } from "../../support/seededRandomness.ts";

const SLOTS = 16;
const MEMBER = 2;
const dealings = syntheticDealings("statement", { updates: 64 });
const values = keySumValues(dealings.map(({ shares }) => shares));
const place = { ...keySumPlace, memberIndex: MEMBER };
const gamma = keySumGamma({ ...place, values });
const proofs = keySumCircuitInputs({
	gamma,
	memberIndex: MEMBER,
	slots: SLOTS,
	dealings,
	randomness: seededRandomness("statement masks"),
});
const claims: readonly KeySumClaim[] = proofs.map(({ evaluation, maskOut }) => ({ evaluation, maskOut }));
const statement: KeySumStatement = {
	...place,
	shareDigests: proofs.flatMap(({ input }) => input.shareDigests),
	slots: SLOTS,
	keyElements: values.length,
};
/** Every statement that has a proof is one of these: the proofs are sound and their shares are fixed by the digests. */
const proven = new Set(proofs.map(({ publicSignals }) => publicSignals.join()));

const word = (value: bigint): string => value.toString(16).padStart(64, "0");

/** Accepted by the contract's rule: the statement passes and each proof holds for the signals that it gives. */
const accepted = (
	posted: readonly bigint[],
	postedClaims: readonly KeySumClaim[],
	changes: Partial<KeySumStatement> = {},
): boolean => {
	try {
		const signals = verifyKeySumStatement(posted, postedClaims, { ...statement, ...changes });
		return signals.every((each) => proven.has(each.join()));
	} catch (error) {
		assert.equal((error as { code?: string }).code, "KEY_SUM_MALFORMED");
		return false;
	}
};

test("gamma is keccak256 over the ABI encoding of place, member and vector, mod r", () => {
	const { chainId, roundManager, roundId, frozenSetDigest } = place;
	const encoded = [
		word(BigInt(chainId)),
		word(BigInt(roundManager)),
		word(roundId),
		frozenSetDigest.slice(2),
		word(BigInt(MEMBER)),
		word(6n * 32n),
		word(BigInt(values.length)),
		...values.map(word),
	].join("");
	assert.equal(gamma, BigInt(`0x${bytesToHex(keccak_256(hexToBytes(encoded)))}`) % FIELD_ORDER);
});

test("an honest key sum over 64 updates passes, with the public signals of its four proofs", () => {
	const signals = verifyKeySumStatement(values, claims, statement);
	assert.deepEqual(
		signals,
		proofs.map(({ publicSignals }) => publicSignals),
	);
	assert.equal(signals[0]?.length, 5 + SLOTS);
	assert.deepEqual(
		[1, 4, 5, 64].map((updates) => keySumProofCount(updates, 4)),
		[1, 1, 2, 16],
	);
	assert.ok(accepted(values, claims));
});

test("a false vector is accepted never: not with the true claims, nor when it agrees with the true one at the old gamma", () => {
	const random = randomRing("false vectors");
	const raised = (k: number, by: bigint) => values.with(k, Fr.add(values[k] as bigint, by));
	for (const [k] of values.entries()) {
		for (const by of [1n, FIELD_ORDER - 1n, random.element()]) assert.ok(!accepted(raised(k, by), claims));
		// X^k (X - gamma) vanishes at gamma, but the vector that it gives has another gamma.
		if (k + 1 === values.length) continue;
		const agreeing = raised(k, Fr.neg(gamma)).with(k + 1, Fr.add(values[k + 1] as bigint, 1n));
		assert.equal(evaluatePolynomial(agreeing, gamma), evaluatePolynomial(values, gamma));
		assert.ok(!accepted(agreeing, claims));
	}
	assert.ok(!accepted(values.toReversed(), claims));
	assert.ok(
		!accepted(
			values.map(() => 0n),
			claims,
		),
	);
	for (let run = 0; run < 50; run++)
		assert.ok(
			!accepted(
				values.map(() => random.element()),
				claims,
			),
		);
});

test("evaluations made to fit a false vector are not what the proofs say", () => {
	const random = randomRing("fitted");
	const [first, ...others] = claims;
	assert.ok(first !== undefined);
	for (let run = 0; run < 20; run++) {
		const forged = values.with(0, random.element());
		const target = evaluatePolynomial(forged, keySumGamma({ ...place, values: forged }));
		const rest = others.reduce((sum, { evaluation }) => Fr.add(sum, evaluation), 0n);
		const fitted = [{ ...first, evaluation: Fr.sub(target, rest) }, ...others];
		assert.doesNotThrow(() => verifyKeySumStatement(forged, fitted, statement));
		assert.ok(!accepted(forged, fitted));
	}
});

test("evaluations and masks changed, moved between proofs, swapped or left open are refused by the statement or by a proof", () => {
	const changed = (index: number, change: Partial<KeySumClaim>): readonly KeySumClaim[] =>
		claims.map((claim, at) => (at === index ? { ...claim, ...change } : claim));
	const evaluationOf = (index: number): bigint => claims[index]?.evaluation as bigint;
	for (const index of claims.keys()) {
		assert.ok(!accepted(values, changed(index, { evaluation: Fr.add(evaluationOf(index), 1n) })));
		assert.ok(!accepted(values, changed(index, { maskOut: maskCommitment(BigInt(index + 1)) })));
	}
	// The sum is the same: only the proofs can tell.
	const moved = changed(0, { evaluation: Fr.add(evaluationOf(0), 5n) }).with(1, {
		maskOut: claims[1]?.maskOut as bigint,
		evaluation: Fr.sub(evaluationOf(1), 5n),
	});
	assert.doesNotThrow(() => verifyKeySumStatement(values, moved, statement));
	assert.ok(!accepted(values, moved));
	assert.ok(
		!accepted(
			values,
			[1, 0, 2, 3].map((index) => claims[index] as KeySumClaim),
		),
	);
	const [open] = proofs.map(({ maskOut }) => maskOut);
	const unclosed = throwsWithCode(
		() => verifyKeySumStatement(values, changed(3, { maskOut: open as bigint }), statement),
		"KEY_SUM_MALFORMED",
	);
	assert.match(unclosed.message, /last mask/);
	// A first proof that begins with a mask would need it as a claim: there is no such claim, so nothing can be hidden there.
	assert.equal(verifyKeySumStatement(values, claims, statement)[0]?.[3], ZERO_MASK_COMMITMENT);
});

test("a key sum of another member, set, round, contract or chain, or over other updates, is refused", () => {
	const { shareDigests } = statement;
	const [one, two] = [shareDigests[0] as bigint, shareDigests[1] as bigint];
	for (const changes of [
		{ memberIndex: 1 },
		{ frozenSetDigest: `0x${"5f".repeat(32)}` },
		{ roundId: 8n },
		{ roundManager: "0x00000000000000000000000000000000000000ab" },
		{ chainId: 1337 },
		{ shareDigests: shareDigests.with(0, two).with(1, one) },
		{ shareDigests: shareDigests.with(63, 1n) },
		{ shareDigests: shareDigests.slice(1) },
		{ shareDigests: [...shareDigests, 1n] },
	] satisfies Partial<KeySumStatement>[]) {
		assert.ok(!accepted(values, claims, changes), JSON.stringify(Object.keys(changes)));
	}
});

test("wrong lengths, numbers that are not canonical and an empty set are coded errors", () => {
	const refused = (posted: readonly bigint[], postedClaims: readonly KeySumClaim[], changes = {}) =>
		throwsWithCode(
			() => verifyKeySumStatement(posted, postedClaims, { ...statement, ...changes }),
			"KEY_SUM_MALFORMED",
		);
	refused(values.slice(1), claims);
	refused([...values, 0n], claims);
	refused(values, claims.slice(1));
	refused(values, [...claims, { evaluation: 0n, maskOut: ZERO_MASK_COMMITMENT }]);
	refused(values, [], { shareDigests: [] });
	refused(values.with(0, (values[0] as bigint) + FIELD_ORDER), claims);
	refused(values.with(0, -1n), claims);
	for (const change of [{ evaluation: FIELD_ORDER }, { evaluation: -1n }, { maskOut: FIELD_ORDER }]) {
		refused(values, claims.with(0, { ...(claims[0] as KeySumClaim), ...change }));
	}
	// The contract's constants.
	for (const slots of [0, 17]) {
		assert.throws(() => verifyKeySumStatement(values, claims, { ...statement, slots }), RangeError);
	}
});
