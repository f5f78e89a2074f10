/**
 * A real update, proofs and all, offered where it does not belong. Everything is set up again as it was when the update was accepted, and one fact is
 * changed at a time: without a change, the very same bytes are accepted.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { network } from "hardhat";
import { type Abi, getAddress } from "viem";
import { revertOf } from "../../worker/adapters/chain/errors.ts";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { roundManagerAbi } from "../../worker/protocol/generated/abi.ts";
import {
	type Consortium,
	DURATIONS,
	deployAll,
	deployConsortium,
	digest,
	type Setting,
	walletAt,
} from "../support/contracts/deploy.ts";
import { type AttachedRun, attach, openShareKeys } from "../support/e2e/attach.ts";
import { demoRun } from "../support/e2e/demoRun.ts";
import { type Submission, setBeacon, settingOf, submissionOf } from "../support/e2e/sameWorld.ts";

/** The hospital whose update of round 1 is replayed, by its place in the order of wallets and of acceptance. */
const HOSPITAL = 0;
const OTHER = 1;
const CHAIN_ID = 31337;

let run: AttachedRun;
let setting: Setting;
/** The update as it was accepted in round 1. */
let update: Submission;

before(async () => {
	const demo = await demoRun();
	run = await attach(demo);
	setting = settingOf(run, await openShareKeys(demo, run.study.committee.members));
	update = submissionOf(roundAt(0), HOSPITAL);
});

const roundAt = (index: number) => {
	const round = run.rounds[index];
	assert.ok(round !== undefined, `the run has no round ${index + 1}`);
	return round;
};

type World = Consortium & { readonly offer: (submission?: Submission, hospital?: number) => Promise<string> };

type Change = {
	readonly chainId?: number;
	readonly setting?: Partial<Setting>;
	/** Deploys a first set of contracts, so that the second one's addresses differ. */
	readonly second?: true;
	/** What happens between the enrolment and the update, instead of opening round 1. Returns the round to offer the update to. */
	readonly open?: (consortium: Consortium, connection: Connection) => Promise<bigint>;
	readonly beacon?: number;
};
type Connection = Awaited<ReturnType<typeof network.create>>;

const openRound = async ({ roundManager, committee }: Consortium, studyId = 1n): Promise<bigint> => {
	await roundManager.write.openRound([studyId, committee, DURATIONS]);
	return roundManager.read.roundCount();
};

/** The contract's answer in words: "accepted", or its custom error with the values. */
const answerOf = async (simulated: Promise<unknown>): Promise<string> => {
	try {
		await simulated;
		return "accepted";
	} catch (error) {
		const revert = revertOf(error);
		if (revert === undefined) throw error;
		return `${revert.name}(${revert.args.join(", ")})`;
	}
};

const world = async (change: Change = {}): Promise<World> => {
	const connection = await network.create({ override: { chainId: change.chainId ?? CHAIN_ID } });
	if (change.second === true) await deployAll(connection, setting);
	const consortium = await deployConsortium(connection, { ...setting, ...change.setting });
	const { roundManager, hospitals } = consortium;
	const roundId = await (change.open?.(consortium, connection) ?? openRound(consortium));
	const { beacon: from } = await roundManager.read.roundOf([roundId]);
	const to = change.beacon ?? roundAt(0).opening.beacon;
	await setBeacon(connection, { roundManager: roundManager.address, roundId, from, to });
	assert.equal((await roundManager.read.roundOf([roundId])).beacon, to);
	const offer = ([, ...rest]: Submission = update, hospital = HOSPITAL) => {
		const { account } = walletAt(hospitals, hospital);
		return answerOf(roundManager.simulate.submitUpdate([roundId, ...rest], { account: account.address }));
	};
	return { ...consortium, offer };
};

const REFUSED = "RoundManager__SegmentProofInvalid(0)";
const REFUSED_ENCRYPTION = "RoundManager__EncryptionProofInvalid()";

