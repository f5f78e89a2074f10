// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {HospitalRegistry} from "../../../contracts/HospitalRegistry.sol";
import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {RoundManager} from "../../../contracts/RoundManager.sol";
import {IHospitalRegistry} from "../../../contracts/interfaces/IHospitalRegistry.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {IRoundEvents} from "../../../contracts/interfaces/IRoundEvents.sol";
import {
    Accepted,
    CommitteeSeat,
    FailureReason,
    KeySumProof,
    Opening,
    Phase,
    Round,
    SubmittedUpdate
} from "../../../contracts/interfaces/RoundTypes.sol";
import {Vm} from "./Vm.sol";

/// @title State rebuilt from events alone
/// @notice Knows the studies' parameters and the order of the logs, nothing else; {difference} compares with what the contracts store.
contract EventReplay {
    struct Update {
        address hospital;
        uint32 sampleCount;
        uint8 confirmations;
        bool removed;
        bytes32 bundleDigest;
        uint256 shareDigest;
    }

    ModelRegistry private immutable MODELS;
    HospitalRegistry private immutable HOSPITALS;
    RoundManager private immutable ROUNDS;

    mapping(uint256 roundId => Round) private _rounds;
    mapping(uint256 roundId => Update[]) private _updates;
    mapping(uint256 roundId => address[]) private _committees;
    mapping(uint256 roundId => address[]) private _frozen;
    mapping(uint256 roundId => mapping(address member => CommitteeSeat)) private _seats;
    mapping(uint256 roundId => mapping(uint256 model => uint256)) private _attestations;
    mapping(uint256 roundId => mapping(uint256 model => uint256)) private _hospitalAttestations;
    mapping(uint256 studyId => bool) private _closed;
    mapping(uint256 studyId => uint256) private _currentModels;
    mapping(uint256 studyId => uint256) private _activeRounds;
    mapping(address hospital => bool) private _barred;
    uint256 private _roundCount;

    constructor(ModelRegistry models, HospitalRegistry hospitals, RoundManager rounds) {
        MODELS = models;
        HOSPITALS = hospitals;
        ROUNDS = rounds;
        _currentModels[1] = 1;
        _currentModels[2] = 2;
    }

    /// @notice Takes the logs of the next transactions.
    function fold(Vm.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IRoundEvents.StudyClosed.selector) _closed[uint256(logs[i].topics[1])] = true;
            else if (logs[i].emitter == address(ROUNDS)) _foldRound(logs[i]);
            else if (logs[i].topics[0] == IModelRegistry.ModelAppended.selector) {
                _currentModels[uint256(logs[i].topics[1])] = uint256(logs[i].topics[2]);
            } else if (logs[i].topics[0] == IHospitalRegistry.HospitalBarred.selector) {
                _barred[address(uint160(uint256(logs[i].topics[1])))] = true;
            } else if (logs[i].topics[0] == IHospitalRegistry.HospitalBarLifted.selector) {
                _barred[address(uint160(uint256(logs[i].topics[1])))] = false;
            }
        }
    }

    /// @notice What the contracts store otherwise; empty when nothing.
    function difference(address[] calldata hospitals) external view returns (string memory) {
        if (ROUNDS.roundCount() != _roundCount) return "replay: rounds";
        for (uint256 studyId = 1; studyId <= 2; ++studyId) {
            if (MODELS.currentModel(studyId) != _currentModels[studyId]) return "replay: current model";
            if (ROUNDS.activeRound(studyId) != _activeRounds[studyId]) return "replay: active round";
            if (ROUNDS.isClosed(studyId) != _closed[studyId]) return "replay: closed study";
        }
        for (uint256 i = 0; i < hospitals.length; ++i) {
            if (HOSPITALS.isBarred(hospitals[i]) != _barred[hospitals[i]]) return "replay: barred";
        }
        // Ended rounds are compared once more after the next has opened.
        uint256 first = _roundCount > 2 ? _roundCount - 2 : 1;
        for (uint256 roundId = first; roundId <= _roundCount; ++roundId) {
            if (keccak256(abi.encode(ROUNDS.roundOf(roundId))) != keccak256(abi.encode(_rounds[roundId]))) {
                return "replay: round";
            }
            if (!_sameUpdates(roundId)) return "replay: updates";
            if (!_sameCommittee(roundId)) return "replay: committee";
        }
        return "";
    }

    function _foldRound(Vm.Log calldata log) private {
        uint256 roundId = uint256(log.topics[1]);
        Round storage round = _rounds[roundId];
        bytes32 name = log.topics[0];
        address account = log.topics.length > 2 ? address(uint160(uint256(log.topics[2]))) : address(0);
        if (name == IRoundEvents.RoundOpened.selector) {
            _foldOpening(roundId, round, log);
        } else if (name == IRoundEvents.UpdateSubmitted.selector) {
            SubmittedUpdate memory update = abi.decode(log.data, (SubmittedUpdate));
            _updates[roundId].push(
                Update(account, update.sampleCount, 0, false, update.bundleDigest, update.encryption.shareDigest)
            );
            ++round.acceptedCount;
            ++round.updateCount;
            round.sampleSum += update.sampleCount;
        } else if (name == IRoundEvents.SubmissionsClosed.selector) {
            round.deadline = abi.decode(log.data, (uint64));
        } else if (name == IRoundEvents.AvailabilityConfirmed.selector) {
            _foldConfirmations(roundId, round, account, abi.decode(log.data, (address[])));
        } else if (name == IRoundEvents.UpdateRemoved.selector) {
            Update storage update = _liveUpdate(roundId, account);
            update.removed = true;
            --round.updateCount;
            round.sampleSum -= update.sampleCount;
            if (_countOf(update.confirmations) >= round.threshold) --round.availableCount;
            if (round.expectedUpdates != 0) --round.expectedUpdates;
        } else if (name == IRoundEvents.UpdateExcluded.selector) {
            Update storage update = _liveUpdate(roundId, account);
            delete update.bundleDigest;
            delete update.shareDigest;
            --round.updateCount;
            round.sampleSum -= update.sampleCount;
        } else if (name == IRoundEvents.RoundFrozen.selector) {
            (round.frozenSetDigest, _frozen[roundId], ) = abi.decode(log.data, (bytes32, address[], bytes32[]));
            round.phase = Phase.Frozen;
            round.enteredAt = uint40(block.timestamp);
        } else if (name == IRoundEvents.KeySumPosted.selector) {
            (uint8 index, , ) = abi.decode(log.data, (uint8, uint256[], KeySumProof[]));
            require(_seats[roundId][account].index == index, "replay: index");
            _seats[roundId][account].postedKeySum = true;
            ++round.keySumCount;
        } else if (name == IRoundEvents.KeySumsCompleted.selector) {
            round.enteredAt = uint40(abi.decode(log.data, (uint64)) - round.attestationDuration);
            round.phase = Phase.Opened;
        } else if (name == IRoundEvents.ModelAttested.selector) {
            (uint256 model, ) = abi.decode(log.data, (uint256, bytes32));
            _seats[roundId][account].attested = true;
            ++_attestations[roundId][model];
        } else if (name == IRoundEvents.ModelAttestedByHospital.selector) {
            (uint256 model, ) = abi.decode(log.data, (uint256, bytes32));
            ++_hospitalAttestations[roundId][model];
        } else if (name == IRoundEvents.RoundFinalized.selector) {
            round.phase = Phase.Finalized;
            delete _activeRounds[round.studyId];
        } else if (name == IRoundEvents.RoundFailed.selector) {
            round.phase = Phase.Failed;
            round.failureReason = abi.decode(log.data, (FailureReason));
            delete _activeRounds[round.studyId];
        }
    }

    function _foldOpening(uint256 roundId, Round storage round, Vm.Log calldata log) private {
        Opening memory opening = abi.decode(log.data, (Opening));
        round.studyId = uint64(uint256(log.topics[2]));
        round.baseModelId = uint64(uint256(log.topics[3]));
        round.openedAtBlock = opening.openedAtBlock;
        round.deadline = opening.deadline;
        round.checkingDuration = opening.checkingDuration;
        round.beacon = opening.beacon;
        round.attestationDuration = opening.attestationDuration;
        round.phase = Phase.Open;
        round.expectedUpdates = opening.expectedUpdates;
        round.members = MODELS.parametersOf(round.studyId).members;
        round.threshold = MODELS.parametersOf(round.studyId).threshold;
        round.minUpdates = MODELS.parametersOf(round.studyId).minUpdates;
        round.baseCommitment = opening.baseCommitment;
        round.committeeKeysDigest = opening.committeeKeysDigest;
        for (uint256 i = 0; i < opening.committee.length; ++i) {
            _seats[roundId][opening.committee[i]].index = uint8(i + 1);
        }
        _committees[roundId] = opening.committee;
        _activeRounds[round.studyId] = roundId;
        ++_roundCount;
    }

    function _foldConfirmations(
        uint256 roundId,
        Round storage round,
        address member,
        address[] memory hospitals
    ) private {
        for (uint256 i = 0; i < hospitals.length; ++i) {
            Update storage update = _liveUpdate(roundId, hospitals[i]);
            update.confirmations += uint8(1 << (_seats[roundId][member].index - 1));
            if (_countOf(update.confirmations) == round.threshold) ++round.availableCount;
        }
    }

    function _liveUpdate(uint256 roundId, address hospital) private view returns (Update storage) {
        Update[] storage updates = _updates[roundId];
        for (uint256 i = 0; i < updates.length; ++i) {
            if (updates[i].hospital == hospital && !updates[i].removed) return updates[i];
        }
        revert("replay: no such update");
    }

    function _sameUpdates(uint256 roundId) private view returns (bool) {
        Accepted[] memory accepted = ROUNDS.acceptedOf(roundId);
        Update[] storage updates = _updates[roundId];
        if (accepted.length != updates.length) return false;
        uint256 live = 0;
        address[] memory hospitals = ROUNDS.hospitalsOf(roundId);
        for (uint256 i = 0; i < accepted.length; ++i) {
            Update memory update = updates[i];
            Accepted memory other = Accepted(update.hospital, update.sampleCount, update.confirmations, update.removed);
            if (keccak256(abi.encode(accepted[i])) != keccak256(abi.encode(other))) return false;
            if (update.removed || update.bundleDigest == bytes32(0)) continue;
            if (hospitals[live++] != update.hospital) return false;
            if (ROUNDS.updateOf(roundId, update.hospital).bundleDigest != update.bundleDigest) return false;
            if (ROUNDS.updateOf(roundId, update.hospital).shareDigest != update.shareDigest) return false;
        }
        return
            hospitals.length == live &&
            (_frozen[roundId].length == 0 ||
                keccak256(abi.encode(_frozen[roundId])) == keccak256(abi.encode(hospitals)));
    }

    function _sameCommittee(uint256 roundId) private view returns (bool) {
        address[] storage committee = _committees[roundId];
        for (uint256 i = 0; i < committee.length; ++i) {
            CommitteeSeat memory seat = ROUNDS.seatOf(roundId, committee[i]);
            if (keccak256(abi.encode(seat)) != keccak256(abi.encode(_seats[roundId][committee[i]]))) return false;
        }
        for (uint256 model = 10; model < 13; ++model) {
            (uint256 ofMembers, uint256 ofHospitals) = ROUNDS.attestationsOf(roundId, model, bytes32(model));
            if (ofMembers != _attestations[roundId][model]) return false;
            if (ofHospitals != _hospitalAttestations[roundId][model]) return false;
        }
        return true;
    }

    function _countOf(uint256 confirmations) private pure returns (uint256 count) {
        for (; confirmations != 0; confirmations >>= 1) count += confirmations & 1;
    }
}
