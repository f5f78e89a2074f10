/** Witnesses in which a dishonest member recomputed everything that follows from its lie: one check each stands in the way. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shareCommitment, shareDigest } from "../../../worker/core/encryption/shareCommitments.ts";
import { maskCommitment } from "../../../worker/core/keySum/masks.ts";
import { Fr } from "../../../worker/protocol/field.ts";
import { dishonestProver, type Edits } from "../../support/circuits/dishonestProver.ts";
import { keySumCase, keySumCircuitOptions, smallKeySum } from "../../support/circuits/keySumInstance.ts";

const MEMBER = 2;
const round = keySumCase(smallKeySum, { updates: 2, memberIndex: MEMBER, seed: "dishonest" });
const honest = round.proofs[0];
assert.ok(honest !== undefined);
const { input, evaluation } = honest;
const [first, second] = round.dealt.map(({ dealings }) => dealings);
const own = first?.[MEMBER - 1];
const other = first?.[MEMBER];
assert.ok(first !== undefined && second !== undefined && own !== undefined && other !== undefined);

const prover = (edits: Edits = {}) => dishonestProver(keySumCircuitOptions(smallKeySum), edits);

/** The check that a slot's shares open the member's commitment, and that its commitments are the digest's. */
const opening = (slot: number) => new RegExp(`slot\\[${slot}\\]\\.chosen.*slot\\[${slot}\\]\\.commitment\\b`);
const digest = (slot: number) => new RegExp(`slot\\[${slot}\\]\\.digest main\\.slot\\[${slot}\\]\\.shareDigest`);

