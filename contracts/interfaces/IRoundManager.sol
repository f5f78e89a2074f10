// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRoundErrors} from "./IRoundErrors.sol";
import {IRoundEvents} from "./IRoundEvents.sol";
import {
    Accepted,
    AvailableUpdate,
    CommitteeSeat,
    Durations,
    EncryptionProof,
    Evaluation,
    KeySumProof,
    Round,
    SegmentProof,
    Update
} from "./RoundTypes.sol";

/// @title Rounds: from opening to an attested new global model
/// @notice A time is within a deadline while block.timestamp <= deadline.
interface IRoundManager is IRoundEvents, IRoundErrors {
    /// @notice Opens the study's next round. Owner only.
    /// @param studyId The study; it must have no active round and not be closed
    /// @param committee Members in committee order; their share keys are taken now
    /// @param durations Longest time of each phase
    /// @return roundId The new round's id
    function openRound(
        uint256 studyId,
        address[] calldata committee,
        Durations calldata durations
    ) external returns (uint256 roundId);

    /// @notice Submits the calling hospital's update. All public signals but the arguments' come from storage.
    /// @param roundId The round
    /// @param bundleDigest SHA-256 of the update bundle
    /// @param segments ceil(epochs * batchCount / stepsPerSegment) segments in order
    /// @param encryption The encryption proof
    function submitUpdate(
        uint256 roundId,
        bytes32 bundleDigest,
        SegmentProof[] calldata segments,
        EncryptionProof calldata encryption
    ) external;

    /// @notice Removes an update whose bundle is not what its proof says, and bars its hospital. Anyone may call, with the bundle's bytes, until
    /// the set is frozen: t members, each of whom checked the bundle, confirmed what is in it, and it never changes (two sets would reveal one
    /// hospital's key).
    /// @param roundId The round: Open
    /// @param hospital The hospital
    /// @param bundle The bytes whose SHA-256 is the update's bundle digest
    /// @param evaluation As in the update's event
    function challengeUpdate(
        uint256 roundId,
        address hospital,
        bytes calldata bundle,
        Evaluation calldata evaluation
    ) external;

    /// @notice Confirms that the calling member holds these bundles itself and found them to be what their proofs say. By t confirmations an
    /// update is available. Until the end of checking, submissionDeadline + checkingDuration; each update once.
    /// @param roundId The round: Open
    /// @param updates Live updates, at least one
    function confirmAvailability(uint256 roundId, AvailableUpdate[] calldata updates) external;

    /// @notice Freezes the set of available updates. Anyone may call, once submissions are over and either all live updates are available
    /// or checking is over. Submissions end at their deadline, which is earlier once as many updates are live as hospitals had committed data
    /// before the round's first block (at most the profile's maximum; a barred hospital no longer counts, one that commits again during the
    /// round still does).
    /// @param roundId The round
    function freeze(uint256 roundId) external;

    /// @notice Posts the calling member's key sum for the frozen set, once. A vector that is not the sum of the shares that the set's
    /// encryption proofs committed to has no proof.
    /// There is no deadline.
    /// @param roundId The round: Frozen or Opened
    /// @param frozenSetDigest The set it is for: on another branch of the chain, another one may be frozen
    /// @param values The key sum T, each value below the field order
    /// @param proofs ceil(updates / keySumSlots) proofs, over the frozen set in its order
    function postKeySum(
        uint256 roundId,
        bytes32 frozenSetDigest,
        uint256[] calldata values,
        KeySumProof[] calldata proofs
    ) external;

    /// @notice Attests to the new global model, once a member. The t-th equal attestation finalizes the round. There is no deadline.
    /// @param roundId The round: Opened
    /// @param modelCommitment Commitment to the new weights, salt 0
    /// @param modelDigest SHA-256 of the new model's object
    function attest(uint256 roundId, uint256 modelCommitment, bytes32 modelDigest) external;

    /// @notice Attests to the new global model as a hospital of the frozen set, once each, when the members had the attestation duration for
    /// it: the model is a function of public data, and nobody can veto it. Equal attestations of more than half of the set finalize the round.
    /// @param roundId The round: Opened
    /// @param modelCommitment Commitment to the new weights, salt 0
    /// @param modelDigest SHA-256 of the new model's object
    function attestAsHospital(uint256 roundId, uint256 modelCommitment, bytes32 modelDigest) external;

    /// @notice Fails an Open round that passed its submission deadline with too few live updates, or the end of checking with too few
    /// available ones. Anyone may call. A frozen round can only be finished: its sum may have been opened.
    /// @param roundId The round: Open
    function fail(uint256 roundId) external;

    /// @notice Fails an Open round at once: nothing has been opened yet. Owner only.
    /// @param roundId The round: Open
    function cancelRound(uint256 roundId) external;

    /// @notice Closes a study for good whose round has been Frozen, or Opened, for CLOSING_DELAY: too many share keys or all copies of the
    /// bundles are lost. The round fails, and no round of the study follows: its base model may have been opened for this set. Owner only.
    /// @param studyId The study
    function closeStudy(uint256 studyId) external;

    /// @notice The round; all zero (phase None) when there is none.
    function roundOf(uint256 roundId) external view returns (Round memory);

    /// @notice Whether the study was closed for good.
    function isClosed(uint256 studyId) external view returns (bool);

    /// @notice Seconds after which a round that is Frozen, or Opened, lets its study be closed.
    function CLOSING_DELAY() external view returns (uint256);

    /// @notice The study's round that is neither Finalized nor Failed; 0 when there is none.
    function activeRound(uint256 studyId) external view returns (uint256);

    /// @notice Number of rounds of all studies; their ids are 1 to this.
    function roundCount() external view returns (uint256);

    /// @notice Every accepted update by position, removed ones too.
    function acceptedOf(uint256 roundId) external view returns (Accepted[] memory);

    /// @notice Hospitals with a live update, in the order of acceptance; from freezing on, those of the frozen set.
    function hospitalsOf(uint256 roundId) external view returns (address[] memory);

    /// @notice A hospital's live update.
    function updateOf(uint256 roundId, address hospital) external view returns (Update memory);

    /// @notice A member's seat in the round.
    function seatOf(uint256 roundId, address member) external view returns (CommitteeSeat memory);

    /// @notice How many members, and how many hospitals, attested to this model in the round.
    function attestationsOf(
        uint256 roundId,
        uint256 modelCommitment,
        bytes32 modelDigest
    ) external view returns (uint256 members, uint256 hospitals);

    /// @notice Whether the hospital attested in the round.
    function hasAttested(uint256 roundId, address hospital) external view returns (bool);

    /// @notice The public signal that binds a hospital's proofs to the round, docs/PROTOCOL.md section 1.
    function contextOf(uint256 roundId, address hospital) external view returns (uint256);
}
