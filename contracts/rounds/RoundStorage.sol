// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IHospitalRegistry} from "../interfaces/IHospitalRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {CommitteeSeat, FailureReason, Phase, Round, Update} from "../interfaces/RoundTypes.sol";
import {PublicSignals} from "../libraries/PublicSignals.sol";

/// @title What the round manager stores, and how it is read
abstract contract RoundStorage is IRoundManager {
    /// @dev An entry of a round's accepted updates, in the order of acceptance.
    struct Accepted {
        address hospital;
        uint32 sampleCount;
    }

    /// @notice Where studies and models live.
    IModelRegistry public immutable MODEL_REGISTRY;
    /// @notice Where hospitals, data sets and share keys live.
    IHospitalRegistry public immutable HOSPITAL_REGISTRY;

    /// @inheritdoc IRoundManager
    uint256 public roundCount;
    /// @inheritdoc IRoundManager
    mapping(uint256 studyId => uint256 roundId) public activeRound;

    mapping(uint256 roundId => Round) internal _rounds;
    mapping(uint256 roundId => Accepted[]) internal _accepted;
    mapping(uint256 roundId => mapping(address hospital => Update)) internal _updates;
    mapping(uint256 roundId => mapping(address member => CommitteeSeat)) internal _seats;
    /// @dev By keccak256(abi.encode(modelCommitment, modelDigest)).
    mapping(uint256 roundId => mapping(bytes32 model => uint256)) internal _attestations;

    constructor(IModelRegistry modelRegistry, IHospitalRegistry hospitalRegistry) {
        if (address(modelRegistry) == address(0) || address(hospitalRegistry) == address(0)) {
            revert RoundManager__ZeroAddress();
        }
        MODEL_REGISTRY = modelRegistry;
        HOSPITAL_REGISTRY = hospitalRegistry;
    }

    /// @inheritdoc IRoundManager
    function roundOf(uint256 roundId) external view returns (Round memory) {
        return _rounds[roundId];
    }

    /// @inheritdoc IRoundManager
    function hospitalsOf(uint256 roundId) external view returns (address[] memory hospitals) {
        Accepted[] storage accepted = _accepted[roundId];
        hospitals = new address[](accepted.length);
        for (uint256 i = 0; i < hospitals.length; ++i) {
            hospitals[i] = accepted[i].hospital;
        }
    }

    /// @inheritdoc IRoundManager
    function updateOf(uint256 roundId, address hospital) external view returns (Update memory) {
        return _updates[roundId][hospital];
    }

    /// @inheritdoc IRoundManager
    function seatOf(uint256 roundId, address member) external view returns (CommitteeSeat memory) {
        return _seats[roundId][member];
    }

    /// @inheritdoc IRoundManager
    function attestationsOf(
        uint256 roundId,
        uint256 modelCommitment,
        bytes32 modelDigest
    ) external view returns (uint256) {
        return _attestations[roundId][_modelKey(modelCommitment, modelDigest)];
    }

    /// @inheritdoc IRoundManager
    function contextOf(uint256 roundId, address hospital) external view returns (uint256) {
        Round storage round = _rounds[roundId];
        if (round.phase == Phase.None) revert RoundManager__WrongPhase(roundId, Phase.None);
        uint256 profileId = MODEL_REGISTRY.studyOf(round.studyId).parameters.profileId;
        return PublicSignals.context(round.studyId, roundId, hospital, profileId);
    }

    function _fail(uint256 roundId, Round storage round, FailureReason reason) internal {
        round.phase = Phase.Failed;
        round.failureReason = reason;
        uint256 studyId = round.studyId;
        delete activeRound[studyId];
        emit RoundFailed(roundId, studyId, reason);
    }

    function _requirePhase(uint256 roundId, Round storage round, Phase phase) internal view {
        if (round.phase != phase) revert RoundManager__WrongPhase(roundId, round.phase);
    }

    function _requireWithinDeadline(uint256 roundId, Round storage round) internal view {
        if (block.timestamp > round.deadline) {
            revert RoundManager__DeadlinePassed(roundId, round.deadline, block.timestamp);
        }
    }

    function _modelKey(uint256 modelCommitment, bytes32 modelDigest) internal pure returns (bytes32) {
        return keccak256(abi.encode(modelCommitment, modelDigest));
    }
}
