/**
 * A real update, proofs and all, offered where it does not belong. Everything is set up again as it was when the update was accepted, and one fact is
 * changed at a time: without a change, the very same bytes are accepted.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Abi, getAddress } from "viem";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { roundManagerAbi } from "../../worker/protocol/generated/abi.ts";
import { walletAt } from "../support/contracts/deploy.ts";
import { changedFacts, datasetAt, datasetsWith } from "../support/e2e/changedFacts.ts";
import { demoRun } from "../support/e2e/demoRun.ts";
import {
	answerOf,
	type Facts,
	factsOf,
	HOSPITAL,
	OTHER,
	REFUSED,
	roundAt,
	type Submission,
	submissionOf,
	world,
} from "../support/e2e/sameWorld.ts";

let facts: Facts;

before(async () => {
	facts = await factsOf(await demoRun());
});

describe("a real update is refused wherever one fact differs", () => {
	test("no fact differs: the same bytes are accepted, and say what they said in the run", async () => {
		const { run, update } = facts;
		const { roundManager, hospitals, publicClient, offer } = await world(facts);
		const { account } = walletAt(hospitals, HOSPITAL);
		const { segments, place, hospital, position, confirmedBy, ...accepted } =
			roundAt(run, 0).updates[HOSPITAL] ?? assert.fail();
		assert.deepEqual(
			[getAddress(roundManager.address), getAddress(account.address)],
			[run.connection.deployment.roundManager, hospital],
			"the context is made of these",
		);
		assert.equal(await offer(), "accepted");
		await roundManager.write.submitUpdate(update as never, { account });
		const [event] = await publicClient.getContractEvents({
			address: roundManager.address,
			abi: roundManagerAbi as Abi,
			eventName: "UpdateSubmitted",
		});
		assert.deepEqual((event as unknown as { args: unknown }).args, { roundId: 1n, hospital, update: accepted });
	});

	for (const { fact, change, answer } of changedFacts) {
		test(fact, async () => {
			const { offer } = await world(facts, change(facts));
			assert.equal(await offer(), answer);
		});
	}

	test("the number of batches, and of epochs", async () => {
		const { batchCount } = datasetAt(facts, HOSPITAL);
		const { study } = facts.setting;
		const { stepsPerSegment } = facts.run.study;
		const segments = Math.ceil(batchCount / stepsPerSegment);
		// Another count with as many segments: only the proof can tell.
		const same = batchCount % stepsPerSegment === 0 ? batchCount - 1 : batchCount + 1;
		const fewer = await world(facts, { setting: { datasets: datasetsWith(facts, HOSPITAL, { batchCount: same }) } });
		assert.equal(await fewer.offer(), REFUSED);
		const longer = await world(facts, { setting: { study: { ...study, epochs: 2 } } });
		const required = Math.ceil((2 * batchCount) / stepsPerSegment);
		assert.equal(await longer.offer(), `RoundManager__SegmentCount(${segments}, ${required})`);
	});

	test("the hospital: another one that committed to the same data", async () => {
		const copied = await world(facts, {
			setting: { datasets: datasetsWith(facts, OTHER, datasetAt(facts, HOSPITAL)) },
		});
		assert.equal(await copied.offer(facts.update, OTHER), REFUSED);
		assert.equal(await copied.offer(facts.update, HOSPITAL), "accepted");
	});
});

describe("a real update is refused with any part of it changed", () => {
	test("proofs, commitments, evaluation and bundle", async () => {
		const { offer } = await world(facts);
		const other = submissionOf(roundAt(facts.run, 0), OTHER);
		const [roundId, bundleDigest, segments, encryption] = facts.update;
		const last = segments.length - 1;
		const withSegment = (index: number, change: Partial<(typeof segments)[number]>): Submission => [
			roundId,
			bundleDigest,
			segments.map((segment, at) => (at === index ? { ...segment, ...change } : segment)),
			encryption,
		];
		const withEncryption = (change: Partial<typeof encryption>): Submission => [
			roundId,
			bundleDigest,
			segments,
			{ ...encryption, ...change },
		];
		const [first, second] = [segments[0] ?? assert.fail(), segments[1] ?? assert.fail()];
		const changed: readonly (readonly [string, Submission, string])[] = [
			["the proof of another segment", withSegment(0, { proof: second.proof }), REFUSED],
			[
				"the proof of another hospital's segment",
				withSegment(0, { proof: other[2][0]?.proof ?? first.proof }),
				REFUSED,
			],
			["the commitment between two segments", withSegment(0, { commitmentOut: first.commitmentOut + 1n }), REFUSED],
			["the commitment to the trained weights", withSegment(last, { commitmentOut: 1n }), REFUSED],
			["gamma", withEncryption({ gamma: encryption.gamma + 1n }), REFUSED],
			["the ciphertext's value", withEncryption({ y: encryption.y + 1n }), REFUSED],
			["the shares' value", withEncryption({ y2: encryption.y2 + 1n }), REFUSED],
			["the share digest", withEncryption({ shareDigest: encryption.shareDigest + 1n }), REFUSED],
			// The same field elements, written differently.
			["gamma + r", withEncryption({ gamma: encryption.gamma + FIELD_ORDER }), REFUSED],
			["the ciphertext's value + r", withEncryption({ y: encryption.y + FIELD_ORDER }), REFUSED],
			["a commitment + r", withSegment(0, { commitmentOut: first.commitmentOut + FIELD_ORDER }), REFUSED],
			["the bundle", [roundId, other[1], segments, encryption], REFUSED],
			["another hospital's encryption", [roundId, other[1], segments, other[3]], REFUSED],
			[
				"a segment left out",
				[roundId, bundleDigest, segments.slice(0, last), encryption],
				`RoundManager__SegmentCount(${last}, ${last + 1})`,
			],
		];
		const answers: string[] = [];
		for (const [what, submission] of changed) answers.push(`${what}: ${await offer(submission)}`);
		assert.deepEqual(
			answers,
			changed.map(([what, , refusal]) => `${what}: ${refusal}`),
		);
		assert.equal(await offer(), "accepted");
	});

	test("every word of a proof", async () => {
		const { offer } = await world(facts);
		const [roundId, bundleDigest, segments, encryption] = facts.update;
		const changeWord = (proof: Submission[3]["proof"], word: number) =>
			proof.map((value, index) => (index === word ? value + 1n : value)) as unknown as typeof proof;
		for (let word = 0; word < 8; word++) {
			const [first, ...rest] = segments;
			assert.ok(first !== undefined);
			const training = [{ ...first, proof: changeWord(first.proof, word) }, ...rest];
			assert.equal(await offer([roundId, bundleDigest, training, encryption]), REFUSED);
			const proof = changeWord(encryption.proof, word);
			assert.equal(await offer([roundId, bundleDigest, segments, { ...encryption, proof }]), REFUSED);
		}
	});
});

describe("in the run itself", () => {
	/** The contract's answer to the update in the state before a block. */
	const answerBefore = (block: bigint, args: Submission, hospital: number) => {
		const { client, deployment } = facts.run.connection;
		const account = roundAt(facts.run, 0).updates[hospital]?.hospital ?? assert.fail();
		return answerOf(
			client.simulateContract({
				address: deployment.roundManager,
				abi: roundManagerAbi as Abi,
				functionName: "submitUpdate",
				args: [...args],
				account,
				blockNumber: block - 1n,
			}),
		);
	};

	test("accepted in its place, and after that neither again nor in any later round", async () => {
		const placeOf = (round: number, hospital: number) =>
			roundAt(facts.run, round).updates[hospital]?.place.blockNumber ?? assert.fail();
		assert.equal(await answerBefore(placeOf(0, HOSPITAL), facts.update, HOSPITAL), "accepted");
		const { hospital } = roundAt(facts.run, 0).updates[HOSPITAL] ?? assert.fail();
		assert.equal(
			await answerBefore(placeOf(0, HOSPITAL) + 1n, facts.update, HOSPITAL),
			`RoundManager__AlreadySubmitted(1, ${hospital})`,
		);
		for (let later = 1; later < facts.run.rounds.length; later++) {
			const replayed = submissionOf(roundAt(facts.run, 0), HOSPITAL, roundAt(facts.run, later).roundId);
			assert.equal(await answerBefore(placeOf(later, HOSPITAL), replayed, HOSPITAL), REFUSED);
			const own = submissionOf(roundAt(facts.run, later), HOSPITAL);
			assert.equal(await answerBefore(placeOf(later, HOSPITAL), own, HOSPITAL), "accepted");
		}
		const latest = await facts.run.connection.client.getBlockNumber();
		assert.match(await answerBefore(latest + 1n, facts.update, HOSPITAL), /^RoundManager__WrongPhase\(1, /);
	});
});
