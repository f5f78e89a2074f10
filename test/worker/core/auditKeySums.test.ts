/** Tampering with key sums: as a node could, and as a committee could that knows the proving keys' trapdoor. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak256, toHex } from "viem";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { forgeKeySum, type Lie } from "../../support/audit/forgery.ts";
import { address } from "../../support/audit/ledgerWriter.ts";
import { auditChain, eventOf, notOk } from "../../support/audit/runAudit.ts";
import { MEMBERS, syntheticConsortium } from "../../support/audit/syntheticConsortium.ts";
import {
	finalizedChain,
	frozenRound,
	show,
	type Tampering,
	testTamperings,
	UNDECRYPTABLE,
	UNOPENED,
	updateOf,
} from "../../support/audit/tampering.ts";

const SEED = "tampering";
const chain = finalizedChain(SEED);
const [first] = MEMBERS;
const posted = (changed: typeof chain, nth = 0) => eventOf(changed, "KeySumPosted", nth).args;
const { values } = posted(chain);
const raised = (value: bigint, by: bigint): bigint => value + by;

/** The contract would have refused it before it looked at the proofs. */
const refused = (name: string, tamper: Tampering["tamper"]): Tampering => ({
	name,
	tamper,
	id: "round.keySum.statement",
	code: "KEY_SUM_MALFORMED",
	place: { roundId: "1", member: first },
	affected: ["round.keySum.statement", "round.keySum.proof", ...UNOPENED],
});

const unproven = (name: string, keySumProof: number, tamper: Tampering["tamper"]): Tampering => ({
	name,
	tamper,
	id: "round.keySum.proof",
	code: "PROOF_INVALID",
	place: { roundId: "1", member: first, keySumProof },
	affected: ["round.keySum.proof", ...UNOPENED],
});

const forged = (name: string, lie: Lie): Tampering =>
	refused(`${name}, with valid proofs`, (changed) => forgeKeySum(changed, SEED, 0, lie));

testTamperings(chain, [
	refused("one value of a key sum", (changed) => {
		posted(changed).values[3] = raised(values[3] as bigint, 1n);
	}),
	refused("one evaluation", (changed) => {
		const [proof] = posted(changed).proofs;
		assert.ok(proof);
		proof.evaluation += 1n;
	}),
	refused("a key sum without its last proof", (changed) => {
		posted(changed).proofs.pop();
	}),
	refused("a key sum with a proof too many", (changed) => {
		const { proofs } = posted(changed);
		proofs.push(structuredClone(proofs[1]) as (typeof proofs)[number]);
	}),
	forged("a value too few", { values: values.slice(0, -1) }),
	forged("a value too many, which is 0", { values: [...values, 0n] }),
	forged("a value that is not below the field order", {
		values: values.map((value, index) => (index === 5 ? raised(value, FIELD_ORDER) : value)),
	}),
	refused("a key sum over a part of the set, with valid proofs", (changed) => {
		const shareDigests = [0, 1].map((nth) => updateOf(changed, nth).encryption.shareDigest);
		forgeKeySum(changed, SEED, 0, { shareDigests });
	}),
	forged("a mask that is left over", { lastMask: 7n }),
	forged("evaluations that add up to something else", { excess: 1n }),
	forged("a key sum for another frozen set", { frozenSetDigest: keccak256(toHex("another set")) }),
	forged("a key sum for another round", { roundId: 2n }),
	forged("a key sum of another member", { memberIndex: 3 }),
	unproven("two evaluations with the same sum", 0, (changed) => {
		const [one, other] = posted(changed).proofs;
		assert.ok(one && other);
		one.evaluation += 1n;
		other.evaluation -= 1n;
	}),
	unproven("the mask between two proofs", 0, (changed) => {
		const [proof] = posted(changed).proofs;
		assert.ok(proof);
		proof.maskOut += 1n;
	}),
	unproven("one coordinate of a key sum's second proof", 1, (changed) => {
		const proof = posted(changed).proofs[1]?.proof;
		assert.ok(proof);
		proof[0] += 1n;
	}),
	unproven("a key sum over another order of the updates, with valid proofs", 0, (changed) => {
		const shareDigests = [2, 1, 0].map((nth) => updateOf(changed, nth).encryption.shareDigest);
		forgeKeySum(changed, SEED, 0, { shareDigests });
	}),
	{
		name: "a false key sum, where only t were posted, with valid proofs",
		tamper: (changed) => {
			forgeKeySum(changed, SEED, 1, {
				values: posted(changed, 1).values.map((value, index) => (index === 0 ? raised(value, 1n) : value)),
			});
		},
		id: "round.aggregate",
		code: "DECRYPTION_INCONSISTENT",
		place: { roundId: "1" },
		affected: [...UNDECRYPTABLE],
	},
	{
		name: "a key sum by somebody who is not on the committee",
		tamper: (changed) => {
			posted(changed).member = address("stranger");
		},
		id: "round.keySum.member",
		code: "AUDIT_MISMATCH",
		place: { member: address("stranger") },
		affected: ["round.keySum.member", ...UNOPENED],
	},
	{
		name: "a key sum at another member's index",
		tamper: (changed) => {
			posted(changed).index = 3;
		},
		id: "round.keySum.member",
		code: "AUDIT_MISMATCH",
		place: { member: first },
		affected: ["round.keySum.member", "round.keySum.statement", "round.keySum.proof", ...UNOPENED],
	},
]);

test("a false third key sum with valid proofs disagrees with the others", async () => {
	const consortium = syntheticConsortium(SEED);
	const { round, postKeySum } = frozenRound(consortium);
	for (const member of [1, 2, 3]) postKeySum(round, member);
	assert.equal(show(notOk(await auditChain(consortium.chain))), "");
	forgeKeySum(consortium.chain, SEED, 2, {
		values: posted(consortium.chain, 2).values.map((value, index) => (index === 107 ? raised(value, 1n) : value)),
	});
	const [found] = notOk(await auditChain(consortium.chain));
	assert.deepEqual(
		[found?.id, found?.code, found?.status],
		["round.keySum.agreement", "KEY_SUM_INCONSISTENT", "failed"],
	);
});
