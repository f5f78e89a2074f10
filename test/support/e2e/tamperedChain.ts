/** A node that shows one value differently, or nothing of something. */
import { encodeFunctionData, type Hex, numberToHex } from "viem";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { changeLog, type Lie, rewrite, type ShownLog } from "./doctoredNode.ts";
import {
	type LastRound,
	LOST_KEY_SUMS,
	LOST_SUM,
	placeOfRound,
	placeOfStudy,
	placeOfUpdate,
	type Tampering,
} from "./tampering.ts";

type ChangeLog = (log: ShownLog) => ShownLog | undefined;

const segmentLog = ({ round, update }: LastRound, index: number, segment: bigint, change: ChangeLog): Lie => {
	const { hospital } = update(index);
	const { roundId } = round;
	return {
		logs: changeLog(
			"SegmentProven",
			(args) => args.hospital === hospital && args.roundId === roundId && args.segment === segment,
			change,
		),
	};
};

const updateLog = ({ round, update }: LastRound, index: number, change: ChangeLog): Lie => {
	const { hospital } = update(index);
	const { roundId } = round;
	return {
		logs: changeLog("UpdateSubmitted", (args) => args.hospital === hospital && args.roundId === roundId, change),
	};
};

const keySumLog = ({ round }: LastRound, index: number, change: ChangeLog): Lie => {
	const member = round.keySums[index]?.member;
	const { roundId } = round;
	return {
		logs: changeLog("KeySumPosted", (args) => args.member === member && args.roundId === roundId, change),
	};
};
const placeOfKeySum = (index: number) => (last: LastRound) => ({
	...placeOfRound(last),
	member: last.round.keySums[index]?.member ?? "0x",
});

const blockOf = ({ rest }: ShownLog): bigint => BigInt(rest.blockNumber as Hex);
const withoutLastRound = ({ round }: LastRound): Lie => ({
	logs: (logs) => logs.filter((log) => blockOf(log) < round.place.blockNumber),
});

