/** Events of a small consortium, written by hand: cheap made-up values, for decisions that look at states and times alone. */
import { type Address, keccak256, toHex } from "viem";
import { FAILURE_REASONS } from "../../worker/core/ledger/state.ts";
import { frozenSetDigest } from "../../worker/protocol/frozenSetDigest.ts";
import { address, ledgerWriter, timeOf } from "./audit/ledgerWriter.ts";

export const HOSPITALS = ["A", "B", "C", "D"].map((name) => address(`hospital ${name}`)) as [
	Address,
	Address,
	Address,
	Address,
];
export const MEMBERS = ["1", "2", "3"].map((name) => address(`member ${name}`)) as [Address, Address, Address];
export const DURATIONS = { submission: 1000n, checking: 400n, attestation: 250n } as const;
export const STUDY_ID = 1n;
export const MIN_UPDATES = 2;

export const digestOf = (label: string) => keccak256(toHex(label));
export const shareKeyOf = (member: Address, generation = 0) => ({ x: BigInt(member), y: BigInt(generation) });
export const rootOf = (hospital: Address) => BigInt(hospital) >> 8n;
const SHARE_DIGEST = 4n;
const proof = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n] as const;

/** Writes events one transaction a block. */
export const roundEvents = () => {
	const { chain, transaction, blockNumber } = ledgerWriter();
	const accepted: { hospital: Address; bundleDigest: `0x${string}` }[] = [];
	let deadline = 0n;
	let rounds = 0n;
	const now = (): bigint => timeOf(blockNumber());

	return {
		chain,
		transaction,
		blockNumber,
		events: chain.events,
		/** Last second of the submissions; once Opened, of the members' own time. */
		deadline: () => deadline,
		accepted,
		createStudy: () =>
			transaction((emit) => {
				const parameters = {
					nameHash: digestOf("study"),
					definitionDigest: digestOf("definition"),
					updateVerifier: address("update verifier"),
					learningRate: 512,
					batchSize: 8,
					keySumVerifier: address("key sum verifier"),
					stepsPerSegment: 5,
					epochs: 1,
					datasetDepth: 6,
					members: MEMBERS.length,
					threshold: 2,
					minUpdates: MIN_UPDATES,
					weightCount: 61,
					profileId: 1,
					keySumSlots: 4,
					minSamples: 32,
					minBatches: 4,
				};
				const study = {
					parameters,
					trainVkHash: digestOf("train key"),
					encryptVkHash: digestOf("encrypt key"),
					keySumVkHash: digestOf("key sum key"),
				};
				emit("modelRegistry", "StudyCreated", { studyId: STUDY_ID, nameHash: parameters.nameHash, study });
				const model = { parent: 0n, roundId: 0n, commitment: 1n, digest: digestOf("initial model") };
				emit("modelRegistry", "ModelAppended", { studyId: STUDY_ID, modelId: 1n, ...model });
			}),
		admitHospital: (hospital: Address) =>
			transaction((emit) => emit("hospitalRegistry", "HospitalAdmitted", { hospital })),
		removeHospital: (hospital: Address) =>
			transaction((emit) => emit("hospitalRegistry", "HospitalRemoved", { hospital })),
		commitDataset: (hospital: Address, root = rootOf(hospital), sampleCount = 80) =>
			transaction((emit) => {
				const dataset = { root, sampleCount, batchCount: sampleCount / 8, registeredAt: blockNumber() - 1n };
				emit("hospitalRegistry", "DatasetCommitted", { studyId: STUDY_ID, hospital, ...dataset });
			}),
		admitMember: (member: Address) => transaction((emit) => emit("hospitalRegistry", "MemberAdmitted", { member })),
		removeMember: (member: Address) => transaction((emit) => emit("hospitalRegistry", "MemberRemoved", { member })),
		registerKey: (member: Address, generation = 0) =>
			transaction((emit) =>
				emit("hospitalRegistry", "ShareKeyRegistered", { member, ...shareKeyOf(member, generation) }),
			),
		openRound: ({ committee = MEMBERS as readonly Address[], expected = 3, roundId = rounds + 1n } = {}) => {
			rounds = roundId;
			accepted.length = 0;
			const openedAtBlock = blockNumber();
			deadline = now() + DURATIONS.submission;
			transaction((emit) =>
				emit("roundManager", "RoundOpened", {
					roundId,
					studyId: STUDY_ID,
					baseModelId: 1n,
					opening: {
						baseCommitment: 1n,
						baseDigest: digestOf("initial model"),
						committeeKeysDigest: 5n,
						openedAtBlock,
						deadline,
						checkingDuration: Number(DURATIONS.checking),
						attestationDuration: Number(DURATIONS.attestation),
						beacon: 9,
						expectedUpdates: expected,
						committee,
						shareKeys: committee.map((member) => shareKeyOf(member)),
					},
				}),
			);
			return roundId;
		},
		submit: (hospital: Address, sampleCount = 80) => {
			const bundleDigest = digestOf(`bundle of ${hospital} in round ${rounds}`);
			accepted.push({ hospital, bundleDigest });
			transaction((emit) => {
				emit("roundManager", "SegmentProven", { roundId: rounds, hospital, segment: 0n, commitmentOut: 7n, proof });
				emit("roundManager", "UpdateSubmitted", {
					roundId: rounds,
					hospital,
					update: {
						bundleDigest,
						context: 11n,
						datasetRoot: rootOf(hospital),
						batchCount: 10,
						sampleCount,
						weightsCommitment: 7n,
						encryption: { proof, gamma: 1n, y: 2n, y2: 3n, shareDigest: SHARE_DIGEST },
					},
				});
			});
		},
		removeUpdate: (hospital: Address) => {
			accepted.splice(
				accepted.findIndex((update) => update.hospital === hospital),
				1,
			);
			transaction((emit) => {
				emit("roundManager", "UpdateRemoved", { roundId: rounds, hospital, sampleCount: 80 });
				emit("hospitalRegistry", "HospitalRemoved", { hospital });
				emit("hospitalRegistry", "HospitalBarred", { hospital });
			});
		},
		/** The last expected update came: the submissions end in the block after it. */
		close: () => {
			deadline = now();
			transaction((emit) => emit("roundManager", "SubmissionsClosed", { roundId: rounds, deadline }));
		},
		confirm: (member: Address, hospitals: readonly Address[] = accepted.map(({ hospital }) => hospital)) =>
			transaction((emit) => emit("roundManager", "AvailabilityConfirmed", { roundId: rounds, member, hospitals })),
		exclude: (hospital: Address) => {
			accepted.splice(
				accepted.findIndex((update) => update.hospital === hospital),
				1,
			);
			transaction((emit) => emit("roundManager", "UpdateExcluded", { roundId: rounds, hospital }));
		},
		freeze: (set: readonly { hospital: Address; bundleDigest: `0x${string}` }[] = accepted) => {
			const hospitals = set.map(({ hospital }) => hospital);
			const bundleDigests = set.map(({ bundleDigest }) => bundleDigest);
			const frozen = { hospitals, bundleDigests };
			const digest = frozenSetDigest(
				rounds,
				hospitals,
				bundleDigests,
				set.map(() => SHARE_DIGEST),
			);
			transaction((emit) => {
				emit("roundManager", "RoundFrozen", { roundId: rounds, frozenSetDigest: digest, ...frozen });
			});
		},
		postKeySum: (member: Address, completes = false) => {
			if (completes) deadline = now() + DURATIONS.attestation;
			transaction((emit) => {
				const index = MEMBERS.indexOf(member) + 1;
				emit("roundManager", "KeySumPosted", {
					roundId: rounds,
					member,
					index,
					values: [21n, 22n],
					proofs: [{ proof, evaluation: 23n, maskOut: 24n }],
				});
				if (completes) emit("roundManager", "KeySumsCompleted", { roundId: rounds, membersOnlyUntil: deadline });
			});
		},
		attest: (member: Address, finalizes = false) =>
			transaction((emit) => {
				const model = { modelCommitment: 13n, modelDigest: digestOf("new model") };
				emit("roundManager", "ModelAttested", { roundId: rounds, member, ...model });
				if (!finalizes) return;
				const appended = { parent: 1n, roundId: rounds, commitment: 13n, digest: model.modelDigest };
				emit("modelRegistry", "ModelAppended", { studyId: STUDY_ID, modelId: 2n, ...appended });
				emit("roundManager", "RoundFinalized", { roundId: rounds, studyId: STUDY_ID, modelId: 2n, ...model });
			}),
		attestAsHospital: (hospital: Address, finalizes = false) =>
			transaction((emit) => {
				const model = { modelCommitment: 13n, modelDigest: digestOf("new model") };
				emit("roundManager", "ModelAttestedByHospital", { roundId: rounds, hospital, ...model });
				if (!finalizes) return;
				const appended = { parent: 1n, roundId: rounds, commitment: 13n, digest: model.modelDigest };
				emit("modelRegistry", "ModelAppended", { studyId: STUDY_ID, modelId: 2n, ...appended });
				emit("roundManager", "RoundFinalized", { roundId: rounds, studyId: STUDY_ID, modelId: 2n, ...model });
			}),
		closeStudy: () =>
			transaction((emit) => {
				const reason = FAILURE_REASONS.indexOf("StudyClosed");
				emit("roundManager", "RoundFailed", { roundId: rounds, studyId: STUDY_ID, reason });
				emit("roundManager", "StudyClosed", { studyId: STUDY_ID });
			}),
		fail: (reason: number) =>
			transaction((emit) => emit("roundManager", "RoundFailed", { roundId: rounds, studyId: STUDY_ID, reason })),
	};
};

export type RoundEvents = ReturnType<typeof roundEvents>;

/** A study with three hospitals that have committed data and three members that have keys. */
export const enrolled = (): RoundEvents => {
	const events = roundEvents();
	events.createStudy();
	for (const hospital of HOSPITALS.slice(0, 3)) {
		events.admitHospital(hospital);
		events.commitDataset(hospital);
	}
	for (const member of MEMBERS) {
		events.admitMember(member);
		events.registerKey(member);
	}
	return events;
};
