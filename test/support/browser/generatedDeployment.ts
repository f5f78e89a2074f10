/**
 * A deployment with as many rounds as one likes, for how pages cope with many: true events, study, verification keys and models; proofs and bundles are only
 * numbers, which no page but the audit looks at.
 */
import { type Address, type Hex, hexToBigInt, keccak256, toHex } from "viem";
import { heldOutBlock } from "../../../scripts/demo/serve/heldOut.ts";
import type { DappConfig } from "../../../web/lib/config/schema.ts";
import { FAILURE_REASONS, type SolidityProof } from "../../../worker/core/ledger/state.ts";
import { frozenSetDigest } from "../../../worker/protocol/frozenSetDigest.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { put, type SyntheticChain, timeOf } from "../audit/ledgerWriter.ts";
import { HOSPITALS, MEMBERS, STUDY_ID, syntheticConsortium } from "../audit/syntheticConsortium.ts";
import { LATER } from "../audit/syntheticRounds.ts";

const DURATIONS = { submission: 2_400n, checking: 300, attestation: 1_200 } as const;
const SEGMENTS = 4;
const THRESHOLD = 2;
const COMMITTEE = MEMBERS.slice(0, 3);

const numberOf = (label: string): bigint => hexToBigInt(keccak256(toHex(label))) >> 3n;
const proofOf = (label: string): SolidityProof =>
	Array.from({ length: 8 }, (_, index) => numberOf(`${label} ${index}`)) as unknown as SolidityProof;

type Round = {
	readonly roundId: bigint;
	readonly updates: { hospital: Address; bundleDigest: Hex; shareDigest: bigint }[];
};

export type GeneratedDeployment = SyntheticChain & {
	/** What a configuration says about the rows, whose block is with the others. */
	readonly heldOut: NonNullable<DappConfig["heldOut"]>;
};

/**
 * One round in ten fails; the last one is open, with one update.
 * @param rounds at least 2
 * @param rows held out, at least one
 * @param base whose network and rows the study has; by default the embedded one
 */
