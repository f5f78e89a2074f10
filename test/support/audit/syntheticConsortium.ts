/**
 * A consortium whose every cryptographic object is true except that nothing was trained: real encryptions, shares, key sums, models and
 * commitments, and Groth16 proofs simulated with the keys' trapdoors (test/support/simulatedGroth16.ts), which every verifier accepts.
 */
import { type Address, type Hex, keccak256, stringToBytes } from "viem";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { encodeVerificationKey } from "../../../worker/core/codecs/verificationKey.ts";
import type { SolidityProof } from "../../../worker/core/ledger/state.ts";
import { publicKeyOf } from "../../../worker/protocol/babyJubJub.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { architectureOf, learningRateInteger } from "../../../worker/protocol/study.ts";
import { randomRing } from "../randomRing.ts";
import { type SimulatedKey, simulatedKey } from "../simulatedGroth16.ts";
import { loadStudy } from "../wdbc.ts";
import { address, DEPLOYMENT, ledgerWriter, proofKey, put } from "./ledgerWriter.ts";

export const STUDY_ID = 1n;
export const HOSPITALS = ["A", "B", "C"].map((name) => address(`hospital ${name}`)) as [Address, Address, Address];
export const MEMBERS = ["1", "2", "3"].map((name) => address(`member ${name}`)) as [Address, Address, Address];
/** Batches of the hospitals' data sets: 2, 1 and 1 segments of 5 steps. */
const BATCH_COUNTS = [7, 4, 5] as const;

export type CurrentModel = { readonly modelId: bigint; readonly commitment: bigint; readonly digest: Hex };

/** @param seed of all keys, weights and randomness */
export const syntheticConsortium = (seed: string) => {
	const random = randomRing(seed);
	const { chain, transaction, blockNumber } = ledgerWriter();
	const { blocks } = chain;
	// Fixed where the hospitals' numbers of segments depend on it.
	const study = { ...loadStudy(), batchSize: 8 as const, epochs: 1, stepsPerSegment: 5 };
	const { weightCount } = architectureOf(study);
	const { threshold } = study.committee;
	const trainKey = simulatedKey(`${seed} train`, 9);
	const encryptKey = simulatedKey(`${seed} encrypt`, 8);
	const memberSecrets = MEMBERS.map(() => 1n + random.belowBig(1n << 250n));
	const shareKeys = memberSecrets.map(publicKeyOf);
	const datasets = new Map(
		HOSPITALS.map((hospital, index) => {
			const batchCount = BATCH_COUNTS[index] as number;
			return [hospital, { root: random.element(), sampleCount: batchCount * study.batchSize, batchCount }];
		}),
	);
	let current: CurrentModel = { modelId: 0n, commitment: 0n, digest: "0x" };

	const randomWeights = () => Array.from({ length: weightCount }, () => random.within(-(2 ** 17), 2 ** 17));
	const prove = (key: SimulatedKey, signals: readonly bigint[]): SolidityProof => {
		const proof = key.prove(signals);
		chain.validProofs.add(proofKey(key.verificationKey, signals, proof));
		return proof;
	};
	const publishModel = (weights: readonly number[]) => ({
		commitment: commitWeights(weights, 0n),
		digest: put(blocks, encodeModel(weights)),
	});
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
			definitionDigest: put(blocks, new TextEncoder().encode(JSON.stringify(study))),
			trainVerifier: address("train verifier"),
			learningRate: learningRateInteger(study.learningRate),
			batchSize: study.batchSize,
			encryptVerifier: address("encrypt verifier"),
			stepsPerSegment: study.stepsPerSegment,
			epochs: study.epochs,
			datasetDepth: study.datasetDepth,
			members: study.committee.members,
			threshold,
			minUpdates: study.minUpdates,
			weightCount,
			profileId: profile.id,
		};
		const trainVkHash = put(blocks, encodeVerificationKey(trainKey.verificationKey));
		const encryptVkHash = put(blocks, encodeVerificationKey(encryptKey.verificationKey));
		transaction((emit) => {
			emit("modelRegistry", "StudyCreated", {
				studyId: STUDY_ID,
				nameHash,
				study: { parameters, trainVkHash, encryptVkHash },
			});
			emit("modelRegistry", "ModelAppended", appendModel(0n, publishModel(randomWeights())));
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
		MEMBERS.forEach((member, index) => {
			transaction((emit) => emit("hospitalRegistry", "MemberAdmitted", { member }));
			const key = shareKeys[index] as { x: bigint; y: bigint };
			transaction((emit) => emit("hospitalRegistry", "ShareKeyRegistered", { member, ...key }));
		});
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
		keys: { train: trainKey, encrypt: encryptKey },
		memberSecrets,
		shareKeys,
		datasets,
		randomWeights,
		prove,
		publishModel,
		appendModel,
		currentModel: () => current,
		link,
		createStudy,
		enroll,
		readmit,
	};
};

export type SyntheticConsortium = ReturnType<typeof syntheticConsortium>;
