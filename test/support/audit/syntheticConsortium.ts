/**
 * A consortium whose every cryptographic object is true except that nothing was trained: real encryptions, shares, key sums, models and
 * commitments, and Groth16 proofs simulated with the keys' trapdoors (test/support/simulatedGroth16.ts), which every verifier accepts.
 */
import { type Address, type Hex, keccak256, stringToBytes } from "viem";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { encodeStudy } from "../../../worker/core/codecs/study.ts";
import { encodeVerificationKey } from "../../../worker/core/codecs/verificationKey.ts";
import type { SolidityProof } from "../../../worker/core/ledger/state.ts";
import type { GlobalModel } from "../../../worker/core/serverOptimizer/serverStep.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { publicKeyOf } from "../../../worker/protocol/babyJubJub.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import {
	ENCRYPT_UPDATE_SIGNALS,
	keySumSignalCount,
	TRAIN_SEGMENT_SIGNALS,
} from "../../../worker/protocol/publicSignals.ts";
import {
	architectureOf,
	learningRateInteger,
	type ServerOptimizer,
	type Study,
} from "../../../worker/protocol/study.ts";
import { randomRing } from "../randomRing.ts";
import { type SimulatedKey, simulatedPhase1 } from "../simulatedGroth16.ts";
import { loadStudy } from "../wdbc.ts";
import { address, DEPLOYMENT, ledgerWriter, proofKey, put } from "./ledgerWriter.ts";

export const STUDY_ID = 1n;
export const HOSPITALS = ["A", "B", "C"].map((name) => address(`hospital ${name}`)) as [Address, Address, Address];
/** All that may sit on a committee; enrolled are the first three. */
export const MEMBERS = ["1", "2", "3", "4"].map((name) => address(`member ${name}`)) as [
	Address,
	Address,
	Address,
	Address,
];
const ENROLLED = MEMBERS.slice(0, 3);
/** Batches of the hospitals' data sets: 2, 1 and 1 segments of 5 steps. */
const BATCH_COUNTS = [7, 4, 5] as const;

/** Three updates take two proofs. */
export const KEY_SUM_SLOTS = 2;

export type CurrentModel = { readonly modelId: bigint; readonly commitment: bigint; readonly digest: Hex };

/** The study's keys with their trapdoors. */
export const simulatedKeys = (seed: string) => {
	const { key } = simulatedPhase1(seed);
	return {
		train: key("train", TRAIN_SEGMENT_SIGNALS.length),
		encrypt: key("encrypt", ENCRYPT_UPDATE_SIGNALS.length),
		keySum: key("key sum", keySumSignalCount(KEY_SUM_SLOTS)),
	};
};

/**
 * @param seed of all keys, weights and randomness
 * @param options.base whose network and rows the study has; by default the embedded one
 * @param options.minUpdates by default all three
 */
