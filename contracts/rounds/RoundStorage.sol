// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IHospitalRegistry} from "../interfaces/IHospitalRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {Accepted, CommitteeSeat, Phase, Round, Update} from "../interfaces/RoundTypes.sol";
import {PublicSignals} from "../libraries/PublicSignals.sol";

/// @title What the round manager stores, and how it is read
abstract contract RoundStorage is IRoundManager {
    /// @dev Equal ones, of members and of hospitals.
    struct Attestations {
        uint128 members;
        uint128 hospitals;
    }

    /// @notice Where studies and models live.
    IModelRegistry public immutable MODEL_REGISTRY;
    /// @notice Where hospitals, data sets and share keys live.
    IHospitalRegistry public immutable HOSPITAL_REGISTRY;

    /// @inheritdoc IRoundManager
    uint256 public roundCount;
    /// @inheritdoc IRoundManager
    mapping(uint256 studyId => uint256 roundId) public activeRound;
    /// @inheritdoc IRoundManager
    mapping(uint256 studyId => bool) public isClosed;

    mapping(uint256 roundId => Round) internal _rounds;
    /// @dev Positions are 0 to the round's acceptedCount less 1. An entry never moves.
    mapping(uint256 roundId => mapping(uint256 position => Accepted)) internal _accepted;
    mapping(uint256 roundId => mapping(address hospital => Update)) internal _updates;
    mapping(uint256 roundId => mapping(address member => CommitteeSeat)) internal _seats;
    /// @dev By keccak256(abi.encode(modelCommitment, modelDigest)).
    mapping(uint256 roundId => mapping(bytes32 model => Attestations)) internal _attestations;
    /// @inheritdoc IRoundManager
    mapping(uint256 roundId => mapping(address hospital => bool)) public hasAttested;

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
    function acceptedOf(uint256 roundId) external view returns (Accepted[] memory accepted) {
        accepted = new Accepted[](_rounds[roundId].acceptedCount);
        for (uint256 i = 0; i < accepted.length; ++i) {
            accepted[i] = _accepted[roundId][i];
        }
    }

    /// @inheritdoc IRoundManager
    function hospitalsOf(uint256 roundId) external view returns (address[] memory hospitals) {
        Round storage round = _rounds[roundId];
        hospitals = new address[](round.updateCount);
        uint256 count = 0;
        uint256 acceptedCount = round.acceptedCount;
        for (uint256 position = 0; position < acceptedCount; ++position) {
            address hospital = _accepted[roundId][position].hospital;
            // Neither removed nor excluded.
            if (_updates[roundId][hospital].bundleDigest != bytes32(0)) hospitals[count++] = hospital;
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
    ) external view returns (uint256 members, uint256 hospitals) {
        Attestations storage equal = _attestationsTo(roundId, modelCommitment, modelDigest);
        return (equal.members, equal.hospitals);
    }

    /// @inheritdoc IRoundManager
    function contextOf(uint256 roundId, address hospital) external view returns (uint256) {
        Round storage round = _rounds[roundId];
        if (round.phase == Phase.None) revert RoundManager__WrongPhase(roundId, Phase.None);
        uint256 profileId = MODEL_REGISTRY.parametersOf(round.studyId).profileId;
        return PublicSignals.context(round.studyId, roundId, hospital, profileId);
    }

    function _requirePhase(uint256 roundId, Round storage round, Phase phase) internal view {
        if (round.phase != phase) revert RoundManager__WrongPhase(roundId, round.phase);
    }

    function _requireWithin(uint256 roundId, uint256 deadline) internal view {
        if (block.timestamp > deadline) revert RoundManager__DeadlinePassed(roundId, deadline, block.timestamp);
    }

    function _requirePassed(uint256 roundId, uint256 deadline) internal view {
        if (block.timestamp <= deadline) revert RoundManager__DeadlineNotPassed(roundId, deadline, block.timestamp);
    }

    /// @dev Last second of availability confirmations, while Open.
    function _checkingDeadline(Round storage round) internal view returns (uint256) {
        return uint256(round.deadline) + round.checkingDuration;
    }

    /// @dev Last second in which members alone may attest, once Opened.
    function _membersOnlyUntil(Round storage round) internal view returns (uint256) {
        return uint256(round.enteredAt) + round.attestationDuration;
    }

    function _requireSeat(uint256 roundId) internal view returns (CommitteeSeat storage seat) {
        seat = _seats[roundId][msg.sender];
        if (seat.index == 0) revert RoundManager__NotOnCommittee(roundId, msg.sender);
    }

    /// @dev How many members confirmed.
    function _countOf(uint256 confirmations) internal pure returns (uint256 count) {
        for (; confirmations != 0; confirmations &= confirmations - 1) ++count;
    }

    function _evaluationHash(uint256 gamma, uint256 y, uint256 y2) internal pure returns (bytes32) {
        return keccak256(abi.encode(gamma, y, y2));
    }

    function _modelKey(uint256 modelCommitment, bytes32 modelDigest) private pure returns (bytes32) {
        return keccak256(abi.encode(modelCommitment, modelDigest));
    }

    /// @dev Those equal to this one.
    function _attestationsTo(
        uint256 roundId,
        uint256 modelCommitment,
        bytes32 modelDigest
    ) internal view returns (Attestations storage) {
        return _attestations[roundId][_modelKey(modelCommitment, modelDigest)];
    }
}
