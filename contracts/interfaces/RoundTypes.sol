// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ShareKey} from "./IHospitalRegistry.sol";

/// @notice Where a round stands. Open -> Frozen -> Opened -> Finalized. From Open it may become Failed; from Frozen and Opened only when its
/// study is closed for good: what was frozen may have been opened, and its base model is never trained from again.
enum Phase {
    None,
    Open,
    Frozen,
    Opened,
    Finalized,
    Failed
}

/// @notice Why a round failed.
enum FailureReason {
    None,
    /// Too few updates at the submission deadline.
    NotEnoughUpdates,
    /// Enough updates, but too few whose bundles t members hold, at the end of checking.
    NotEnoughAvailable,
    /// The owner cancelled it while it was Open.
    Cancelled,
    /// It could not be finished after its set was frozen, so the owner closed the study.
    StudyClosed
}

/// @notice How long each phase may last, in seconds: at most 365 days each; at least an hour, on development chains a second. A frozen round
/// has no deadline: it waits for its committee.
/// @param submission From opening to the submission deadline
/// @param checking From the submission deadline to the end of availability confirmations
/// @param attestation From the t-th key sum to when the frozen set's hospitals may attest in the members' place
struct Durations {
    uint32 submission;
    uint32 checking;
    uint32 attestation;
}

/// @notice A round as stored.
/// @param studyId Its study
/// @param baseModelId The global model it trains from
/// @param openedAtBlock Only data sets committed before this block count
/// @param deadline Last second (block timestamp) of submissions
/// @param checkingDuration Seconds from the submission deadline to the end of availability confirmations
/// @param beacon Start of the batch order
/// @param attestationDuration Seconds from the t-th key sum to when the frozen set's hospitals may attest
/// @param sampleSum Samples of all live updates; from freezing on, of the frozen set
/// @param phase Where it stands
/// @param failureReason Why it failed
/// @param acceptedCount Updates ever accepted, removed ones counted: their positions are 0 to this less 1
/// @param updateCount Live updates: accepted and not removed; from freezing on, updates of the frozen set
/// @param availableCount Live updates whose bundles t members confirmed to hold
/// @param expectedUpdates When this many are live, submissions close before their deadline
/// @param keySumCount Key sums posted
/// @param members Size n of the committee
/// @param threshold Key sums t that open it, and equal attestations that finalize it
/// @param minUpdates Fewest updates that may be frozen
/// @param enteredAt Timestamp of the block in which it became Frozen or, later, Opened; 0 before
/// @param baseCommitment Commitment to the base model's weights
/// @param committeeKeysDigest Digest of the committee's share keys, docs/PROTOCOL.md section 1
/// @param frozenSetDigest Digest of the frozen set, docs/PROTOCOL.md section 5; zero until Frozen
struct Round {
    uint64 studyId;
    uint64 baseModelId;
    uint64 openedAtBlock;
    uint64 deadline;
    uint32 checkingDuration;
    uint32 beacon;
    uint32 attestationDuration;
    uint32 sampleSum;
    Phase phase;
    FailureReason failureReason;
    uint8 acceptedCount;
    uint8 updateCount;
    uint8 availableCount;
    uint8 expectedUpdates;
    uint8 keySumCount;
    uint8 members;
    uint8 threshold;
    uint8 minUpdates;
    uint40 enteredAt;
    uint256 baseCommitment;
    uint256 committeeKeysDigest;
    bytes32 frozenSetDigest;
}

/// @notice What IRoundManager.RoundOpened tells beyond its topics.
/// @param baseCommitment Commitment to the base model's weights
/// @param baseDigest SHA-256 of the base model's object on IPFS
/// @param committeeKeysDigest Digest of `shareKeys`
/// @param openedAtBlock The event's own block number
/// @param deadline Last second for submissions
/// @param checkingDuration Seconds from the submission deadline to the end of availability confirmations
/// @param attestationDuration Seconds from the t-th key sum to when the frozen set's hospitals may attest
/// @param beacon Start of the batch order
/// @param expectedUpdates When this many are live, submissions close before their deadline
/// @param committee Members in committee order; member j of the protocol is committee[j - 1]
/// @param shareKeys Their keys at opening, in the same order
struct Opening {
    uint256 baseCommitment;
    bytes32 baseDigest;
    uint256 committeeKeysDigest;
    uint64 openedAtBlock;
    uint64 deadline;
    uint32 checkingDuration;
    uint32 attestationDuration;
    uint32 beacon;
    uint8 expectedUpdates;
    address[] committee;
    ShareKey[] shareKeys;
}

