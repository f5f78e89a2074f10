/** Rounds of a synthetic consortium, in every way that a round can go. */
import { type Address, encodeAbiParameters, type Hex, hexToBigInt, keccak256 } from "viem";
import { aggregateRound } from "../../../worker/core/aggregation/aggregateRound.ts";
import { plainSumAndDecrypt } from "../../../worker/core/aggregation/sumAndDecrypt.ts";
import { decodeBundle, encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { encodeKeySum } from "../../../worker/core/codecs/keySum.ts";
import { decryptShares } from "../../../worker/core/encryption/decryptShares.ts";
import { encryptUpdate } from "../../../worker/core/encryption/encryptUpdate.ts";
import { evaluateBundle } from "../../../worker/core/encryption/evaluateBundle.ts";
import { FAILURE_REASONS, type FailureReason } from "../../../worker/core/ledger/state.ts";
import { committeeKeysDigest } from "../../../worker/protocol/committeeKeysDigest.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { updateContext } from "../../../worker/protocol/context.ts";
import { Fr } from "../../../worker/protocol/field.ts";
import { frozenSetDigest } from "../../../worker/protocol/frozenSetDigest.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { learningRateInteger } from "../../../worker/protocol/study.ts";
import { seededRandomness } from "../seededRandomness.ts";
import { DEPLOYMENT, headerOf, put, timeOf } from "./ledgerWriter.ts";
import { type CurrentModel, HOSPITALS, MEMBERS, STUDY_ID, type SyntheticConsortium } from "./syntheticConsortium.ts";

const DURATIONS = { submission: 2_400n, opening: 600, attestation: 1_200 } as const;
/** Blocks after which every deadline has passed. */
export const LATER = 400n;

type Accepted = { readonly hospital: Address; readonly bundleDigest: Hex; readonly sampleCount: number };
export type OpenRound = {
	readonly roundId: bigint;
	readonly base: CurrentModel;
	readonly beacon: number;
	accepted: Accepted[];
	keySums: number;
};

export const syntheticRounds = (consortium: SyntheticConsortium) => {
	const { seed, random, chain, transaction, blockNumber, study, weightCount, keys } = consortium;
	const { memberSecrets, shareKeys, datasets, randomWeights, prove, publishModel, appendModel } = consortium;
	const { blocks } = chain;
	const { threshold } = study.committee;
	const shares = new Map<string, readonly bigint[]>();

	const contextOf = (roundId: bigint, hospital: Address): bigint => {
		const { chainId } = chain;
		const { roundManager } = DEPLOYMENT;
		return updateContext({ chainId, roundManager, studyId: STUDY_ID, roundId, hospital, profileId: profile.id });
	};

	const openRound = (): OpenRound => {
		const roundId = chain.counts.rounds + 1n;
		const base = consortium.currentModel();
		const at = blockNumber();
		const { parentHash, prevRandao } = headerOf(at);
		const parameters = [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }] as const;
		const entropy = keccak256(encodeAbiParameters(parameters, [parentHash, prevRandao, roundId]));
		const beacon = Number(hexToBigInt(entropy) % 2n ** 32n);
		transaction((emit) => {
			emit("roundManager", "RoundOpened", {
				roundId,
				studyId: STUDY_ID,
				baseModelId: base.modelId,
				opening: {
					baseCommitment: base.commitment,
					baseDigest: base.digest,
					committeeKeysDigest: committeeKeysDigest(shareKeys),
					openedAtBlock: at,
					deadline: timeOf(at) + DURATIONS.submission,
					openingDuration: DURATIONS.opening,
					attestationDuration: DURATIONS.attestation,
					beacon,
					expectedUpdates: HOSPITALS.length,
					committee: MEMBERS,
					shareKeys,
				},
			});
		});
		return { roundId, base, beacon, accepted: [], keySums: 0 };
	};

	/** @param damage changes the bundle's bytes after they were proven (the digest stays that of the damaged ones) */
	const submit = (round: OpenRound, hospital: Address, damage?: (bytes: Uint8Array) => void): void => {
		const dataset = datasets.get(hospital);
		if (dataset === undefined) throw new RangeError(`no data set of ${hospital}`);
		const { roundId } = round;
		const context = contextOf(roundId, hospital);
		const weights = randomWeights();
		const salt = random.element();
		const totalSteps = study.epochs * dataset.batchCount;
		const count = Math.ceil(totalSteps / study.stepsPerSegment);
		let commitmentIn = round.base.commitment;
		const segments = Array.from({ length: count }, (_, segment) => {
			const commitmentOut = segment === count - 1 ? commitWeights(weights, salt) : random.element();
			const numbers = [dataset.batchCount, round.beacon, segment * study.stepsPerSegment, totalSteps];
			const rate = learningRateInteger(study.learningRate);
			const signals = [context, dataset.root, ...[...numbers, rate].map(BigInt), commitmentIn, commitmentOut];
			commitmentIn = commitmentOut;
			return { segment: BigInt(segment), commitmentOut, proof: prove(keys.train, signals) };
		});
		const { sampleCount } = dataset;
		const randomness = seededRandomness(`${seed} ${roundId} ${hospital}`);
		const encryption = { profile, weights, sampleCount, committeeKeys: shareKeys, threshold, context, randomness };
		const members = MEMBERS.length;
		const { public: encrypted } = encryptUpdate(encryption);
		const gamma = random.element();
		const { y, y2 } = evaluateBundle(encrypted, gamma);
		const bytes = encodeBundle({ ...encrypted, members, threshold, context }, profile);
		damage?.(bytes);
		const bundleDigest = put(blocks, bytes);
		const { element } = contentDigest(bytes);
		const keysDigest = committeeKeysDigest(shareKeys);
		const signals = [gamma, y, y2, context, element, BigInt(sampleCount), commitmentIn, keysDigest];
		const proven = { gamma, y, y2, proof: prove(keys.encrypt, signals) };
		transaction((emit) => {
			for (const segment of segments) emit("roundManager", "SegmentProven", { roundId, hospital, ...segment });
			const { root: datasetRoot, batchCount } = dataset;
			const numbers = { context, datasetRoot, batchCount, sampleCount, weightsCommitment: commitmentIn };
			emit("roundManager", "UpdateSubmitted", {
				roundId,
				hospital,
				update: { bundleDigest, ...numbers, encryption: proven },
			});
		});
		round.accepted.push({ hospital, bundleDigest, sampleCount });
	};

	const setOf = ({ roundId, accepted }: OpenRound) => {
		const hospitals = accepted.map(({ hospital }) => hospital);
		const bundleDigests = accepted.map(({ bundleDigest }) => bundleDigest);
		return { hospitals, bundleDigests, frozenSetDigest: frozenSetDigest(roundId, hospitals, bundleDigests) };
	};

	const bundleOf = (round: OpenRound, hospital: Address, bundleDigest: Hex) => {
		const context = contextOf(round.roundId, hospital);
		const bytes = blocks.get(bundleDigest) as Uint8Array;
		return decodeBundle(bytes, profile, { members: MEMBERS.length, threshold, context });
	};

	const freeze = (round: OpenRound, skip?: bigint): void =>
		transaction((emit) => {
			const deadline = timeOf(blockNumber() - 1n) + BigInt(DURATIONS.opening);
			emit("roundManager", "RoundFrozen", { roundId: round.roundId, deadline, ...setOf(round) });
		}, skip);

	/** The key sum's values of a member, 1..n. */
	const keySumOf = (round: OpenRound, memberIndex: number): readonly bigint[] => {
		const key = `${round.roundId}/${memberIndex}`;
		const known = shares.get(key);
		if (known !== undefined) return known;
		const sum = round.accepted
			.map(({ hospital, bundleDigest }) => {
				const { encryptedShares, ephemeralKey, context } = bundleOf(round, hospital, bundleDigest);
				const secret = memberSecrets[memberIndex - 1] as bigint;
				const encrypted = encryptedShares[memberIndex - 1] as readonly bigint[];
				return decryptShares(secret, memberIndex, ephemeralKey, encrypted, context);
			})
			.reduce((total, own) => total.map((value, index) => Fr.add(value, own[index] as bigint)));
		shares.set(key, sum);
		return sum;
	};

	/** @param lie added to the first value */
	const postKeySum = (round: OpenRound, memberIndex: number, lie = 0n): void => {
		const { frozenSetDigest: digest } = setOf(round);
		const roundId = Number(round.roundId);
		const values = keySumOf(round, memberIndex).map((value, index) => (index === 0 ? Fr.add(value, lie) : value));
		const object = encodeKeySum({ memberIndex, roundId, frozenSetDigest: digest, values }, profile);
		const keySumDigest = put(blocks, object);
		transaction((emit) => {
			const member = MEMBERS[memberIndex - 1] as Address;
			emit("roundManager", "KeySumPosted", { roundId: round.roundId, member, index: memberIndex, keySumDigest });
			if (++round.keySums !== threshold) return;
			const deadline = timeOf(blockNumber() - 1n) + BigInt(DURATIONS.attestation);
			emit("roundManager", "KeySumsCompleted", { roundId: round.roundId, deadline });
		});
	};

	const recompute = (round: OpenRound): readonly number[] =>
		aggregateRound({
			profile,
			weightCount,
			updates: round.accepted.map(({ hospital, bundleDigest, sampleCount }) => ({
				sampleCount,
				ciphertext: bundleOf(round, hospital, bundleDigest).ciphertext,
			})),
			keySums: [1, 2].map((memberIndex) => ({ memberIndex, values: keySumOf(round, memberIndex) })),
			threshold,
			memberCount: MEMBERS.length,
			decrypt: plainSumAndDecrypt(profile),
		}).weights;

	/** The t-th attestation finalizes, so the first t - 1 may be to other weights. */
	const attest = (round: OpenRound, memberIndex: number, weights = recompute(round)): void => {
		const { roundId } = round;
		const model = publishModel(weights);
		const attested = { modelCommitment: model.commitment, modelDigest: model.digest };
		const member = MEMBERS[memberIndex - 1] as Address;
		const equal = chain.events.filter(
			({ name, args }) =>
				name === "ModelAttested" && args.roundId === roundId && args.modelCommitment === model.commitment,
		).length;
		transaction((emit) => {
			emit("roundManager", "ModelAttested", { roundId, member, ...attested });
			if (equal + 1 !== threshold) return;
			const appended = appendModel(roundId, model);
			emit("modelRegistry", "ModelAppended", appended);
			const finalized = { roundId, studyId: STUDY_ID, modelId: appended.modelId, ...attested };
			emit("roundManager", "RoundFinalized", finalized);
		});
	};

	/** The contract removes the update and bars its hospital; a frozen round fails. */
	const challenge = (round: OpenRound, hospital: Address): void => {
		const { roundId } = round;
		const challenged = round.accepted.find((update) => update.hospital === hospital) as Accepted;
		const isFrozen = chain.events.some(({ name, args }) => name === "RoundFrozen" && args.roundId === roundId);
		transaction((emit) => {
			if (isFrozen) {
				const reason = FAILURE_REASONS.indexOf("InconsistentUpdate");
				emit("roundManager", "RoundFailed", { roundId, studyId: STUDY_ID, reason });
			} else {
				const { sampleCount } = challenged;
				emit("roundManager", "UpdateRemoved", { roundId, hospital, sampleCount });
				round.accepted = round.accepted.filter((update) => update !== challenged);
			}
			emit("hospitalRegistry", "HospitalRemoved", { hospital });
			emit("hospitalRegistry", "HospitalBarred", { hospital });
		});
	};

	/** After every deadline. */
	const fail = ({ roundId }: OpenRound, reason: FailureReason): void =>
		transaction((emit) => {
			const index = FAILURE_REASONS.indexOf(reason);
			emit("roundManager", "RoundFailed", { roundId, studyId: STUDY_ID, reason: index });
		}, LATER);

	return { openRound, submit, freeze, postKeySum, recompute, attest, challenge, fail };
};
