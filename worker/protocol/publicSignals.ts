/** Positions of the public signals, the same as in contracts/libraries/PublicSignals.sol; docs/PROTOCOL.md sections 2, 3 and 3.1. */

export const TRAIN_SEGMENT_SIGNALS = [
	"context",
	"datasetRoot",
	"batchCount",
	"beacon",
	"firstStep",
	"totalSteps",
	"learningRate",
	"commitmentIn",
	"commitmentOut",
] as const;

export const ENCRYPT_UPDATE_SIGNALS = [
	"gamma",
	"y",
	"y2",
	"shareDigest",
	"context",
	"bundleDigest",
	"sampleCount",
	"weightsCommitment",
	"committeeKeysDigest",
	"baseCommitment",
] as const;

/** Followed by the share digests of the study's slots, KEY_SUM_ARRAY. */
export const KEY_SUM_SIGNALS = ["evaluation", "gamma", "memberIndex", "maskIn", "maskOut"] as const;
export const KEY_SUM_ARRAY = "shareDigests";

export type TrainSegmentSignals = Readonly<Record<(typeof TRAIN_SEGMENT_SIGNALS)[number], bigint>>;
export type EncryptUpdateSignals = Readonly<Record<(typeof ENCRYPT_UPDATE_SIGNALS)[number], bigint>>;
export type KeySumSignals = Readonly<Record<(typeof KEY_SUM_SIGNALS)[number], bigint>> & {
	/** Of the updates that the proof is about, in the frozen set's order; none is 0. */
	readonly [KEY_SUM_ARRAY]: readonly bigint[];
};

/** How many public signals a key sum's proof has. */
export const keySumSignalCount = (slots: number): number => KEY_SUM_SIGNALS.length + slots;

/** The signals in proof order. */
export const trainSegmentSignals = (signals: TrainSegmentSignals): readonly bigint[] =>
	TRAIN_SEGMENT_SIGNALS.map((name) => signals[name]);
export const encryptUpdateSignals = (signals: EncryptUpdateSignals): readonly bigint[] =>
	ENCRYPT_UPDATE_SIGNALS.map((name) => signals[name]);
/** @param slots the study's keySumSlots, at least as many as there are share digests; unused slots become 0 */
export const keySumSignals = (signals: KeySumSignals, slots: number): readonly bigint[] => {
	const digests = signals[KEY_SUM_ARRAY];
	if (digests.length > slots) throw new RangeError(`${digests.length} share digests in ${slots} slots`);
	return [
		...KEY_SUM_SIGNALS.map((name) => signals[name]),
		...Array.from({ length: slots }, (_, slot) => digests[slot] ?? 0n),
	];
};
