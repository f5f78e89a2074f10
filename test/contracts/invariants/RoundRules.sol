// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Accepted, FailureReason, Phase, Round} from "../../../contracts/interfaces/RoundTypes.sol";
import {Consortium} from "./Consortium.sol";
import {EventReplay} from "./EventReplay.sol";
import {VM} from "./Vm.sol";

/// @title The rules that hold after every step of anybody
/// @notice `violation` names the first that was broken.
abstract contract RoundRules is Consortium {
    EventReplay private _replay;

    string public violation;
    /// @notice How many rounds ended like this, by failure reason; Finalized ones at 0.
    uint256[5] public endings;

    /// @dev What was seen of each round after the preceding step.
    mapping(uint256 roundId => Phase) private _phases;
    mapping(uint256 roundId => bytes32) private _frozenSets;
    mapping(uint256 studyId => uint256) private _modelIds;
    /// @dev Successful attestations by round and model.
    mapping(uint256 roundId => mapping(uint256 model => uint256)) internal _attested;
    mapping(uint256 roundId => mapping(uint256 model => uint256)) internal _attestedByHospitals;
    /// @dev The set that was frozen over a base model.
    mapping(uint256 baseModelId => bytes32 frozenSetDigest) private _frozenOver;

    constructor() {
        _deploy();
        _replay = new EventReplay(models, hospitals, rounds);
        _modelIds[1] = 1;
        _modelIds[2] = 2;
        VM.recordLogs();
    }

    modifier checked() {
        _;
        _replay.fold(VM.getRecordedLogs());
        _check();
    }

    function _check() private {
        address[] memory all = new address[](HOSPITALS);
        for (uint256 i = 0; i < HOSPITALS; ++i) {
            all[i] = _hospital(i);
        }
        _violate(_replay.difference(all));
        uint256 count = rounds.roundCount();
        for (uint256 roundId = count > 2 ? count - 2 : 1; roundId <= count; ++roundId) {
            _checkRound(roundId, rounds.roundOf(roundId));
        }
        for (uint256 studyId = 1; studyId <= STUDIES; ++studyId) {
            _checkModel(studyId);
        }
    }

    function _checkRound(uint256 roundId, Round memory round) private {
        Phase before = _phases[roundId];
        if (round.phase < before) _violate("a phase went back");
        if (before >= Phase.Finalized && round.phase != before) _violate("an ended round changed");
        if (round.phase > before && round.phase >= Phase.Finalized) ++endings[uint256(round.failureReason)];
        bool wasFrozen = before == Phase.Frozen || before == Phase.Opened;
        if (round.phase == Phase.Failed && wasFrozen && !rounds.isClosed(round.studyId)) {
            _violate("a frozen round failed and its study goes on");
        }
        bool active = round.phase < Phase.Finalized;
        if (active != (rounds.activeRound(round.studyId) == roundId)) _violate("active round");
        if ((round.phase == Phase.Failed) != (round.failureReason != FailureReason.None)) _violate("failure's reason");
        if (round.phase == Phase.Opened || round.phase == Phase.Finalized) {
            if (round.keySumCount < round.threshold) _violate("opened with too few key sums");
        }
        if (round.phase == Phase.Frozen && round.keySumCount >= round.threshold) _violate("not opened in time");
        _phases[roundId] = round.phase;
        _checkUpdates(roundId, round);
        uint256 posted = 0;
        uint256 attested = 0;
        for (uint256 i = 0; i < MEMBERS; ++i) {
            if (rounds.seatOf(roundId, _member(i)).postedKeySum) ++posted;
            if (rounds.seatOf(roundId, _member(i)).attested) ++attested;
        }
        if (posted != round.keySumCount) _violate("a key sum was counted twice");
        uint256 attestations = 0;
        for (uint256 model = 10; model < 13; ++model) {
            (uint256 ofMembers, ) = rounds.attestationsOf(roundId, model, bytes32(model));
            attestations += ofMembers;
        }
        if (attested != attestations) _violate("an attestation was counted twice");
    }

    function _checkUpdates(uint256 roundId, Round memory round) private {
        Accepted[] memory accepted = rounds.acceptedOf(roundId);
        address[] memory live = rounds.hospitalsOf(roundId);
        uint256 samples = 0;
        uint256 next = 0;
        for (uint256 i = 0; i < accepted.length; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                if (accepted[i].hospital == accepted[j].hospital) _violate("a hospital was accepted twice");
            }
            bool inSet = next < live.length && live[next] == accepted[i].hospital;
            if (!inSet) continue;
            ++next;
            samples += accepted[i].sampleCount;
            if (accepted[i].removed) _violate("a removed update is live");
            if (round.frozenSetDigest != bytes32(0) && _bits(accepted[i].confirmations) < round.threshold) {
                _violate("an update that is not available was frozen");
            }
        }
        if (next != live.length || next != round.updateCount)
            _violate("the live updates are not in the order of acceptance");
        if (samples != round.sampleSum) _violate("samples are counted otherwise than once");
        if (round.frozenSetDigest == bytes32(0)) return;
        if (live.length < round.minUpdates) _violate("frozen with too few updates");
        bytes32 frozen = keccak256(abi.encode(round.frozenSetDigest, live, round.sampleSum));
        if (_frozenSets[roundId] != bytes32(0) && _frozenSets[roundId] != frozen) _violate("a frozen set changed");
        _frozenSets[roundId] = frozen;
        bytes32 over = _frozenOver[round.baseModelId];
        if (over != bytes32(0) && over != round.frozenSetDigest) _violate("two sets were frozen over one base model");
        _frozenOver[round.baseModelId] = round.frozenSetDigest;
    }

    /// @dev A model is new exactly when t members, or more than half of the frozen hospitals, attested to it in a round finalized with it.
    function _checkModel(uint256 studyId) private {
        uint256 modelId = models.currentModel(studyId);
        if (modelId == _modelIds[studyId]) return;
        uint256 roundId = models.modelOf(modelId).roundId;
        uint256 commitment = models.modelOf(modelId).commitment;
        Round memory round = rounds.roundOf(roundId);
        if (round.studyId != studyId || round.phase != Phase.Finalized) _violate("a model without a finalized round");
        if (models.modelOf(modelId).parent != _modelIds[studyId]) _violate("a model's parent");
        bool ofMembers = _attested[roundId][commitment] == round.threshold;
        uint256 hospitalsFor = _attestedByHospitals[roundId][commitment];
        if (!ofMembers && 2 * hospitalsFor <= round.updateCount) _violate("a model without enough equal attestations");
        if (_attested[roundId][commitment] > round.threshold) _violate("attested after the end");
        _modelIds[studyId] = modelId;
    }

    function _violate(string memory rule) internal {
        if (bytes(rule).length != 0 && bytes(violation).length == 0) violation = rule;
    }

    function _bits(uint256 mask) private pure returns (uint256 count) {
        for (; mask != 0; mask >>= 1) count += mask & 1;
    }
}