export const tamperedChain: readonly Tampering[] = [
	{
		name: "a word of a segment's proof",
		tamper: (last) => {
			const word = last.update(1).segments[1]?.proof[6] ?? 0n;
			return segmentLog(last, 1, 1n, (log) => rewrite(log, word, word + 1n));
		},
		expected: ["failed round.update.segment.proof PROOF_INVALID"],
		place: (last) => ({ ...placeOfUpdate(1)(last), segment: 1 }),
	},
	{
		name: "another hospital's valid proof in an encryption's place",
		tamper: (last) => {
			const own = last.update(0).encryption.proof;
			const other = last.update(1).encryption.proof;
			return updateLog(last, 0, (log) =>
				own.reduce((shown, word, index) => rewrite(shown, word, other[index] ?? 0n), log),
			);
		},
		expected: ["failed round.update.encryption.proof PROOF_INVALID"],
		place: placeOfUpdate(0),
	},
	{
		name: "gamma",
		tamper: (last) => {
			const { gamma } = last.update(2).encryption;
			return updateLog(last, 2, (log) => rewrite(log, gamma, gamma + 1n));
		},
		expected: [
			"failed round.update.encryption.proof PROOF_INVALID",
			"failed round.update.evaluation AUDIT_MISMATCH",
			"skipped round.update.shareDigest",
			...LOST_SUM,
		],
		place: placeOfUpdate(2),
	},
	{
		name: "the share digest, which the key sums are proven against",
		tamper: (last) => {
			const { shareDigest } = last.update(1).encryption;
			return updateLog(last, 1, (log) => rewrite(log, shareDigest, shareDigest + 1n));
		},
		expected: [
			"failed round.update.encryption.proof PROOF_INVALID",
			"failed round.update.shareDigest AUDIT_MISMATCH",
			"failed round.frozen.digest AUDIT_MISMATCH",
			...LOST_KEY_SUMS,
			...LOST_SUM,
		],
		place: placeOfUpdate(1),
	},
	{
		name: "a value of a key sum",
		tamper: (last) => {
			const value = last.round.keySums[0]?.values[5] ?? 0n;
			return keySumLog(last, 0, (log) => rewrite(log, value, value + 1n));
		},
		expected: [...LOST_KEY_SUMS, ...LOST_SUM],
		place: placeOfKeySum(0),
	},
	{
		name: "a word of a key sum's proof",
		tamper: (last) => {
			const word = last.round.keySums[1]?.proofs[0]?.proof[7] ?? 0n;
			return keySumLog(last, 1, (log) => rewrite(log, word, word + 1n));
		},
		expected: ["failed round.keySum.proof PROOF_INVALID", "failed round.keySum.agreement KEY_SUM_MISSING", ...LOST_SUM],
		place: (last) => ({ ...placeOfKeySum(1)(last), keySumProof: 0 }),
	},
	{
		name: "a missing log: the confirmations of a member without whom the updates are not available",
		tamper: ({ round }) => ({
			logs: changeLog(
				"AvailabilityConfirmed",
				(args) => args.roundId === round.roundId,
				() => undefined,
			),
		}),
		expected: [
			"failed round.timing AUDIT_MISMATCH",
			"failed round.excluded AUDIT_MISMATCH",
			"failed round.frozen.set AUDIT_MISMATCH",
			"failed round.frozen.digest AUDIT_MISMATCH",
			...LOST_KEY_SUMS,
			...LOST_SUM,
		],
		place: placeOfRound,
	},
	{
		name: "a missing log: the early end of the submissions",
		tamper: ({ round }) => ({
			logs: changeLog(
				"SubmissionsClosed",
				(args) => args.roundId === round.roundId,
				() => undefined,
			),
		}),
		expected: ["failed history.round LEDGER_INCONSISTENT", "failed round.timing AUDIT_MISMATCH"],
		place: (last) => ({ transaction: last.update(2).place.transactionHash }),
	},
	{
		name: "the commitment between two segments",
		tamper: (last) => {
			const commitment = last.update(0).segments[0]?.commitmentOut ?? 0n;
			return segmentLog(last, 0, 0n, (log) => rewrite(log, commitment, commitment + 1n));
		},
		expected: ["failed round.update.segment.proof PROOF_INVALID"],
		place: (last) => ({ ...placeOfUpdate(0)(last), segment: 0 }),
	},
	{
		name: "the root of a registered data set",
		tamper: ({ update }) => {
			const { hospital, datasetRoot } = update(1);
			return {
				logs: changeLog(
					"DatasetCommitted",
					(args) => args.hospital === hospital,
					(log) => rewrite(log, datasetRoot, datasetRoot + 1n),
				),
			};
		},
		expected: ["failed round.update.dataset AUDIT_MISMATCH", "failed round.update.segment.proof PROOF_INVALID"],
		place: ({ update }) => ({ hospital: update(1).hospital }),
	},
	{
		name: "the study's learning rate",
		tamper: ({ run }) => {
			const rate = BigInt(run.record.parameters.learningRate);
			return {
				logs: changeLog(
					"StudyCreated",
					() => true,
					(log) => rewrite(log, rate, rate - 1n),
				),
			};
		},
		expected: ["failed study.parameters AUDIT_MISMATCH", "failed round.update.segment.proof PROOF_INVALID"],
		place: placeOfStudy,
	},
	{
		name: "an attestation",
		tamper: ({ round }) => {
			const { modelCommitment = 0n, member } = round.attestations[1] ?? {};
			return {
				logs: changeLog(
					"ModelAttested",
					(args) => args.roundId === round.roundId && args.member === member,
					(log) => rewrite(log, modelCommitment, modelCommitment + 1n),
				),
			};
		},
		expected: [
			"failed history.study LEDGER_INCONSISTENT",
			"failed history.round LEDGER_INCONSISTENT",
			"warning round.attestation AUDIT_MISMATCH",
			"failed round.finalized AUDIT_MISMATCH",
		],
		place: ({ round }) => ({ transaction: round.attestations[1]?.place.transactionHash }),
	},
	{
		name: "a missing log: one segment of an update",
		tamper: (last) => segmentLog(last, 1, 1n, () => undefined),
		expected: ["failed round.update.segments AUDIT_MISMATCH", "failed round.update.segment.proof PROOF_INVALID"],
		place: placeOfUpdate(1),
	},
	{
		name: "a missing round",
		tamper: withoutLastRound,
		expected: ["failed history.complete LEDGER_INCONSISTENT"],
		place: () => ({}),
	},
	{
		name: "a missing round, and a count without it: the registry still counts its model",
		tamper: (last) => ({
			...withoutLastRound(last),
			call: (data) =>
				data === encodeFunctionData({ abi: roundManagerAbi, functionName: "roundCount" })
					? numberToHex(last.round.roundId - 1n, { size: 32 })
					: undefined,
		}),
		expected: ["failed history.complete LEDGER_INCONSISTENT"],
		place: () => ({}),
	},
	{
		name: "the block hash that the batch order comes from",
		tamper: ({ round }) => ({
			header: {
				number: round.place.blockNumber,
				change: (block) => ({ ...block, parentHash: contentDigest(new Uint8Array([1])).hex }),
			},
		}),
		expected: ["failed round.opening.beacon AUDIT_MISMATCH"],
		place: placeOfRound,
	},
];
