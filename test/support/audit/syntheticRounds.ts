/** Rounds of a synthetic consortium, in every way that a round can go. */
import type { Address } from "viem";
import { aggregateRound } from "../../../worker/core/aggregation/aggregateRound.ts";
import { plainSumAndDecrypt } from "../../../worker/core/aggregation/sumAndDecrypt.ts";
import { openShares } from "../../../worker/core/encryption/openShares.ts";
import { type Dealing, keySumCircuitInputs } from "../../../worker/core/keySum/circuitInputs.ts";
import { keySumValues } from "../../../worker/core/keySum/keySumValues.ts";
import { FAILURE_REASONS, type FailureReason, isMajority } from "../../../worker/core/ledger/state.ts";
import { type GlobalModel, serverStep } from "../../../worker/core/serverOptimizer/serverStep.ts";
import { CLOSING_DELAY } from "../../../worker/protocol/durations.ts";
import { frozenSetDigest } from "../../../worker/protocol/frozenSetDigest.ts";
import { keySumGamma } from "../../../worker/protocol/keySumGamma.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { seededRandomness } from "../seededRandomness.ts";
import { DEPLOYMENT, timeOf } from "./ledgerWriter.ts";
import { STUDY_ID, type SyntheticConsortium } from "./syntheticConsortium.ts";
import { type Accepted, DURATIONS, type OpenRound, syntheticSubmissions } from "./syntheticSubmissions.ts";

/** Blocks after which every deadline has passed, or all deadlines of a phase. */
export const LATER = 400n;