/// @notice One TrainSegment proof.
/// @param proof Groth16 points as snarkjs orders them for Solidity: a.x, a.y, b.x.im, b.x.re, b.y.im, b.y.re, c.x, c.y;
/// each below the base field's order, none of the points at infinity, so that nobody reads a proof that the chain accepted as another
/// @param commitmentOut Commitment to the weights after the segment
struct SegmentProof {
    uint256[8] proof;
    uint256 commitmentOut;
}

/// @notice An EncryptUpdate proof and its outputs.
/// @param proof Groth16 points, as in SegmentProof
/// @param gamma The challenge
/// @param y Ciphertext polynomial at gamma
/// @param y2 Polynomial of encrypted shares, ephemeral key and share commitments at gamma
/// @param shareDigest Digest of the context and the share commitments
struct EncryptionProof {
    uint256[8] proof;
    uint256 gamma;
    uint256 y;
    uint256 y2;
    uint256 shareDigest;
}

/// @notice An encryption proof's outputs, for a challenge.
/// @param gamma The challenge point
/// @param y Ciphertext polynomial at gamma
/// @param y2 Polynomial of encrypted shares, ephemeral key and share commitments at gamma
struct Evaluation {
    uint256 gamma;
    uint256 y;
    uint256 y2;
}

/// @notice What IRoundManager.UpdateSubmitted tells beyond its topics: every public signal of the encryption proof is here or in RoundOpened.
/// @param bundleDigest SHA-256 of the update bundle; as a public signal mod the field order
/// @param context The public signal that binds all of the update's proofs to it
/// @param datasetRoot Data set the segments were proven against
/// @param batchCount Its batches
/// @param sampleCount Its samples: the update's weight in the average
/// @param weightsCommitment Commitment to the trained weights = commitmentOut of the last segment
/// @param encryption The encryption proof with its outputs
struct SubmittedUpdate {
    bytes32 bundleDigest;
    uint256 context;
    uint256 datasetRoot;
    uint32 batchCount;
    uint32 sampleCount;
    uint256 weightsCommitment;
    EncryptionProof encryption;
}

/// @notice An accepted update as stored; all zero when there is none.
/// @param bundleDigest SHA-256 of the update bundle
/// @param evaluationHash keccak256(abi.encode(gamma, y, y2)), for challenges
/// @param shareDigest What the key sums' proofs are checked against
struct Update {
    bytes32 bundleDigest;
    bytes32 evaluationHash;
    uint256 shareDigest;
}

/// @notice Where an accepted update stands. Its position never changes.
/// @param hospital Whose it is
/// @param sampleCount Its samples
/// @param confirmations Bit j - 1 is set when member j confirmed to hold the bundle
/// @param removed A challenge removed it
struct Accepted {
    address hospital;
    uint32 sampleCount;
    uint8 confirmations;
    bool removed;
}

/// @notice An update that a member confirms to hold and to have checked.
/// @param position Its order of acceptance from 0, removed ones counted
/// @param bundleDigest SHA-256 of its bundle: on another branch of the chain, another update may have the position
struct AvailableUpdate {
    uint8 position;
    bytes32 bundleDigest;
}

/// @notice One KeySum proof, over up to `keySumSlots` updates of the frozen set.
/// @param proof Groth16 points, as in SegmentProof
/// @param evaluation The part of the key sum's polynomial at gamma, masked
/// @param maskOut Commitment to the mask that the next proof starts from; the last one's is that of mask 0
struct KeySumProof {
    uint256[8] proof;
    uint256 evaluation;
    uint256 maskOut;
}

/// @notice A committee member in one round.
/// @param index 1 to n in committee order; 0 for an address that is not on the committee
/// @param postedKeySum It has posted its key sum
/// @param attested It has attested
struct CommitteeSeat {
    uint8 index;
    bool postedKeySum;
    bool attested;
}