describe("a real update is refused wherever one fact differs", () => {
	test("no fact differs: the same bytes are accepted, and say what they said in the run", async () => {
		const same = await world();
		const { roundManager, hospitals, publicClient } = same;
		const { account } = walletAt(hospitals, HOSPITAL);
		assert.deepEqual(
			{ roundManager: getAddress(roundManager.address), hospital: getAddress(account.address) },
			{ roundManager: run.connection.deployment.roundManager, hospital: roundAt(0).updates[HOSPITAL]?.hospital },
			"the context is made of these",
		);
		assert.equal(await same.offer(), "accepted");
		await roundManager.write.submitUpdate(update as never, { account });
		const [event] = await publicClient.getContractEvents({
			address: roundManager.address,
			abi: roundManagerAbi as Abi,
			eventName: "UpdateSubmitted",
		});
		const { segments, place, hospital, ...accepted } = roundAt(0).updates[HOSPITAL] ?? assert.fail();
		assert.deepEqual((event as unknown as { args: unknown }).args, { roundId: 1n, hospital, update: accepted });
	});

	const datasetsWith = (index: number, change: Partial<{ root: bigint; batchCount: number }>) =>
		(setting.datasets ?? []).map((dataset, at) => (at === index ? { ...dataset, ...change } : dataset));
	const datasetOf = (index: number) => setting.datasets?.[index] ?? assert.fail();

	/** Each: what differs, how, and the contract's answer. */
	const cases: readonly (readonly [string, () => Change, string])[] = [
		["the chain id", () => ({ chainId: 1337 }), REFUSED],
		["the contract: a second deployment on the same chain", () => ({ second: true }), REFUSED],
		[
			"the round: the next one, from the same model",
			() => ({
				open: async (consortium, { networkHelpers }) => {
					const first = await openRound(consortium);
					await networkHelpers.time.increase(DURATIONS.submission + 1);
					await consortium.roundManager.write.fail([first]);
					return openRound(consortium);
				},
			}),
			REFUSED,
		],
		[
			"the study: a second one of the same contents, with the same hospitals, data and round number",
			() => ({
				open: async (consortium) => {
					const { modelRegistry, hospitalRegistry, hospitals, study } = consortium;
					const { commitment, digest: model } = setting.initialModel ?? assert.fail();
					await modelRegistry.write.createStudy([{ ...study, nameHash: digest("twin") }, commitment, model]);
					for (const [index, { account }] of hospitals.entries()) {
						const { root, batchCount } = datasetOf(index);
						await hospitalRegistry.write.commitDataset([2n, root, batchCount * study.batchSize, batchCount], {
							account,
						});
					}
					return openRound(consortium, 2n);
				},
			}),
			REFUSED,
		],
		["the study's learning rate", () => ({ setting: { study: { ...setting.study, learningRate: 511 } } }), REFUSED],
		["the batch order's beacon", () => ({ beacon: (roundAt(0).opening.beacon + 1) % 2 ** 32 }), REFUSED],
		[
			"the beacon, by a whole turn of the batches",
			() => ({ beacon: (roundAt(0).opening.beacon + datasetOf(HOSPITAL).batchCount) % 2 ** 32 }),
			REFUSED,
		],
		[
			"the data set",
			() => ({ setting: { datasets: datasetsWith(HOSPITAL, { root: datasetOf(OTHER).root }) } }),
			REFUSED,
		],
		[
			"the starting model",
			() => ({ setting: { initialModel: { commitment: 4711n, digest: digest("another model") } } }),
			REFUSED,
		],
		[
			"one committee member's key: the training still holds, the encryption does not",
			() => ({ setting: { shareKeys: (setting.shareKeys ?? []).map((key, index) => (index === 1 ? key + 1n : key)) } }),
			REFUSED_ENCRYPTION,
		],
		[
			"the order of the committee",
			() => ({ setting: { shareKeys: [...(setting.shareKeys ?? [])].reverse() } }),
			REFUSED_ENCRYPTION,
		],
	];
	for (const [fact, change, refusal] of cases) {
		test(fact, async () => {
			const { offer } = await world(change());
			assert.equal(await offer(), refusal);
		});
	}

	test("the number of batches, and of epochs", async () => {
		const { batchCount } = datasetOf(HOSPITAL);
		const { stepsPerSegment } = run.study;
		const segments = Math.ceil(batchCount / stepsPerSegment);
		// Another count with as many segments: only the proof can tell.
		const same = batchCount % stepsPerSegment === 0 ? batchCount - 1 : batchCount + 1;
		const fewer = await world({ setting: { datasets: datasetsWith(HOSPITAL, { batchCount: same }) } });
		assert.equal(await fewer.offer(), REFUSED);
		const longer = await world({ setting: { study: { ...setting.study, epochs: 2 } } });
		const required = Math.ceil((2 * batchCount) / stepsPerSegment);
		assert.equal(await longer.offer(), `RoundManager__SegmentCount(${segments}, ${required})`);
	});

	test("the hospital: another one that committed to the same data", async () => {
		const copied = await world({ setting: { datasets: datasetsWith(OTHER, datasetOf(HOSPITAL)) } });
		assert.equal(await copied.offer(update, OTHER), REFUSED);
		assert.equal(await copied.offer(update, HOSPITAL), "accepted");
	});
});

