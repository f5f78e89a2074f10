/** What each public signal of the three circuits is, and who determines its value. Names and positions: worker/protocol/publicSignals.ts. */
import type {
	ENCRYPT_UPDATE_SIGNALS,
	KEY_SUM_SIGNALS,
	TRAIN_SEGMENT_SIGNALS,
} from "../../../worker/protocol/publicSignals.ts";

export type SignalWords = {
	readonly meaning: string;
	/** Where the contract takes it from when it verifies the proof. */
	readonly source: string;
};

type WordsOf<Names extends readonly string[]> = Readonly<Record<Names[number], SignalWords>>;

const context: SignalWords = {
	meaning: "Binds the proof to this chain, contract, study, round and hospital",
	source: "Computed by the contract",
};

export const TRAIN_SIGNAL_WORDS: WordsOf<typeof TRAIN_SEGMENT_SIGNALS> = {
	context,
	datasetRoot: {
		meaning: "Root of the hospital's data set",
		source: "Registered by the hospital before the round opened",
	},
	batchCount: { meaning: "Batches in the data set", source: "Registered with the data set" },
	beacon: { meaning: "Where the order of batches starts", source: "Chain randomness at the round's opening" },
	firstStep: {
		meaning: "Number of the segment's first step, from 0",
		source: "Set by the contract: segment times steps a segment",
	},
	totalSteps: { meaning: "Steps of the whole training", source: "Set by the contract: epochs times batches" },
	learningRate: { meaning: "Learning rate, scale 2^10", source: "The study's, registered on chain" },
	commitmentIn: {
		meaning: "Commitment to the weights before the segment",
		source: "The round's global model, then the preceding segment's result",
	},
	commitmentOut: {
		meaning: "Commitment to the weights after the segment",
		source: "Claimed by the hospital, proven here",
	},
};

export const ENCRYPT_SIGNAL_WORDS: WordsOf<typeof ENCRYPT_UPDATE_SIGNALS> = {
	gamma: { meaning: "Challenge point, a hash of everything the prover could choose", source: "Output of the proof" },
	y: {
		meaning: "The ciphertext's polynomial at the challenge point",
		source: "Output of the proof; anyone with the bundle recomputes it",
	},
	y2: {
		meaning: "The polynomial of encrypted shares, ephemeral key and share commitments at the challenge point",
		source: "Output of the proof; anyone with the bundle recomputes it",
	},
	shareDigest: {
		meaning: "Digest of the share commitments",
		source: "Output of the proof; the key sums are proven against it",
	},
	context,
	bundleDigest: {
		meaning: "SHA-256 of the bundle on IPFS, mod r",
		source: "Sent by the hospital; it is also the bundle's CID",
	},
	sampleCount: { meaning: "Samples: the update's weight in the average", source: "Registered with the data set" },
	weightsCommitment: { meaning: "Commitment to the encrypted weights", source: "The last training segment's result" },
	committeeKeysDigest: {
		meaning: "Digest of the committee's share keys",
		source: "Computed by the contract at the round's opening",
	},
	baseCommitment: {
		meaning: "Commitment to the round's global model",
		source: "The study's current model at the round's opening",
	},
};

export const KEY_SUM_SIGNAL_WORDS: WordsOf<typeof KEY_SUM_SIGNALS> = {
	evaluation: {
		meaning: "The part's polynomial at the challenge point, masked",
		source: "Output of the proof; the contract adds them up and compares",
	},
	gamma: {
		meaning: "Challenge point, a hash of the posted numbers and the frozen set",
		source: "Computed by the contract",
	},
	memberIndex: { meaning: "The member's seat on the committee, from 1", source: "The round's committee" },
	maskIn: {
		meaning: "Commitment to the mask that the part starts from",
		source: "The preceding part's, at first the commitment to 0",
	},
	maskOut: {
		meaning: "Commitment to the mask that the part ends with",
		source: "Sent by the member; the last one is the commitment to 0",
	},
};

/** Each of the further signals of a key sum, after the named ones. */
export const SHARE_DIGEST_WORDS: SignalWords = {
	meaning: "Share digest of an update of the frozen set; 0 for an unused place",
	source: "Output of that update's encryption proof",
};
