// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {
    CommitteeSeat,
    Durations,
    EncryptionProof,
    Evaluation,
    FailureReason,
    Opening,
    Phase,
    Round,
    SegmentProof,
    SubmittedUpdate,
    Update
} from "./RoundTypes.sol";

/// @title Rounds: from opening to an attested new global model
/// @notice Everything an auditor needs is in the events, proofs included, since call data may come through a wallet contract.
/// State from events: {RoundOpened} gives the round, {SegmentProven} and {UpdateSubmitted} every proof with its signals, {UpdateRemoved}
/// takes an update out again, {RoundFrozen} lists the frozen set, {KeySumPosted} and {KeySumsCompleted} the opening, {ModelAttested} and
/// {RoundFinalized} the result, {RoundFailed} the failure. A time is within a deadline while block.timestamp <= deadline.
interface IRoundManager {
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

    /// @notice An update was accepted: every segment and the encryption are proven. The order of these events, less removed updates, is the frozen set's.
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

    /// @notice The set of updates was frozen, once for ever.
    /// @param roundId The round
    /// @param frozenSetDigest keccak256(abi.encode(roundId, hospitals, bundleDigests))
    /// @param deadline Last second for key sums
    /// @param hospitals In the order of acceptance
    /// @param bundleDigests In the same order
    event RoundFrozen(
        uint256 indexed roundId,
        bytes32 frozenSetDigest,
        uint64 deadline,
        address[] hospitals,
        bytes32[] bundleDigests
    );

    /// @notice A member posted its key sum for the frozen set.
    /// @param roundId The round
    /// @param member The member
    /// @param index Its position 1 to n on the committee
    /// @param keySumDigest SHA-256 of its key sum object
    event KeySumPosted(uint256 indexed roundId, address indexed member, uint8 index, bytes32 keySumDigest);

    /// @notice The t-th key sum was posted: the round is Opened. Further members may still post.
    /// @param roundId The round
    /// @param deadline Last second for attestations and further key sums: the later of the key sums' deadline and the attestation duration from now
    event KeySumsCompleted(uint256 indexed roundId, uint64 deadline);

    /// @notice A member attested to the new global model.
    /// @param roundId The round
    /// @param member The member
    /// @param modelCommitment Commitment to the new weights, salt 0
    /// @param modelDigest SHA-256 of the new model's object
    event ModelAttested(uint256 indexed roundId, address indexed member, uint256 modelCommitment, bytes32 modelDigest);

    /// @notice t members attested to the same model, which is now the study's current one. Follows ModelRegistry.ModelAppended.
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

    /// @notice A round failed; the study's current model is unchanged and its next round can open.
    /// @param roundId The round
    /// @param studyId Its study
    /// @param reason Why
    event RoundFailed(uint256 indexed roundId, uint256 indexed studyId, FailureReason reason);

    /// @notice Thrown when a required address is zero.
    error RoundManager__ZeroAddress();
    /// @notice Thrown when the round is not in the phase that the call needs (None: there is no such round).
    error RoundManager__WrongPhase(uint256 roundId, Phase actual);
    /// @notice Thrown when the study has a round that is neither Finalized nor Failed.
    error RoundManager__RoundActive(uint256 studyId, uint256 roundId);
    /// @notice Thrown when a duration is outside its range, in seconds.
    error RoundManager__Duration(uint256 duration, uint256 most);
    /// @notice Thrown when the committee does not have the study's size.
    error RoundManager__CommitteeSize(uint256 actual, uint256 required);
    /// @notice Thrown when a named committee member is not admitted.
    error RoundManager__NotAdmittedMember(address member);
    /// @notice Thrown when a named committee member has no share key.
    error RoundManager__NoShareKey(address member);
    /// @notice Thrown when a member is named twice.
    error RoundManager__DuplicateMember(address member);
    /// @notice Thrown when too few hospitals have committed data for the round ever to be frozen. Commitments of the same block count here,
    /// though not for `expectedUpdates`: nodes simulate a call in the latest block, where a commitment that they will hold in time still is.
    error RoundManager__TooFewHospitals(uint256 committed, uint256 minUpdates);
    /// @notice Thrown when a phase's deadline has passed.
    error RoundManager__DeadlinePassed(uint256 roundId, uint256 deadline, uint256 timestamp);
    /// @notice Thrown when a phase's deadline has not passed.
    error RoundManager__DeadlineNotPassed(uint256 roundId, uint256 deadline, uint256 timestamp);
    /// @notice Thrown when the caller is no admitted hospital.
    error RoundManager__NotHospital(address caller);
    /// @notice Thrown when the hospital has no data set for the study, or committed it (again) in or after the round's first block.
    error RoundManager__NoDataset(address hospital, uint256 registeredAt, uint256 openedAtBlock);
    /// @notice Thrown when the hospital's update is already accepted.
    error RoundManager__AlreadySubmitted(uint256 roundId, address hospital);
    /// @notice Thrown when a digest that must name an IPFS object is zero.
    error RoundManager__ZeroDigest();
    /// @notice Thrown when the number of segments does not cover epochs * batchCount steps.
    error RoundManager__SegmentCount(uint256 actual, uint256 required);
    /// @notice Thrown when the round already has as many updates as the profile allows.
    error RoundManager__TooManyUpdates(uint256 most);
    /// @notice Thrown when the round would have more samples than the profile allows.
    error RoundManager__TooManySamples(uint256 sampleSum, uint256 most);
    /// @notice Thrown when a segment's proof is refused, or its points are not canonical: see SegmentProof.
    error RoundManager__SegmentProofInvalid(uint256 segment);
    /// @notice Thrown when the encryption proof is refused, or its points are not canonical: see SegmentProof.
    error RoundManager__EncryptionProofInvalid();
    /// @notice Thrown when there are too few updates to freeze; after the deadline {fail} is what is left.
    error RoundManager__TooFewUpdates(uint256 updates, uint256 minUpdates);
    /// @notice Thrown when failing a round that has enough updates to be frozen.
    error RoundManager__EnoughUpdates(uint256 updates, uint256 minUpdates);
    /// @notice Thrown when the caller is not on the round's committee.
    error RoundManager__NotOnCommittee(uint256 roundId, address caller);
    /// @notice Thrown when the member has posted its key sum.
    error RoundManager__AlreadyPosted(uint256 roundId, address member);
    /// @notice Thrown when the member has attested.
    error RoundManager__AlreadyAttested(uint256 roundId, address member);
    /// @notice Thrown when a model commitment is not below the field order.
    error RoundManager__NotFieldElement(uint256 value);
    /// @notice Thrown when the hospital has no accepted update in the round.
    error RoundManager__NoUpdate(uint256 roundId, address hospital);
    /// @notice Thrown when the challenger's gamma, y, y2 are not those of the accepted update.
    error RoundManager__EvaluationMismatch(bytes32 actual, bytes32 required);
    /// @notice Thrown when the challenger's bytes are not the update's bundle.
    error RoundManager__BundleMismatch(bytes32 actual, bytes32 required);
    /// @notice Thrown when the challenged bundle is exactly what its proof says.
    error RoundManager__UpdateConsistent(uint256 roundId, address hospital);