describe("a dishonest member", () => {
	let withoutEdits: ReturnType<typeof prover> | undefined;
	const plainProver = () => {
		withoutEdits ??= prover();
		return withoutEdits;
	};

	/** Asserts that exactly the named checks refuse the witness of a lie, and returns the evaluation it would prove. */
	const refused = async (lie: Partial<typeof input>, checks: readonly RegExp[]): Promise<bigint> => {
		const liar = await plainProver();
		const witness = await liar.witness({ ...input, ...lie });
		const violations = liar.violations(witness).map((signals) => signals.join(" "));
		assert.equal(violations.length, checks.length, violations.join("\n"));
		checks.forEach((check) => {
			assert.ok(
				violations.some((row) => check.test(row)),
				`${check} is not among\n${violations.join("\n")}`,
			);
		});
		return liar.circuit.value(witness, "evaluation");
	};

	it("is an honest one when it tells no lie", async () => {
		assert.equal(await refused({}, []), evaluation);
	});

	it("cannot change a share, not even by consistent commitments of its own", async () => {
		const shares = own.shares.with(0, Fr.add(own.shares[0] ?? 0n, 1n));
		const changed = { shares: input.shares.with(0, shares) };
		assert.equal(await refused(changed, [opening(0)]), Fr.add(evaluation, 1n));
		await refused({ blind: input.blind.with(0, own.blind + 1n) }, [opening(0)]);
		const commitments = own.shareCommitments.with(MEMBER - 1, shareCommitment(shares, own.blind));
		const consistent = { ...changed, commitments: input.commitments.with(0, commitments) };
		await refused(consistent, [digest(0)]);
		// With a digest of its own it is a true statement, about an update that nobody proved to the contract.
		const shareDigests = input.shareDigests.with(0, shareDigest(own.context, commitments));
		await refused({ ...consistent, shareDigests }, []);
	});

	it("cannot use another member's shares, as itself or in that member's place", async () => {
		const theirs = { shares: input.shares.with(0, other.shares), blind: input.blind.with(0, other.blind) };
		await refused(theirs, [opening(0)]);
		const place = { memberIndex: BigInt(MEMBER + 1) };
		await refused(place, [opening(0), opening(1)]);
		await refused({ ...theirs, ...place }, [opening(1)]);
		// All of that member's shares prove that member's key sum. The index is the contract's: the sender's seat.
		const shares = [first, second].map((dealings) => dealings[MEMBER]);
		assert.ok(shares.every((dealing) => dealing !== undefined));
		await refused(
			{
				...place,
				shares: input.shares.map((unused, slot) => shares[slot]?.shares ?? unused),
				blind: input.blind.map((unused, slot) => shares[slot]?.blind ?? unused),
			},
			[],
		);
		// Swapping two members' commitments gives another digest.
		const [a = 0n, b = 0n, c = 0n] = own.shareCommitments;
		const swapped = input.commitments.with(0, [a, c, b]);
		await refused({ ...theirs, commitments: swapped }, [digest(0)]);
	});

	it("cannot be a member that there is not", async () => {
		const selected = /^main\.MemberSelector.*\.out\[0\] .*\.out\[1\] .*\.out\[2\]$/;
		for (const memberIndex of [0n, 4n, -1n]) {
			await refused({ memberIndex }, [selected, opening(0), opening(1)]);
		}
	});

	it("cannot count an update twice, leave one out or take one of another round", async () => {
		const [a, b] = [input.shares[0] ?? [], input.shares[1] ?? []];
		const [blindA = 0n, blindB = 0n] = input.blind;
		await refused({ shares: input.shares.with(0, b).with(1, a) }, [opening(0), opening(1)]);
		const swapped = { shares: input.shares.with(0, b).with(1, a), blind: [blindB, blindA, 0n] };
		await refused(swapped, [opening(0), opening(1)]);
		const twice = { shares: input.shares.with(1, a), blind: [blindA, blindA, 0n] };
		await refused(twice, [opening(1)]);
		const [contextA = 0n] = input.context;
		const copied = {
			...twice,
			context: input.context.with(1, contextA),
			commitments: input.commitments.with(1, own.shareCommitments),
		};
		await refused(copied, [digest(1)]);
		await refused({ shares: input.shares.with(1, [0n, 0n, 0n, 0n]) }, [opening(1)]);
		// The same shares in another round would be under another context.
		await refused({ context: input.context.with(0, contextA + 1n) }, [digest(0)]);
		const past = keySumCase(smallKeySum, { updates: 1, memberIndex: MEMBER, seed: "another round" }).proofs[0];
		assert.ok(past !== undefined);
		const replayed = {
			context: input.context.with(0, past.input.context[0] ?? 0n),
			commitments: input.commitments.with(0, past.input.commitments[0] ?? []),
			shares: input.shares.with(0, past.input.shares[0] ?? []),
			blind: input.blind.with(0, past.input.blind[0] ?? 0n),
		};
		await refused(replayed, [digest(0)]);
	});

	it("cannot shift its sum by a mask that is not the committed one", async () => {
		const shifted = await refused({ maskOutOpening: input.maskOutOpening + 5n }, [/maskOut/]);
		assert.equal(shifted, Fr.add(evaluation, 5n));
		await refused({ maskInOpening: input.maskInOpening + 5n }, [/maskIn/]);
		await refused({ maskInOpening: 5n, maskOutOpening: 5n }, [/maskIn/, /maskOut/]);
		// A mask at the end of the chain is a true statement; the contract asks for the commitment to 0 there.
		const masked = { maskOutOpening: 5n, maskOut: maskCommitment(5n) };
		assert.equal(await refused(masked, []), Fr.add(evaluation, 5n));
	});

	it("cannot tell any of its own lies: each meets its own constraints, and no others", async () => {
		const liar = await prover({
			"circuits/committee/KeySumSlot.circom": [
				// Unused slot 2 counts.
				["value <== used * horner.suffix[0];", "value <== horner.suffix[0];"],
				["horner.point <== point;", "horner.point <== point + shares[0] * 0 + 1;"],
			],
			"circuits/committee/KeySumOver.circom": [
				[
					"slot[i].selected <== selected;",
					"for (var j = 0; j < members; j++) slot[i].selected[j] <== selected[i == 1 ? (j + 1) % members : j];",
				],
				[
					"evaluation <== sum + maskOutOpening - maskInOpening;",
					"evaluation <== sum + maskOutOpening - maskInOpening + 1;",
				],
			],
		});
		const filled = { ...input, shares: input.shares.with(2, [1n, 0n, 0n, 0n]) };
		const witness = await liar.witness(filled);
		const violations = liar.violations(witness).map((signals) => signals.join(" "));
		const lies: Readonly<Record<string, { readonly at: RegExp; readonly constraints: number }>> = {
			"a contribution of an unused slot": { at: /slot\[2\]\.used main\.slot\[2\]\.value/, constraints: 1 },
			"another point": { at: /slot\[\d\]\.horner\.point main\.slot\[\d\]\.point/, constraints: 3 },
			"another member's commitment": {
				at: /main\.selected\[\d\] main\.slot\[1\]\.selected/,
				constraints: 2,
			},
			"which its shares do not open": { at: opening(1), constraints: 1 },
			"another sum": { at: /main\.evaluation/, constraints: 1 },
		};
		const caught = Object.entries(lies).map(([lie, { at }]) => [lie, violations.filter((row) => at.test(row)).length]);
		assert.deepEqual(
			caught,
			Object.entries(lies).map(([lie, { constraints }]) => [lie, constraints]),
			violations.join("\n"),
		);
	});
});
