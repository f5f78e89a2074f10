/** The first half of a synthetic round: its opening, updates with all their proofs, and the members that hold the bundles. */
import { type Address, encodeAbiParameters, type Hex, hexToBigInt, keccak256 } from "viem";
import { decodeBundle, encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { encryptUpdate } from "../../../worker/core/encryption/encryptUpdate.ts";
import { evaluateBundle } from "../../../worker/core/encryption/evaluateBundle.ts";
import { shareDigest as digestOf } from "../../../worker/core/encryption/shareCommitments.ts";
import { committeeKeysDigest } from "../../../worker/protocol/committeeKeysDigest.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { updateContext } from "../../../worker/protocol/context.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { encryptUpdateSignals, trainSegmentSignals } from "../../../worker/protocol/publicSignals.ts";
import { learningRateInteger } from "../../../worker/protocol/study.ts";
import { seededRandomness } from "../seededRandomness.ts";
import { DEPLOYMENT, headerOf, put, timeOf } from "./ledgerWriter.ts";
import { type CurrentModel, HOSPITALS, MEMBERS, STUDY_ID, type SyntheticConsortium } from "./syntheticConsortium.ts";

export const DURATIONS = { submission: 2_400n, checking: 300, attestation: 1_200 } as const;
export type Accepted = {
	readonly hospital: Address;
	readonly bundleDigest: Hex;
	readonly shareDigest: bigint;
	readonly sampleCount: number;
	/** Of the committee's n members, by index 1..n. */
	readonly confirmedBy: Set<number>;
};
export type OpenRound = {
	readonly roundId: bigint;
	readonly base: CurrentModel;
	readonly beacon: number;
	/** Members by their number, 1..4: committee index j is committee[j - 1]. */
	readonly committee: readonly number[];
	/** Live ones; the frozen set, once frozen. */
	accepted: Accepted[];
	expected: number;
	/** Their share keys' secrets at the opening: a member may take a new key during the round. */
	readonly secrets: readonly bigint[];
	keySums: number;
};

export const syntheticSubmissions = (consortium: SyntheticConsortium) => {
	const { seed, random, chain, transaction, blockNumber, study, weightCount, keys } = consortium;
	const { memberSecrets, shareKeyOf, datasets, randomWeights, prove } = consortium;
	const { blocks } = chain;
	const { threshold } = study.committee;

	const contextOf = (roundId: bigint, hospital: Address): bigint => {
		const { chainId } = chain;
		const { roundManager } = DEPLOYMENT;
		return updateContext({ chainId, roundManager, studyId: STUDY_ID, roundId, hospital, profileId: profile.id });
	};

	const memberOf = ({ committee }: OpenRound, index: number): Address =>
		MEMBERS[(committee[index - 1] as number) - 1] as Address;

	/** @param committee numbers of the members, in committee order */
	const openRound = (committee: readonly number[] = [1, 2, 3]): OpenRound => {
		const shareKeys = committee.map(shareKeyOf);
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
					checkingDuration: DURATIONS.checking,
					attestationDuration: DURATIONS.attestation,
					beacon,
					expectedUpdates: HOSPITALS.length,
					committee: committee.map((number) => MEMBERS[number - 1] as Address),
					shareKeys,
				},
			});
		});
		const secrets = committee.map((number) => memberSecrets[number - 1] as bigint);
		return { roundId, base, beacon, committee, secrets, accepted: [], expected: HOSPITALS.length, keySums: 0 };
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
		const shareKeys = round.committee.map(shareKeyOf);
		let commitmentIn = round.base.commitment;
		const segments = Array.from({ length: count }, (_, segment) => {
			const commitmentOut = segment === count - 1 ? commitWeights(weights, salt) : random.element();
			const signals = trainSegmentSignals({
				context,
				datasetRoot: dataset.root,
				batchCount: BigInt(dataset.batchCount),
				beacon: BigInt(round.beacon),
				firstStep: BigInt(segment * study.stepsPerSegment),
				totalSteps: BigInt(totalSteps),
				learningRate: BigInt(learningRateInteger(study.learningRate)),
				commitmentIn,
				commitmentOut,
			});
			commitmentIn = commitmentOut;
			return { segment: BigInt(segment), commitmentOut, proof: prove(keys.train, signals) };
		});
		const { sampleCount } = dataset;
		const randomness = seededRandomness(`${seed} ${roundId} ${hospital}`);
		const encryption = { profile, weights, sampleCount, committeeKeys: shareKeys, threshold, context, randomness };
		const members = round.committee.length;
		const { public: encrypted } = encryptUpdate(encryption);
		const gamma = random.element();
		const { y, y2 } = evaluateBundle(encrypted, gamma);
		const bytes = encodeBundle({ ...encrypted, members, threshold, context }, profile);
		damage?.(bytes);
		const bundleDigest = put(blocks, bytes);
		const shareDigest = digestOf(context, encrypted.shareCommitments);
		const signals = encryptUpdateSignals({
			gamma,
			y,
			y2,
			shareDigest,
			context,
			bundleDigest: contentDigest(bytes).element,
			sampleCount: BigInt(sampleCount),
			weightsCommitment: commitmentIn,
			committeeKeysDigest: committeeKeysDigest(shareKeys),
			baseCommitment: round.base.commitment,
		});
		const proven = { gamma, y, y2, shareDigest, proof: prove(keys.encrypt, signals) };
		transaction((emit) => {
			for (const segment of segments) emit("roundManager", "SegmentProven", { roundId, hospital, ...segment });
			const { root: datasetRoot, batchCount } = dataset;
			const numbers = { context, datasetRoot, batchCount, sampleCount, weightsCommitment: commitmentIn };
			emit("roundManager", "UpdateSubmitted", {
				roundId,
				hospital,
				update: { bundleDigest, ...numbers, encryption: proven },
			});
			round.accepted.push({ hospital, bundleDigest, shareDigest, sampleCount, confirmedBy: new Set() });
			if (round.accepted.length === round.expected) {
				emit("roundManager", "SubmissionsClosed", { roundId, deadline: timeOf(blockNumber() - 1n) });
			}
		});
	};

	/** A member says that it holds the bundles of these hospitals; by default of all. */
	const confirm = (round: OpenRound, memberIndex: number, hospitals?: readonly Address[]): void => {
		const { roundId, accepted } = round;
		const named = hospitals ?? accepted.map(({ hospital }) => hospital);
		const member = memberOf(round, memberIndex);
		transaction((emit) => emit("roundManager", "AvailabilityConfirmed", { roundId, member, hospitals: [...named] }));
		for (const { hospital, confirmedBy } of accepted) if (named.includes(hospital)) confirmedBy.add(memberIndex);
	};

	/** As many members as are needed hold everything that was submitted. */
	const hold = (round: OpenRound): void => {
		for (let memberIndex = 1; memberIndex <= threshold; memberIndex++) confirm(round, memberIndex);
	};

	const bundleOf = (round: OpenRound, hospital: Address, bundleDigest: Hex) => {
		const context = contextOf(round.roundId, hospital);
		const bytes = blocks.get(bundleDigest) as Uint8Array;
		return decodeBundle(bytes, profile, { members: round.committee.length, threshold, context, weightCount });
	};

	return { memberOf, openRound, submit, confirm, hold, bundleOf };
};