describe("a real update is refused with any part of it changed", () => {
	test("proofs, commitments, evaluation and bundle", async () => {
		const { offer } = await world();
		const other = submissionOf(roundAt(0), OTHER);
		const [roundId, bundleDigest, segments, encryption] = update;
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
			[
				"the commitment to the trained weights",
				withSegment(last, { commitmentOut: 1n }),
				`RoundManager__SegmentProofInvalid(${last})`,
			],
			["gamma", withEncryption({ gamma: encryption.gamma + 1n }), REFUSED_ENCRYPTION],
			["the ciphertext's value", withEncryption({ y: encryption.y + 1n }), REFUSED_ENCRYPTION],
			["the shares' value", withEncryption({ y2: encryption.y2 + 1n }), REFUSED_ENCRYPTION],
			// The same field elements, written differently.
			["gamma + r", withEncryption({ gamma: encryption.gamma + FIELD_ORDER }), REFUSED_ENCRYPTION],
			["the ciphertext's value + r", withEncryption({ y: encryption.y + FIELD_ORDER }), REFUSED_ENCRYPTION],
			["a commitment + r", withSegment(0, { commitmentOut: first.commitmentOut + FIELD_ORDER }), REFUSED],
			["the bundle", [roundId, other[1], segments, encryption], REFUSED_ENCRYPTION],
			["another hospital's encryption", [roundId, other[1], segments, other[3]], REFUSED_ENCRYPTION],
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
		const { offer } = await world();
		const [roundId, bundleDigest, segments, encryption] = update;
		const changeWord = (proof: Submission[3]["proof"], word: number) =>
			proof.map((value, index) => (index === word ? value + 1n : value)) as unknown as typeof proof;
		for (let word = 0; word < 8; word++) {
			const [first, ...rest] = segments;
			assert.ok(first !== undefined);
			const training = [{ ...first, proof: changeWord(first.proof, word) }, ...rest];
			assert.equal(await offer([roundId, bundleDigest, training, encryption]), REFUSED);
			const proof = changeWord(encryption.proof, word);
			assert.equal(await offer([roundId, bundleDigest, segments, { ...encryption, proof }]), REFUSED_ENCRYPTION);
		}
	});
});

describe("in the run itself", () => {
	/** The contract's answer to the update in the state before a block. */
	const answerBefore = (block: bigint, args: Submission, hospital: number) => {
		const { client, deployment } = run.connection;
		const account = roundAt(0).updates[hospital]?.hospital ?? assert.fail();
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
			roundAt(round).updates[hospital]?.place.blockNumber ?? assert.fail();
		assert.equal(await answerBefore(placeOf(0, HOSPITAL), update, HOSPITAL), "accepted");
		const { hospital } = roundAt(0).updates[HOSPITAL] ?? assert.fail();
		assert.equal(
			await answerBefore(placeOf(0, HOSPITAL) + 1n, update, HOSPITAL),
			`RoundManager__AlreadySubmitted(1, ${hospital})`,
		);
		for (let later = 1; later < run.rounds.length; later++) {
			const replayed = submissionOf(roundAt(0), HOSPITAL, roundAt(later).roundId);
			assert.equal(await answerBefore(placeOf(later, HOSPITAL), replayed, HOSPITAL), REFUSED);
			const own = submissionOf(roundAt(later), HOSPITAL);
			assert.equal(await answerBefore(placeOf(later, HOSPITAL), own, HOSPITAL), "accepted");
		}
		const latest = await run.connection.client.getBlockNumber();
		assert.match(await answerBefore(latest + 1n, update, HOSPITAL), /^RoundManager__WrongPhase\(1, /);
	});
});