export const syntheticRounds = (consortium: SyntheticConsortium) => {
	const { seed, chain, transaction, blockNumber, study, weightCount, keys } = consortium;
	const { prove, publishModel, appendModel, modelOf, currentModel } = consortium;
	const { threshold } = study.committee;
	const { memberOf, openRound, submit, confirm, hold, bundleOf } = syntheticSubmissions(consortium);
	const dealt = new Map<string, readonly Dealing[]>();

	const setOf = ({ roundId, accepted }: OpenRound) => {
		const hospitals = accepted.map(({ hospital }) => hospital);
		const bundleDigests = accepted.map(({ bundleDigest }) => bundleDigest);
		const shareDigests = accepted.map(({ shareDigest }) => shareDigest);
		const digest = frozenSetDigest(roundId, hospitals, bundleDigests, shareDigests);
		return { hospitals, bundleDigests, frozenSetDigest: digest };
	};

	/** Without what fewer than t members confirmed. */
	const freeze = (round: OpenRound, skip?: bigint): void =>
		transaction((emit) => {
			const { roundId } = round;
			const isAvailable = ({ confirmedBy }: Accepted): boolean => confirmedBy.size >= threshold;
			for (const { hospital } of round.accepted.filter((update) => !isAvailable(update))) {
				emit("roundManager", "UpdateExcluded", { roundId, hospital });
			}
			round.accepted = round.accepted.filter(isAvailable);
			emit("roundManager", "RoundFrozen", { roundId, ...setOf(round) });
		}, skip);

	/** Everything that the frozen set's hospitals dealt to a member, 1..n. */
	const dealingsOf = (round: OpenRound, memberIndex: number): readonly Dealing[] => {
		const key = `${round.roundId}/${memberIndex}`;
		const known = dealt.get(key);
		if (known !== undefined) return known;
		const secret = round.secrets[memberIndex - 1] as bigint;
		const opened = round.accepted.map(({ hospital, bundleDigest }) => {
			const { encryptedShares, ephemeralKey, context, shareCommitments } = bundleOf(round, hospital, bundleDigest);
			const own = encryptedShares[memberIndex - 1] as readonly bigint[];
			return { context, shareCommitments, ...openShares(secret, memberIndex, ephemeralKey, own, context) };
		});
		dealt.set(key, opened);
		return opened;
	};
	const keySumOf = (round: OpenRound, memberIndex: number): readonly bigint[] =>
		keySumValues(dealingsOf(round, memberIndex).map(({ shares }) => shares));

	const postKeySum = (round: OpenRound, memberIndex: number): void => {
		const { roundId } = round;
		const values = keySumOf(round, memberIndex);
		const statement = { roundId, roundManager: DEPLOYMENT.roundManager, chainId: chain.chainId };
		const gamma = keySumGamma({ ...statement, frozenSetDigest: setOf(round).frozenSetDigest, memberIndex, values });
		const randomness = seededRandomness(`${seed} ${roundId} masks ${memberIndex}`);
		const dealings = dealingsOf(round, memberIndex);
		const inputs = keySumCircuitInputs({ gamma, memberIndex, slots: study.keySumSlots, dealings, randomness });
		const proofs = inputs.map(({ evaluation, maskOut, publicSignals }) => ({
			proof: prove(keys.keySum, publicSignals),
			evaluation,
			maskOut,
		}));
		transaction((emit) => {
			const member = memberOf(round, memberIndex);
			emit("roundManager", "KeySumPosted", { roundId, member, index: memberIndex, values, proofs });
			if (++round.keySums !== threshold) return;
			const membersOnlyUntil = timeOf(blockNumber() - 1n) + BigInt(DURATIONS.attestation);
			emit("roundManager", "KeySumsCompleted", { roundId, membersOnlyUntil });
		});
	};

	const recompute = (round: OpenRound): GlobalModel => {
		const opened = aggregateRound({
			profile,
			weightCount,
			updates: round.accepted.map(({ hospital, bundleDigest, sampleCount }) => ({
				sampleCount,
				ciphertext: bundleOf(round, hospital, bundleDigest).ciphertext,
			})),
			keySums: [1, 2].map((memberIndex) => ({ memberIndex, values: keySumOf(round, memberIndex) })),
			threshold,
			memberCount: round.committee.length,
			decrypt: plainSumAndDecrypt(profile),
		});
		return serverStep({ optimizer: study.serverOptimizer, base: modelOf(currentModel()), ...opened });
	};

	const attestation = (
		round: OpenRound,
		by: { readonly member: Address } | { readonly hospital: Address },
		{ made, skip }: { readonly made: GlobalModel; readonly skip?: bigint | undefined },
	): void => {
		const { roundId } = round;
		const model = publishModel(made);
		const attested = { modelCommitment: model.commitment, modelDigest: model.digest };
		const ofMember = "member" in by;
		const kind = ofMember ? "ModelAttested" : "ModelAttestedByHospital";
		const equal = chain.events.filter(
			({ name, args }) => name === kind && args.roundId === roundId && args.modelCommitment === model.commitment,
		).length;
		const finalizes = ofMember ? equal + 1 === threshold : isMajority(equal + 1, round.accepted.length);
		transaction((emit) => {
			if (ofMember) emit("roundManager", "ModelAttested", { roundId, ...by, ...attested });
			else emit("roundManager", "ModelAttestedByHospital", { roundId, ...by, ...attested });
			if (!finalizes) return;
			const appended = appendModel(roundId, model);
			emit("modelRegistry", "ModelAppended", appended);
			const finalized = { roundId, studyId: STUDY_ID, modelId: appended.modelId, ...attested };
			emit("roundManager", "RoundFinalized", finalized);
		}, skip);
	};

	/** The t-th attestation finalizes, so the first t - 1 may be to another model. */
	const attest = (round: OpenRound, memberIndex: number, made = recompute(round)): void =>
		attestation(round, { member: memberOf(round, memberIndex) }, { made });

	/** By default when the members have had their time. */
	const attestAsHospital = (round: OpenRound, hospital: Address, skip: bigint | undefined = LATER): void =>
		attestation(round, { hospital }, { made: recompute(round), skip });

	/** The contract removes the update and bars its hospital. */
	const challenge = (round: OpenRound, hospital: Address): void => {
		const { roundId } = round;
		const challenged = round.accepted.find((update) => update.hospital === hospital) as Accepted;
		transaction((emit) => {
			const { sampleCount } = challenged;
			emit("roundManager", "UpdateRemoved", { roundId, hospital, sampleCount });
			round.accepted = round.accepted.filter((update) => update !== challenged);
			round.expected -= 1;
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

	const cancel = ({ roundId }: OpenRound): void =>
		transaction((emit) => {
			const reason = FAILURE_REASONS.indexOf("Cancelled");
			emit("roundManager", "RoundFailed", { roundId, studyId: STUDY_ID, reason });
		});

	/** The round waited in vain. */
	const closeStudy = ({ roundId }: OpenRound): void =>
		transaction((emit) => {
			const reason = FAILURE_REASONS.indexOf("StudyClosed");
			emit("roundManager", "RoundFailed", { roundId, studyId: STUDY_ID, reason });
			emit("roundManager", "StudyClosed", { studyId: STUDY_ID });
		}, CLOSING_DELAY);

	const members = { postKeySum, attest };
	const endings = { challenge, fail, cancel, closeStudy };
	return { openRound, submit, confirm, hold, freeze, ...members, recompute, attestAsHospital, ...endings };
};
