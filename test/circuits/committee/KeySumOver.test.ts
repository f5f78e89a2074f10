import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shareDigest } from "../../../worker/core/encryption/shareCommitments.ts";
import { ZERO_MASK_COMMITMENT } from "../../../worker/core/keySum/masks.ts";
import { evaluatePolynomial, Fr } from "../../../worker/protocol/field.ts";
import { assertAccepted, assertForgedWitness } from "../../support/circuits/forge.ts";
import {
	type KeySumSize,
	keySumCase,
	keySumCircuitOptions,
	smallKeySum,
} from "../../support/circuits/keySumInstance.ts";
import { assertDetermined } from "../../support/circuits/localUniqueness.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const compiled = (size: KeySumSize) => testCircuit({ ...keySumCircuitOptions(size), optimization: "O2" });

const sum = (elements: readonly bigint[]): bigint => elements.reduce((total, element) => Fr.add(total, element), 0n);

describe("KeySumOver", () => {
	it("outputs what the reference says, for every member and for sets of one to several proofs", async () => {
		const circuit = await compiled(smallKeySum);
		for (const [updates, memberIndex] of [
			[1, 1],
			[2, 2],
			[3, 3],
			[4, 1],
			[7, 2],
		] as const) {
			const { proofs, gamma, values } = keySumCase(smallKeySum, { updates, memberIndex, seed: `set of ${updates}` });
			assert.equal(proofs.length, Math.ceil(updates / smallKeySum.slots));
			for (const { input, publicSignals } of proofs) {
				const witness = await assertAccepted(circuit, input);
				// The witness starts with the public signals in the protocol's order.
				assert.deepEqual(witness.slice(1, 1 + publicSignals.length), publicSignals);
			}
			// What the contract checks of all of them: the masks' chain, and the vector at gamma.
			assert.equal(sum(proofs.map(({ evaluation }) => evaluation)), evaluatePolynomial(values, gamma));
			assert.deepEqual(
				proofs.map(({ input }) => input.maskIn),
				[ZERO_MASK_COMMITMENT, ...proofs.slice(0, -1).map(({ maskOut }) => maskOut)],
			);
			assert.equal(proofs.at(-1)?.maskOut, ZERO_MASK_COMMITMENT);
		}
	});

	it("proves it for the share digests that the encryption's proofs output, in committees of every size", async () => {
		for (const members of [2, 3, 4, 5, 6, 7]) {
			const threshold = Math.floor(members / 2) + 1;
			const size = { ...smallKeySum, members, threshold, slots: 2 };
			const circuit = await compiled(size);
			const { proofs, dealt } = keySumCase(size, { updates: 2, memberIndex: members, seed: `${members} members` });
			const [only] = proofs;
			assert.ok(only !== undefined);
			assert.deepEqual(
				only.input.shareDigests,
				dealt.map(({ outputs }) => outputs.shareDigest),
			);
			const witness = await assertAccepted(circuit, only.input);
			assert.deepEqual(witness.slice(1, 1 + only.publicSignals.length), only.publicSignals);
		}
	});

	it("hides what a proof adds up behind masks that are drawn anew each time", () => {
		const round = { updates: 7, memberIndex: 1, seed: "masks" };
		const { dealings, gamma, proofs } = keySumCase(smallKeySum, round);
		const part = (from: number, to: number) =>
			sum(dealings.slice(from, to).map(({ shares }) => evaluatePolynomial(shares, gamma)));
		const [first, second, third] = proofs.map(({ evaluation }) => evaluation);
		assert.notEqual(first, part(0, 3));
		assert.notEqual(second, part(3, 6));
		assert.notEqual(third, part(6, 7));
		assert.equal(new Set(proofs.map(({ maskOut }) => maskOut)).size, 3);
	});

	it("leaves no signal free in used slots, and in an unused one only what no statement is about", async () => {
		const circuit = await testCircuit(keySumCircuitOptions(smallKeySum));
		const full = keySumCase(smallKeySum, { updates: 3, memberIndex: 2, seed: "mutations" }).proofs[0];
		assert.ok(full !== undefined);
		const all = await circuit.witness(full.input);
		assertEveryMutationCaught(circuit, all);
		assertDetermined(circuit, all);
		const part = keySumCase(smallKeySum, { updates: 2, memberIndex: 2, seed: "mutations" }).proofs[0];
		assert.ok(part !== undefined);
		const some = await circuit.witness(part.input);
		// The inverse of 0: circomlib's IsZero multiplies it by 0.
		const free = ["slot[2].unused.inv"];
		assertEveryMutationCaught(circuit, some, free);
		assertDetermined(circuit, some, free);
	});

	it("adds nothing for an unused slot, whatever its private inputs are", async () => {
		const circuit = await compiled(smallKeySum);
		const [honest] = keySumCase(smallKeySum, { updates: 2, memberIndex: 1, seed: "unused" }).proofs;
		assert.ok(honest !== undefined);
		const { input, evaluation } = honest;
		const filled = {
			...input,
			shares: input.shares.with(2, [1n, 2n, 3n, 4n]),
			blind: input.blind.with(2, 5n),
			context: input.context.with(2, 6n),
			commitments: input.commitments.with(2, [7n, 8n, 9n]),
		};
		assert.equal(circuit.value(await assertAccepted(circuit, filled), "evaluation"), evaluation);
		// Nor does a slot in the middle, if the contract's signals say so.
		const middle = { ...input, shareDigests: input.shareDigests.with(0, 0n) };
		const rest = evaluatePolynomial(input.shares[1] ?? [], input.gamma);
		assert.equal(circuit.value(await assertAccepted(circuit, middle), "evaluation"), rest);
	});

	it("is a proof of one statement only", async () => {
		const circuit = await compiled(smallKeySum);
		const [honest] = keySumCase(smallKeySum, { updates: 3, memberIndex: 2, seed: "statement" }).proofs;
		assert.ok(honest !== undefined);
		const witness = await circuit.witness(honest.input);
		for (const name of ["evaluation", "gamma", "memberIndex", "maskIn", "maskOut"]) {
			assertForgedWitness(circuit, witness, { [name]: (old) => old + 1n });
		}
		const [first = 0n, second = 0n, third = 0n] = honest.input.shareDigests;
		const { context, shareCommitments } = keySumCase(smallKeySum, { updates: 1, memberIndex: 2, seed: "other" })
			.dealings[0] ?? { context: 0n, shareCommitments: [] };
		for (const shareDigests of [
			[second, first, third],
			[first, second, 0n],
			[first, second, second],
			[first, second, shareDigest(context, shareCommitments)],
		]) {
			assertForgedWitness(circuit, witness, { shareDigests });
		}
	});
});
