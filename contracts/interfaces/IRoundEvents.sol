// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FailureReason, KeySumProof, Opening, SubmittedUpdate} from "./RoundTypes.sol";

/// @title What the round manager tells
/// @notice Everything an auditor needs is in the events, proofs included, since call data may come through a wallet contract.
/// State from events: {RoundOpened} gives the round, {SegmentProven} and {UpdateSubmitted} every proof with its signals, {SubmissionsClosed}
/// an early end of submissions, {AvailabilityConfirmed} who holds which bundles, {UpdateRemoved} takes an update out again, {UpdateExcluded}
/// and {RoundFrozen} tell the frozen set, {KeySumPosted} and {KeySumsCompleted} the opening, {ModelAttested}, {ModelAttestedByHospital} and
/// {RoundFinalized} the result, {RoundFailed} the failure, {StudyClosed} that no round follows.
interface IRoundEvents {
    /// @notice A round was opened. The study's parameters are in ModelRegistry.StudyCreated.
    /// @param roundId Its id, counting from 1 over all studies, below 2^32
    /// @param studyId Its study
    /// @param baseModelId The global model it trains from
    /// @param opening All else
    event RoundOpened(uint256 indexed roundId, uint256 indexed studyId, uint256 indexed baseModelId, Opening opening);

    /// @notice One segment of an accepted update was proven. All segments of an update, then its {UpdateSubmitted}, follow one another in one transaction.
    /// @param roundId The round
    /// @param hospital The hospital
    /// @param segment Index from 0: firstStep = segment * stepsPerSegment; commitmentIn = the preceding segment's commitmentOut, or the base model's
    /// @param commitmentOut Commitment to the weights after the segment
    /// @param proof Groth16 points, as in SegmentProof
    event SegmentProven(
        uint256 indexed roundId,
        address indexed hospital,
        uint256 segment,
        uint256 commitmentOut,
        uint256[8] proof
    );

    /// @notice An update was accepted: every segment and the encryption are proven. Its position is the number of these events of the round
    /// before it; the frozen set, which lacks removed and excluded updates, is in their order.
    /// @param roundId The round
    /// @param hospital The hospital
    /// @param update The rest
    event UpdateSubmitted(uint256 indexed roundId, address indexed hospital, SubmittedUpdate update);

    /// @notice An update's bundle was shown not to be what its proof says, before the round froze; it no longer counts.
    /// HospitalRegistry.HospitalBarred follows in the same transaction.
    /// @param roundId The round
    /// @param hospital The hospital
    /// @param sampleCount Its samples, taken off the round's sum
    event UpdateRemoved(uint256 indexed roundId, address indexed hospital, uint32 sampleCount);

    /// @notice As many updates are live as were expected: submissions are closed. Follows the {UpdateSubmitted} that completed them.
    /// @param roundId The round
    /// @param deadline The new submission deadline: the event's own block timestamp
    event SubmissionsClosed(uint256 indexed roundId, uint64 deadline);

    /// @notice A member confirmed to hold the bundles of these hospitals' updates, and to have checked them against their proofs.
    /// @param roundId The round
    /// @param member The member
    /// @param hospitals Whose updates, in the order in which the member named them
    event AvailabilityConfirmed(uint256 indexed roundId, address indexed member, address[] hospitals);

    /// @notice An update was left out of the frozen set because fewer than t members confirmed to hold its bundle. In the order of
    /// acceptance, before the {RoundFrozen} of the same transaction.
    /// @param roundId The round
    /// @param hospital The hospital
    event UpdateExcluded(uint256 indexed roundId, address indexed hospital);

    /// @notice The set of updates was frozen, once for ever.
    /// @param roundId The round
    /// @param frozenSetDigest keccak256(abi.encode(roundId, hospitals, bundleDigests, shareDigests)), the latter as submitted
    /// @param hospitals In the order of acceptance
    /// @param bundleDigests In the same order
    event RoundFrozen(uint256 indexed roundId, bytes32 frozenSetDigest, address[] hospitals, bytes32[] bundleDigests);

    /// @notice A member posted its key sum for the frozen set, proven.
    /// @param roundId The round
    /// @param member The member
    /// @param index Its position 1 to n on the committee
    /// @param values The key sum T, docs/PROTOCOL.md section 3.1
    /// @param proofs Its proofs; each one's maskIn is the preceding one's maskOut, and the first one's the commitment to mask 0
    event KeySumPosted(
        uint256 indexed roundId,
        address indexed member,
        uint8 index,
        uint256[] values,
        KeySumProof[] proofs
    );

    /// @notice The t-th key sum was posted: the round is Opened. Further members may still post.
    /// @param roundId The round
    /// @param membersOnlyUntil Last second in which members alone may attest; afterwards the frozen set's hospitals may, too
    event KeySumsCompleted(uint256 indexed roundId, uint64 membersOnlyUntil);

    /// @notice A member attested to the new global model.
    /// @param roundId The round
    /// @param member The member
    /// @param modelCommitment Commitment to the new weights, salt 0
    /// @param modelDigest SHA-256 of the new model's object
    event ModelAttested(uint256 indexed roundId, address indexed member, uint256 modelCommitment, bytes32 modelDigest);

    /// @notice A hospital of the frozen set attested to the new global model: the committee did not finish in its time.
    /// @param roundId The round
    /// @param hospital The hospital
    /// @param modelCommitment Commitment to the new weights, salt 0
    /// @param modelDigest SHA-256 of the new model's object
    event ModelAttestedByHospital(
        uint256 indexed roundId,
        address indexed hospital,
        uint256 modelCommitment,
        bytes32 modelDigest
    );

    /// @notice t members, or more than half of the frozen set's hospitals, attested to the same model, which is now the study's current one.
    /// Follows ModelRegistry.ModelAppended.
    /// @param roundId The round
    /// @param studyId Its study
    /// @param modelId The new model
    /// @param modelCommitment Commitment to its weights
    /// @param modelDigest SHA-256 of its object
    event RoundFinalized(
        uint256 indexed roundId,
        uint256 indexed studyId,
        uint256 indexed modelId,
        uint256 modelCommitment,
        bytes32 modelDigest
    );

    /// @notice A round failed; the study's current model is unchanged. Unless {StudyClosed} follows, its next round can open.
    /// @param roundId The round
    /// @param studyId Its study
    /// @param reason Why
    event RoundFailed(uint256 indexed roundId, uint256 indexed studyId, FailureReason reason);

    /// @notice The study was closed for good, because a round of it could not be finished after its set was frozen. Follows the {RoundFailed}
    /// of that round.
    /// @param studyId The study
    event StudyClosed(uint256 indexed studyId);
}