    /// @notice Opens the study's next round. Owner only.
    /// @param studyId The study; it must have no active round
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

    /// @notice Removes an update whose bundle is not what its proof says, and bars its hospital. Anyone may call, with the bundle's bytes.
    /// In a round that is already Frozen or Opened, the set cannot change any more (two sets would reveal one hospital's key), so the round fails.
    /// @param roundId The round: Open, Frozen or Opened
    /// @param hospital The hospital
    /// @param bundle The bytes whose SHA-256 is the update's bundle digest
    /// @param evaluation As in the update's event
    function challengeUpdate(
        uint256 roundId,
        address hospital,
        bytes calldata bundle,
        Evaluation calldata evaluation
    ) external;

    /// @notice Freezes the set of updates. Anyone may call: after the submission deadline, or once as many updates are accepted as
    /// hospitals had committed data before the round's first block (at most the profile's maximum; a barred hospital no longer counts, one
    /// that commits again during the round still does).
    /// @param roundId The round
    function freeze(uint256 roundId) external;

    /// @notice Posts the calling member's key sum for the frozen set, once.
    /// @param roundId The round: Frozen or Opened
    /// @param keySumDigest SHA-256 of its key sum object
    function postKeySum(uint256 roundId, bytes32 keySumDigest) external;

    /// @notice Attests to the new global model, once a member. The t-th equal attestation finalizes the round.
    /// @param roundId The round: Opened
    /// @param modelCommitment Commitment to the new weights, salt 0
    /// @param modelDigest SHA-256 of the new model's object
    function attest(uint256 roundId, uint256 modelCommitment, bytes32 modelDigest) external;

    /// @notice Fails a round whose current phase passed its deadline. Anyone may call. A round with enough updates is to be frozen instead.
    /// @param roundId The round: Open, Frozen or Opened
    function fail(uint256 roundId) external;

    /// @notice The round; all zero (phase None) when there is none.
    function roundOf(uint256 roundId) external view returns (Round memory);

    /// @notice The study's round that is neither Finalized nor Failed; 0 when there is none.
    function activeRound(uint256 studyId) external view returns (uint256);

    /// @notice Number of rounds of all studies; their ids are 1 to this.
    function roundCount() external view returns (uint256);

    /// @notice Hospitals with an accepted update, in the order of acceptance.
    function hospitalsOf(uint256 roundId) external view returns (address[] memory);

    /// @notice A hospital's accepted update.
    function updateOf(uint256 roundId, address hospital) external view returns (Update memory);

    /// @notice A member's seat in the round.
    function seatOf(uint256 roundId, address member) external view returns (CommitteeSeat memory);

    /// @notice How many members attested to this model in the round.
    function attestationsOf(
        uint256 roundId,
        uint256 modelCommitment,
        bytes32 modelDigest
    ) external view returns (uint256);

    /// @notice The public signal that binds a hospital's proofs to the round, docs/PROTOCOL.md section 1.
    function contextOf(uint256 roundId, address hospital) external view returns (uint256);
}
