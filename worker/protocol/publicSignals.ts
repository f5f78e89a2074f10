/** Positions of the public signals, the same as in contracts/libraries/PublicSignals.sol; docs/PROTOCOL.md sections 2 and 3. */

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
	"context",
	"bundleDigest",
	"sampleCount",
	"weightsCommitment",
	"committeeKeysDigest",
] as const;

export type TrainSegmentSignals = Readonly<Record<(typeof TRAIN_SEGMENT_SIGNALS)[number], bigint>>;
export type EncryptUpdateSignals = Readonly<Record<(typeof ENCRYPT_UPDATE_SIGNALS)[number], bigint>>;

/** The signals in proof order. */
export const trainSegmentSignals = (signals: TrainSegmentSignals): readonly bigint[] =>
	TRAIN_SEGMENT_SIGNALS.map((name) => signals[name]);
export const encryptUpdateSignals = (signals: EncryptUpdateSignals): readonly bigint[] =>
	ENCRYPT_UPDATE_SIGNALS.map((name) => signals[name]);
