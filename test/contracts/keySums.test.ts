import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { toHex } from "viem";
import { evaluatePolynomial, FIELD_ORDER, Fr } from "../../worker/protocol/field.ts";
import { keySumGamma } from "../../worker/protocol/keySumGamma.ts";
import {
	ANSWER,
	type Consortium,
	confirmAll,
	DURATIONS,
	deployFrozenRound,
	deployOpenRound,
	digest,
	keySumArgs,
	signalsHash,
	submitUpdates,
	walletAt,
	ZERO_MASK,
} from "../support/contracts/deploy.ts";
import {
	deployProvenRound,
	freezeProven,
	type KeySumStatement,
	keySumStatement,
	proveKeySum,
	submitProven,
} from "../support/contracts/provenRound.ts";
import { PHASE, roundActions } from "../support/contracts/roundActions.ts";

describe("RoundManager.postKeySum", async () => {
	const connection = await network.create();
	const { assertions } = connection.viem;
	const { loadFixture, time } = connection.networkHelpers;
	const errorWith = assertions.revertWithCustomErrorWithArgs;

	const { phaseOf, deadlineOf, postKeySum, attest } = roundActions(time);
	type Args = Readonly<Awaited<ReturnType<typeof proveKeySum>>>;
	const post = ({ roundManager, members }: Consortium, index: number, args: Args) =>
		roundManager.write.postKeySum(args, { account: walletAt(members, index).account });

	describe("a proven round", () => {
		/** Five updates in proofs of four slots: two chained proofs. */
		const deployProvenFrozen = async () => {
			const consortium = await deployProvenRound(connection, [1, 1, 1, 1, 1]);
			await freezeProven(consortium);
			return consortium;
		};
		const proofInvalid = async (consortium: Consortium, index: number, args: Args) =>
			errorWith(post(consortium, index, args), consortium.roundManager, "RoundManager__KeySumProofInvalid", []);

		it("takes the sum of the shares from each member, and opens at the t-th", async () => {
			const consortium = await loadFixture(deployProvenFrozen);
			const { roundManager, members } = consortium;
			for (const index of [2, 0, 1]) {
				const args = await proveKeySum(consortium, await keySumStatement(consortium, index));
				const hash = await post(consortium, index, args);
				const [, , values, proofs] = args;
				assert.equal(proofs.length, 2);
				await assertions.emitWithArgs(hash, roundManager, "KeySumPosted", [
					1n,
					(member: string) => member.toLowerCase() === walletAt(members, index).account.address,
					index + 1,
					values,
					(given: unknown) => JSON.stringify(given, text) === JSON.stringify(proofs, text),
				]);
				assert.equal(await phaseOf(consortium), index === 2 ? PHASE.Frozen : PHASE.Opened);
			}
		});

		it("refuses a vector that is not the proven one", async () => {
			const consortium = await loadFixture(deployProvenFrozen);
			const { roundManager } = consortium;
			const [roundId, digest, values, proofs] = await proveKeySum(consortium, await keySumStatement(consortium, 0));
			// Another vector has another gamma, so the evaluations can at best be made to fit; the proof can not.
			const changed = values.with(17, Fr.add(values[17] as bigint, 1n));
			await assertions.revertWithCustomError(
				post(consortium, 0, [roundId, digest, changed, proofs]),
				roundManager,
				"RoundManager__KeySumEvaluation",
			);
			const gamma = keySumGamma({
				chainId: 31337,
				roundManager: roundManager.address,
				...{ roundId, frozenSetDigest: digest, memberIndex: 1, values: changed },
			});
			const [first, second] = proofs as unknown as readonly [(typeof proofs)[number], (typeof proofs)[number]];
			const fitting = Fr.sub(evaluatePolynomial(changed, gamma), first.evaluation);
			await proofInvalid(consortium, 0, [roundId, digest, changed, [first, { ...second, evaluation: fitting }]]);
		});

		it("refuses a proof with any word changed, chained otherwise, or of parts in another order", async () => {
			const consortium = await loadFixture(deployProvenFrozen);
			const [roundId, digest, values, proofs] = await proveKeySum(consortium, await keySumStatement(consortium, 0));
			const [first, second] = proofs as unknown as readonly [(typeof proofs)[number], (typeof proofs)[number]];
			const send = (...changed: readonly (typeof first)[]) =>
				proofInvalid(consortium, 0, [roundId, digest, values, changed]);
			await send({ ...first, proof: second.proof }, second);
			await send(first, { ...second, proof: first.proof });
			await send({ ...first, maskOut: first.maskOut ^ 1n }, second);
			await send({ ...first, maskOut: ZERO_MASK }, second);
			const moved = { ...first, evaluation: Fr.add(first.evaluation, 1n) };
			await send(moved, { ...second, evaluation: Fr.sub(second.evaluation, 1n) });
			// As if the evaluation were another number of the same class.
			await send({ ...first, evaluation: first.evaluation + FIELD_ORDER }, second);
			await send({ ...second, maskOut: first.maskOut }, { ...first, maskOut: second.maskOut });
			await errorWith(
				post(consortium, 0, [roundId, digest, values, [first, { ...second, maskOut: first.maskOut }]]),
				consortium.roundManager,
				"RoundManager__KeySumMask",
				[first.maskOut, ZERO_MASK],
			);
			await post(consortium, 0, [roundId, digest, values, proofs]);
		});

		it("refuses proofs of another statement", async () => {
			const consortium = await loadFixture(deployProvenFrozen);
			const own = await keySumStatement(consortium, 0);
			const statements: Readonly<Record<string, Partial<KeySumStatement>>> = {
				"the set in another order": { shareDigests: own.shareDigests.toReversed() },
				"a set with one update changed": { shareDigests: own.shareDigests.with(3, 5n) },
				"a set with an update left out": { shareDigests: own.shareDigests.with(4, 0n) },
				"masks that begin elsewhere": { firstMask: 77n },
			};
			for (const [what, change] of Object.entries(statements)) {
				const args = await proveKeySum(consortium, { ...own, ...change });
				await assert.doesNotReject(proofInvalid(consortium, 0, args), what);
			}
			const unmasked = await proveKeySum(consortium, { ...own, lastMask: 78n });
			await errorWith(post(consortium, 0, unmasked), consortium.roundManager, "RoundManager__KeySumMask", [
				78n,
				ZERO_MASK,
			]);
		});

		it("refuses another member's proofs, and those for another set or round", async () => {
			const consortium = await loadFixture(deployProvenFrozen);
			const { roundManager } = consortium;
			const own = await keySumStatement(consortium, 0);
			const args = await proveKeySum(consortium, own);
			// The member's index is in gamma, too.
			await assertions.revertWithCustomError(post(consortium, 1, args), roundManager, "RoundManager__KeySumEvaluation");
			for (const change of [{ roundId: 2n }, { frozenSetDigest: digest("another set") }] as const) {
				const [, , values, proofs] = await proveKeySum(consortium, { ...own, ...change });
				await assertions.revertWithCustomError(
					post(consortium, 0, [1n, own.frozenSetDigest, values, proofs]),
					roundManager,
					"RoundManager__KeySumEvaluation",
				);
			}
			const other = digest("the set of another branch");
			await errorWith(
				post(consortium, 0, await proveKeySum(consortium, { ...own, frozenSetDigest: other })),
				roundManager,
				"RoundManager__FrozenSetMismatch",
				[1n, other, own.frozenSetDigest],
			);
			await post(consortium, 0, args);
		});

		it("covers the frozen set only: not what was left out", async () => {
			const consortium = await loadFixture(async function fourOfFive() {
				const made = await deployProvenRound(connection, [1, 1, 1, 1, 1]);
				await submitProven(made);
				const updates = [];
				for (const [position, { hospital }] of (await made.roundManager.read.acceptedOf([1n])).entries()) {
					const { bundleDigest } = await made.roundManager.read.updateOf([1n, hospital]);
					if (position !== 1) updates.push({ position, bundleDigest });
				}
				for (const { account } of made.members.slice(0, 2)) {
					await made.roundManager.write.confirmAvailability([1n, updates], { account });
				}
				return made;
			});
			const { roundManager } = consortium;
			const { shareDigest } = await roundManager.read.updateOf([1n, walletAt(consortium.hospitals, 1).account.address]);
			await time.setNextBlockTimestamp((await deadlineOf(consortium)) + BigInt(DURATIONS.checking) + 1n);
			await roundManager.write.freeze([1n]);
			const own = await keySumStatement(consortium, 0);
			assert.equal(own.shareDigests.length, 4);
			assert.ok(!own.shareDigests.includes(shareDigest));
			await proofInvalid(
				consortium,
				0,
				await proveKeySum(consortium, { ...own, shareDigests: own.shareDigests.with(1, shareDigest) }),
			);
			await post(consortium, 0, await proveKeySum(consortium, own));
		});
	});

	it("verifies exactly these signals, an unused slot being 0", async () => {
		const consortium = await loadFixture(deployFrozenRound);
		const { roundManager, keySumVerifier, hospitals } = consortium;
		await keySumVerifier.write.setAnswer([ANSWER.AcceptExpected]);
		const args = await keySumArgs(consortium, 1);
		const [roundId, frozenSetDigest, values, proofs] = args;
		await errorWith(post(consortium, 1, args), roundManager, "RoundManager__KeySumProofInvalid", []);
		const gamma = keySumGamma({
			chainId: 31337,
			roundManager: roundManager.address,
			...{ roundId, frozenSetDigest, memberIndex: 2, values },
		});
		const shareDigests = [];
		for (const { account } of hospitals) {
			shareDigests.push((await roundManager.read.updateOf([1n, account.address])).shareDigest);
		}
		const [first, second] = proofs as unknown as readonly [(typeof proofs)[number], (typeof proofs)[number]];
		const [a, b, c] = shareDigests as [bigint, bigint, bigint];
		const signals = [
			...[first.evaluation, gamma, 2n, ZERO_MASK, first.maskOut, a, b],
			...[second.evaluation, gamma, 2n, first.maskOut, ZERO_MASK, c, 0n],
		];
		await keySumVerifier.write.expect([signalsHash(signals)]);
		await post(consortium, 1, args);
	});

	it("refuses another number of values or proofs, and values that are no field elements", async () => {
		const consortium = await loadFixture(deployFrozenRound);
		const { roundManager } = consortium;
		const [roundId, frozenSetDigest, values, proofs] = await keySumArgs(consortium, 0);
		for (const wrong of [[], values.slice(1), [...values, 0n]]) {
			await errorWith(
				post(consortium, 0, [roundId, frozenSetDigest, wrong, proofs]),
				roundManager,
				"RoundManager__KeySumLength",
				[BigInt(wrong.length), 108n],
			);
		}
		for (const wrong of [[], proofs.slice(1), [...proofs, ...proofs.slice(1)]]) {
			await errorWith(
				post(consortium, 0, [roundId, frozenSetDigest, values, wrong]),
				roundManager,
				"RoundManager__KeySumProofCount",
				[BigInt(wrong.length), 2n],
			);
		}
		for (const [at, value] of [
			[0, FIELD_ORDER],
			[107, (values[107] as bigint) + FIELD_ORDER],
			[50, 2n ** 256n - 1n],
		] as const) {
			await errorWith(
				post(consortium, 0, [roundId, frozenSetDigest, values.with(at, value), proofs]),
				roundManager,
				"RoundManager__NotFieldElement",
				[value],
			);
		}
	});

	it("opens the round at the t-th key sum and lets the others still post", async () => {
		const consortium = await loadFixture(deployFrozenRound);
		const { roundManager } = consortium;
		await postKeySum(consortium, 2);
		assert.equal(await phaseOf(consortium), PHASE.Frozen);
		// There is no deadline: members may come back after any time.
		await time.increase(400 * 24 * 3600);
		const hash = await postKeySum(consortium, 0);
		assert.equal(await phaseOf(consortium), PHASE.Opened);
		const openedAt = BigInt(await time.latest());
		await assertions.emitWithArgs(hash, roundManager, "KeySumsCompleted", [
			1n,
			openedAt + BigInt(DURATIONS.attestation),
		]);
		await time.increase(400 * 24 * 3600);
		await postKeySum(consortium, 1);
		const round = await roundManager.read.roundOf([1n]);
		assert.equal(round.keySumCount, 3);
		assert.equal(round.phase, PHASE.Opened);
		assert.equal(BigInt(round.enteredAt), openedAt);
		const completed = await roundManager.getEvents.KeySumsCompleted({}, { fromBlock: 0n });
		assert.equal(completed.length, 1);
	});

	it("is refused before freezing, after finalizing, twice, and from others than the committee", async () => {
		const consortium = await loadFixture(deployOpenRound);
		const { roundManager, stranger, members } = consortium;
		await errorWith(postKeySum(consortium, 0), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Open]);
		await submitUpdates(consortium);
		await confirmAll(consortium);
		await roundManager.write.freeze([1n]);
		const { account } = walletAt(members, 0);
		await errorWith(
			roundManager.write.postKeySum(await keySumArgs(consortium, 0), { account: stranger.account }),
			roundManager,
			"RoundManager__NotOnCommittee",
			[1n, stranger.account.address],
		);
		await postKeySum(consortium, 0);
		await errorWith(postKeySum(consortium, 0), roundManager, "RoundManager__AlreadyPosted", [1n, account.address]);
		await postKeySum(consortium, 1);
		await errorWith(postKeySum(consortium, 1), roundManager, "RoundManager__AlreadyPosted", [
			1n,
			walletAt(members, 1).account.address,
		]);
		await attest(consortium, 0);
		await attest(consortium, 1);
		await errorWith(postKeySum(consortium, 2), roundManager, "RoundManager__WrongPhase", [1n, PHASE.Finalized]);
	});
});

/** JSON of bigints. */
const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? toHex(value) : value);
