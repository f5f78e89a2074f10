/** Blocks that are not what the chain names. */
import { rm } from "node:fs/promises";
import type { Hex } from "viem";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { changeLog, rewrite } from "./doctoredNode.ts";
import {
	blockFile,
	flipByte,
	type LastRound,
	LOST_KEY_SUMS,
	LOST_SUM,
	placeOfStudy,
	placeOfUpdate,
	type Tampering,
} from "./tampering.ts";

/** A place in a bundle within the ciphertext. */
export const CIPHERTEXT_BYTE = 300;
/** What follows when there is no bundle to look at. */
const UNSEEN = ["skipped round.update.evaluation", "skipped round.update.shareDigest"] as const;

const damage =
	(digestOf: (last: LastRound) => Hex | undefined, at: number): Tampering["tamper"] =>
	async (last, blocks) => {
		await flipByte(blockFile(blocks, digestOf(last) ?? "0x"), at);
		return undefined;
	};

export const tamperedBlocks: readonly Tampering[] = [
	{
		name: "one byte of a bundle",
		tamper: damage(({ update }) => update(1).bundleDigest, CIPHERTEXT_BYTE),
		expected: ["failed round.update.bundle BLOCK_MISMATCH", ...UNSEEN, ...LOST_SUM],
		place: placeOfUpdate(1),
	},
	{
		name: "a bundle that is gone",
		tamper: async ({ update }, blocks) => {
			await rm(blockFile(blocks, update(2).bundleDigest));
			return undefined;
		},
		expected: ["failed round.update.bundle BLOCK_MISSING", ...UNSEEN, ...LOST_SUM],
		place: placeOfUpdate(2),
	},
	{
		name: "one byte of the new model",
		tamper: damage(({ round }) => round.finalized?.modelDigest, 40),
		expected: ["failed model.object BLOCK_MISMATCH", "skipped model.commitment"],
		place: (last) => ({ ...placeOfStudy(last), modelId: String(last.round.finalized?.modelId) }),
	},
	{
		name: "one byte of the study's definition",
		tamper: damage(({ run }) => run.record.parameters.definitionDigest, 20),
		expected: [
			"failed study.definition BLOCK_MISMATCH",
			"skipped study.parameters",
			"skipped model.initial",
			"skipped round.step",
			"skipped round.result",
		],
		place: placeOfStudy,
	},
	{
		name: "one byte of the training circuit's verification key",
		tamper: damage(({ run }) => run.record.trainVkHash, 300),
		expected: ["failed study.trainKey BLOCK_MISMATCH", "skipped round.update.segment.proof"],
		place: placeOfStudy,
	},
	{
		name: "one byte of the key sum circuit's verification key",
		tamper: damage(({ run }) => run.record.keySumVkHash, 300),
		expected: ["failed study.keySumKey BLOCK_MISMATCH", "skipped round.keySum.proof"],
		place: placeOfStudy,
	},
	{
		name: "a ciphertext coefficient, published under its own digest, and a node that names that one",
		tamper: async ({ round, update }, blocks) => {
			const { bundleDigest, hospital } = update(0);
			const other = await diskStore(blocks).put(await flipByte(blockFile(blocks, bundleDigest), CIPHERTEXT_BYTE));
			const submitted = changeLog(
				"UpdateSubmitted",
				(args) => args.hospital === hospital && args.roundId === round.roundId,
				(log) => rewrite(log, bundleDigest, other),
			);
			const frozen = changeLog(
				"RoundFrozen",
				(args) => args.roundId === round.roundId,
				(log) => rewrite(log, bundleDigest, other),
			);
			return { logs: (logs) => frozen(submitted(logs)) };
		},
		expected: [
			"failed round.update.encryption.proof PROOF_INVALID",
			"failed round.update.evaluation AUDIT_MISMATCH",
			"skipped round.update.shareDigest",
			"failed round.frozen.digest AUDIT_MISMATCH",
			...LOST_KEY_SUMS,
			...LOST_SUM,
		],
		place: placeOfUpdate(0),
	},
];
