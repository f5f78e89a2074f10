// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Phase} from "./RoundTypes.sol";

/// @title Why the round manager refuses a call
interface IRoundErrors {
    /// @notice Thrown when a required address is zero.
    error RoundManager__ZeroAddress();
    /// @notice Thrown when the round is not in the phase that the call needs (None: there is no such round).
    error RoundManager__WrongPhase(uint256 roundId, Phase actual);
    /// @notice Thrown when the study has a round that is neither Finalized nor Failed.
    error RoundManager__RoundActive(uint256 studyId, uint256 roundId);
    /// @notice Thrown when a duration is outside its range, in seconds.
    error RoundManager__Duration(uint256 duration, uint256 least, uint256 most);
    /// @notice Thrown when the study was closed for good.
    error RoundManager__StudyClosed(uint256 studyId);
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
    /// @notice Thrown when any proof of the update is refused, or its points are not canonical: see SegmentProof. They are verified
    /// together, so that no one can say which.
    error RoundManager__UpdateProofInvalid();
    /// @notice Thrown when a member confirms nothing.
    error RoundManager__NothingConfirmed(uint256 roundId);
    /// @notice Thrown when the member has confirmed the update.
    error RoundManager__AlreadyConfirmed(uint256 roundId, address member, uint256 position);
    /// @notice Thrown when there are too few updates to freeze: live ones, or, when checking is over, available ones. {fail} is what is left.
    error RoundManager__TooFewUpdates(uint256 updates, uint256 minUpdates);
    /// @notice Thrown when failing a round that has enough updates to be frozen.
    error RoundManager__EnoughUpdates(uint256 updates, uint256 minUpdates);
    /// @notice Thrown when the caller is no hospital of the round's frozen set.
    error RoundManager__NotInFrozenSet(uint256 roundId, address caller);
    /// @notice Thrown when the caller is not on the round's committee.
    error RoundManager__NotOnCommittee(uint256 roundId, address caller);
    /// @notice Thrown when the member has posted its key sum.
    error RoundManager__AlreadyPosted(uint256 roundId, address member);
    /// @notice Thrown when a key sum is for another set than the one that the round froze.
    error RoundManager__FrozenSetMismatch(uint256 roundId, bytes32 given, bytes32 actual);
    /// @notice Thrown when a key sum does not have one value for each of the packed key's elements.
    error RoundManager__KeySumLength(uint256 actual, uint256 required);
    /// @notice Thrown when the key sum's proofs are not ceil(updates / keySumSlots).
    error RoundManager__KeySumProofCount(uint256 actual, uint256 required);
    /// @notice Thrown when the last proof's mask is not 0, so that the proofs' evaluations add up to something else than the key sum's.
    error RoundManager__KeySumMask(uint256 actual, uint256 required);
    /// @notice Thrown when the proofs' evaluations do not add up to that of the key sum: it is not the sum of the shares.
    error RoundManager__KeySumEvaluation(uint256 actual, uint256 required);
    /// @notice Thrown when any proof of the key sum is refused, or its points are not canonical: see SegmentProof.
    error RoundManager__KeySumProofInvalid();
    /// @notice Thrown when the member, or the hospital, has attested.
    error RoundManager__AlreadyAttested(uint256 roundId, address caller);
    /// @notice Thrown when a model commitment or a key sum's value is not below the field order.
    error RoundManager__NotFieldElement(uint256 value);
    /// @notice Thrown when the hospital has no live update in the round; the hospital is zero for a position that nobody has.
    error RoundManager__NoUpdate(uint256 roundId, address hospital);
    /// @notice Thrown when the challenger's gamma, y, y2 are not those of the accepted update.
    error RoundManager__EvaluationMismatch(bytes32 actual, bytes32 required);
    /// @notice Thrown when the challenger's bytes, or the digest that a member confirms, are not of the update's bundle.
    error RoundManager__BundleMismatch(bytes32 actual, bytes32 required);
    /// @notice Thrown when the challenged bundle is exactly what its proof says.
    error RoundManager__UpdateConsistent(uint256 roundId, address hospital);
}