export const generateDeployment = (rounds: number, rows: readonly Sample[], base?: Study): GeneratedDeployment => {
	const consortium = syntheticConsortium("many rounds", base === undefined ? {} : { base });
	const { chain, transaction, blockNumber, datasets, study, currentModel } = consortium;
	consortium.link();
	consortium.createStudy();
	consortium.enroll();
	const keyOf = (member: number) => consortium.shareKeyOf(member);

	const open = (): Round => {
		const roundId = chain.counts.rounds + 1n;
		const at = blockNumber();
		const base = currentModel();
		transaction((emit) =>
			emit("roundManager", "RoundOpened", {
				roundId,
				studyId: STUDY_ID,
				baseModelId: base.modelId,
				opening: {
					baseCommitment: base.commitment,
					baseDigest: base.digest,
					committeeKeysDigest: numberOf(`keys ${roundId}`),
					openedAtBlock: at,
					deadline: timeOf(at) + DURATIONS.submission,
					checkingDuration: DURATIONS.checking,
					attestationDuration: DURATIONS.attestation,
					beacon: Number(numberOf(`beacon ${roundId}`) % 2n ** 32n),
					expectedUpdates: HOSPITALS.length,
					committee: COMMITTEE,
					shareKeys: COMMITTEE.map((_, index) => keyOf(index + 1)),
				},
			}),
		);
		return { roundId, updates: [] };
	};

	const submit = ({ roundId, updates }: Round, hospital: Address): void => {
		const dataset = datasets.get(hospital);
		if (dataset === undefined) throw new RangeError(`no data set of ${hospital}`);
		const label = `${roundId} ${hospital}`;
		const bundleDigest = keccak256(toHex(`bundle ${label}`));
		const shareDigest = numberOf(`shares ${label}`);
		const { root: datasetRoot, batchCount, sampleCount } = dataset;
		const weightsCommitment = numberOf(`weights ${label} ${SEGMENTS - 1}`);
		transaction((emit) => {
			for (let segment = 0; segment < SEGMENTS; segment++) {
				const commitmentOut = numberOf(`weights ${label} ${segment}`);
				emit("roundManager", "SegmentProven", {
					roundId,
					hospital,
					segment: BigInt(segment),
					commitmentOut,
					proof: proofOf(`${label} ${segment}`),
				});
			}
			const values = { gamma: numberOf(`gamma ${label}`), y: numberOf(`y ${label}`), y2: numberOf(`y2 ${label}`) };
			const encryption = { ...values, shareDigest, proof: proofOf(`${label} encryption`) };
			const context = numberOf(`context ${label}`);
			const update = { bundleDigest, context, datasetRoot, batchCount, sampleCount, weightsCommitment, encryption };
			emit("roundManager", "UpdateSubmitted", { roundId, hospital, update });
			updates.push({ hospital, bundleDigest, shareDigest });
			if (updates.length < HOSPITALS.length) return;
			emit("roundManager", "SubmissionsClosed", { roundId, deadline: timeOf(blockNumber() - 1n) });
		});
	};

	const fail = ({ roundId }: Round, reason: (typeof FAILURE_REASONS)[number]): void =>
		transaction((emit) => {
			emit("roundManager", "RoundFailed", { roundId, studyId: STUDY_ID, reason: FAILURE_REASONS.indexOf(reason) });
		}, LATER);

	const finish = ({ roundId, updates }: Round): void => {
		const hospitals = updates.map(({ hospital }) => hospital);
		const bundleDigests = updates.map(({ bundleDigest }) => bundleDigest);
		for (const member of COMMITTEE) {
			transaction((emit) => emit("roundManager", "AvailabilityConfirmed", { roundId, member, hospitals }));
		}
		transaction((emit) => {
			const shareDigests = updates.map(({ shareDigest }) => shareDigest);
			const digest = frozenSetDigest(roundId, hospitals, bundleDigests, shareDigests);
			emit("roundManager", "RoundFrozen", { roundId, frozenSetDigest: digest, hospitals, bundleDigests });
		});
		COMMITTEE.forEach((member, position) => {
			const index = position + 1;
			const label = `${roundId} key sum ${index}`;
			const values = Array.from({ length: 108 }, (_, at) => numberOf(`${label} ${at}`));
			const proofs = [
				{ proof: proofOf(label), evaluation: numberOf(`${label} y`), maskOut: numberOf(`${label} mask`) },
			];
			transaction((emit) => {
				emit("roundManager", "KeySumPosted", { roundId, member, index, values, proofs });
				if (index !== THRESHOLD) return;
				const membersOnlyUntil = timeOf(blockNumber() - 1n) + BigInt(DURATIONS.attestation);
				emit("roundManager", "KeySumsCompleted", { roundId, membersOnlyUntil });
			});
		});
		const model = consortium.publishModel({ weights: consortium.randomWeights(), state: [] });
		const attested = { modelCommitment: model.commitment, modelDigest: model.digest };
		for (const [index, member] of COMMITTEE.slice(0, THRESHOLD).entries()) {
			transaction((emit) => {
				emit("roundManager", "ModelAttested", { roundId, member, ...attested });
				if (index + 1 < THRESHOLD) return;
				const appended = consortium.appendModel(roundId, model);
				emit("modelRegistry", "ModelAppended", appended);
				const finalized = { roundId, studyId: STUDY_ID, modelId: appended.modelId, ...attested };
				emit("roundManager", "RoundFinalized", finalized);
			});
		}
	};

	if (study.committee.threshold !== THRESHOLD) throw new RangeError("the study has another threshold");
	for (let number = 1; number < rounds; number++) {
		const round = open();
		const submitting = number % 10 === 0 ? HOSPITALS.slice(0, 2) : HOSPITALS;
		for (const hospital of submitting) submit(round, hospital);
		if (submitting.length < study.minUpdates) fail(round, "NotEnoughUpdates");
		else finish(round);
	}
	submit(open(), HOSPITALS[0]);
	const held = heldOutBlock(study, rows, "of the generated deployment");
	if (held === undefined) throw new RangeError("no rows are held out");
	return { ...chain, heldOut: { digest: put(chain.blocks, held.bytes), description: held.description } };
};