export const syntheticConsortium = (
	seed: string,
	{
		base = loadStudy(),
		minUpdates = HOSPITALS.length,
		serverOptimizer = { kind: "fedavg" },
	}: { readonly base?: Study; readonly minUpdates?: number; readonly serverOptimizer?: ServerOptimizer } = {},
) => {
	const random = randomRing(seed);
	const { chain, transaction, blockNumber } = ledgerWriter();
	const { blocks } = chain;
	// Fixed where the hospitals' numbers of segments depend on it.
	const study = {
		...base,
		batchSize: 8 as const,
		epochs: 1,
		stepsPerSegment: 5,
		keySumSlots: KEY_SUM_SLOTS,
		minUpdates,
		serverOptimizer,
	};
	const { weightCount } = architectureOf(study);
	const { threshold } = study.committee;
	const keys = simulatedKeys(seed);
	/** By member, in the order of MEMBERS; the present one of each. */
	const memberSecrets = MEMBERS.map(() => 1n + random.belowBig(1n << 250n));
	const shareKeyOf = (member: number) => publicKeyOf(memberSecrets[member - 1] as bigint);
	const datasets = new Map(
		HOSPITALS.map((hospital, index) => {
			const batchCount = BATCH_COUNTS[index] as number;
			return [hospital, { root: random.element(), sampleCount: batchCount * study.batchSize, batchCount }];
		}),
	);
	let current: CurrentModel = { modelId: 0n, commitment: 0n, digest: "0x" };
	/** By digest. */
	const published = new Map<Hex, GlobalModel>();

	const randomWeights = () => Array.from({ length: weightCount }, () => random.within(-(2 ** 17), 2 ** 17));
	const prove = (key: SimulatedKey, signals: readonly bigint[]): SolidityProof => {
		const proof = key.prove(signals);
		chain.validProofs.add(proofKey(key.verificationKey, signals, proof));
		return proof;
	};
	const publishModel = (model: GlobalModel) => {
		const digest = put(blocks, encodeModel(model.weights, model.state));
		published.set(digest, model);
		return { commitment: commitWeights(model.weights, 0n), digest };
	};
	const appendModel = (roundId: bigint, model: { readonly commitment: bigint; readonly digest: Hex }) => {
		const parent = current.modelId;
		current = { modelId: chain.counts.models + 1n, ...model };
		return { studyId: STUDY_ID, roundId, parent, ...current };
	};

	const link = (): void => {
		for (const source of ["modelRegistry", "hospitalRegistry"] as const) {
			transaction((emit) => emit(source, "RoundManagerSet", { roundManager: DEPLOYMENT.roundManager }));
		}
	};

	const createStudy = (): void => {
		const nameHash = keccak256(stringToBytes(study.name));
		const parameters = {
			nameHash,
			definitionDigest: put(blocks, encodeStudy(study)),
			updateVerifier: address("update verifier"),
			learningRate: learningRateInteger(study.learningRate),
			batchSize: study.batchSize,
			stepsPerSegment: study.stepsPerSegment,
			epochs: study.epochs,
			datasetDepth: study.datasetDepth,
			members: study.committee.members,
			threshold,
			minUpdates: study.minUpdates,
			keySumVerifier: address("key sum verifier"),
			keySumSlots: study.keySumSlots,
			weightCount,
			profileId: profile.id,
			minSamples: study.minSamples,
			minBatches: study.minBatches,
		};
		const hashOf = ({ verificationKey }: SimulatedKey): Hex => put(blocks, encodeVerificationKey(verificationKey));
		const hashes = {
			trainVkHash: hashOf(keys.train),
			encryptVkHash: hashOf(keys.encrypt),
			keySumVkHash: hashOf(keys.keySum),
		};
		const place = { chainId: chain.chainId, roundManager: DEPLOYMENT.roundManager };
		transaction((emit) => {
			emit("modelRegistry", "StudyCreated", {
				studyId: STUDY_ID,
				nameHash,
				study: { parameters, ...hashes },
			});
			emit(
				"modelRegistry",
				"ModelAppended",
				appendModel(0n, publishModel({ weights: initialWeights(study, place), state: [] })),
			);
		});
	};

	const commitDataset = (hospital: Address): void => {
		const dataset = datasets.get(hospital);
		if (dataset === undefined) throw new RangeError(`no data set of ${hospital}`);
		transaction((emit) => {
			const registeredAt = blockNumber() - 1n;
			emit("hospitalRegistry", "DatasetCommitted", { studyId: STUDY_ID, hospital, ...dataset, registeredAt });
		});
	};

	const enroll = (): void => {
		for (const hospital of HOSPITALS) {
			transaction((emit) => emit("hospitalRegistry", "HospitalAdmitted", { hospital }));
			commitDataset(hospital);
		}
		ENROLLED.forEach((member, index) => {
			transaction((emit) => emit("hospitalRegistry", "MemberAdmitted", { member }));
			transaction((emit) => emit("hospitalRegistry", "ShareKeyRegistered", { member, ...shareKeyOf(index + 1) }));
		});
	};

	/** Member 4 takes part from now on, member 1 not any more, and member 2 has a new share key. */
	const rotate = (): void => {
		transaction((emit) => emit("hospitalRegistry", "MemberRemoved", { member: MEMBERS[0] }));
		transaction((emit) => emit("hospitalRegistry", "MemberAdmitted", { member: MEMBERS[3] }));
		memberSecrets[1] = 1n + random.belowBig(1n << 250n);
		for (const number of [2, 4]) {
			const member = MEMBERS[number - 1] as Address;
			transaction((emit) => emit("hospitalRegistry", "ShareKeyRegistered", { member, ...shareKeyOf(number) }));
		}
	};

	/** After a bar: the coordinator lifts it, and the hospital commits to its data again. */
	const readmit = (hospital: Address): void => {
		transaction((emit) => {
			emit("hospitalRegistry", "HospitalBarLifted", { hospital });
			emit("hospitalRegistry", "HospitalAdmitted", { hospital });
		});
		commitDataset(hospital);
	};

	return {
		seed,
		random,
		chain,
		transaction,
		blockNumber,
		study,
		weightCount,
		keys,
		memberSecrets,
		shareKeyOf,
		datasets,
		randomWeights,
		prove,
		publishModel,
		appendModel,
		currentModel: () => current,
		modelOf: ({ digest }: { readonly digest: Hex }) => published.get(digest),
		link,
		createStudy,
		enroll,
		readmit,
		rotate,
	};
};

export type SyntheticConsortium = ReturnType<typeof syntheticConsortium>;
