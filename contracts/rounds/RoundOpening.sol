// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Profile} from "../generated/Profile.sol";
import {ShareKey} from "../interfaces/IHospitalRegistry.sol";
import {Model, StudyParameters} from "../interfaces/IModelRegistry.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {Durations, Opening, Phase, Round} from "../interfaces/RoundTypes.sol";
import {CommitteeKeys} from "../libraries/CommitteeKeys.sol";
import {DevelopmentChain} from "../libraries/DevelopmentChain.sol";
import {RoundStorage} from "./RoundStorage.sol";

/// @title Opening rounds
abstract contract RoundOpening is RoundStorage, Ownable2Step {
    uint256 private constant MAX_DURATION = 365 days;
    /// @dev Shorter ones would let the owner choose by the minute who takes part.
    uint256 private constant MIN_DURATION = 1 hours;

    /// @inheritdoc IRoundManager
    function openRound(
        uint256 studyId,
        address[] calldata committee,
        Durations calldata durations
    ) external onlyOwner returns (uint256 roundId) {
        StudyParameters memory study = MODEL_REGISTRY.parametersOf(studyId);
        if (isClosed[studyId]) revert RoundManager__StudyClosed(studyId);
        if (activeRound[studyId] != 0) revert RoundManager__RoundActive(studyId, activeRound[studyId]);
        _requireDuration(durations.submission);
        _requireDuration(durations.checking);
        _requireDuration(durations.attestation);
        uint256 committed = HOSPITAL_REGISTRY.committedHospitals(studyId);
        if (committed < study.minUpdates) revert RoundManager__TooFewHospitals(committed, study.minUpdates);
        uint256 eligible = HOSPITAL_REGISTRY.eligibleHospitals(studyId);
        if (committee.length != study.members) revert RoundManager__CommitteeSize(committee.length, study.members);

        roundId = ++roundCount;
        activeRound[studyId] = roundId;
        ShareKey[] memory shareKeys = _seat(roundId, committee);
        uint256 modelId = MODEL_REGISTRY.currentModel(studyId);
        Model memory base = MODEL_REGISTRY.modelOf(modelId);
        Opening memory opening = Opening({
            baseCommitment: base.commitment,
            baseDigest: base.digest,
            committeeKeysDigest: CommitteeKeys.digest(shareKeys),
            openedAtBlock: uint64(block.number),
            deadline: uint64(block.timestamp) + durations.submission,
            checkingDuration: durations.checking,
            attestationDuration: durations.attestation,
            beacon: _beacon(roundId),
            expectedUpdates: uint8(eligible < Profile.MAX_UPDATES ? eligible : Profile.MAX_UPDATES),
            committee: committee,
            shareKeys: shareKeys
        });
        _store(_rounds[roundId], studyId, modelId, study, opening);
        emit RoundOpened(roundId, studyId, modelId, opening);
    }

    /// @dev Seats the committee and takes its share keys, which the registry keeps different from one another.
    function _seat(uint256 roundId, address[] calldata committee) private returns (ShareKey[] memory shareKeys) {
        shareKeys = new ShareKey[](committee.length);
        for (uint256 i = 0; i < committee.length; ++i) {
            address member = committee[i];
            if (!HOSPITAL_REGISTRY.isMember(member)) revert RoundManager__NotAdmittedMember(member);
            if (_seats[roundId][member].index != 0) revert RoundManager__DuplicateMember(member);
            ShareKey memory key = HOSPITAL_REGISTRY.shareKeyOf(member);
            if (key.x == 0 && key.y == 0) revert RoundManager__NoShareKey(member);
            shareKeys[i] = key;
            _seats[roundId][member].index = uint8(i + 1);
        }
    }

    function _store(
        Round storage round,
        uint256 studyId,
        uint256 modelId,
        StudyParameters memory study,
        Opening memory opening
    ) private {
        round.studyId = uint64(studyId);
        round.baseModelId = uint64(modelId);
        round.openedAtBlock = opening.openedAtBlock;
        round.deadline = opening.deadline;
        round.checkingDuration = opening.checkingDuration;
        round.beacon = opening.beacon;
        round.attestationDuration = opening.attestationDuration;
        round.phase = Phase.Open;
        round.expectedUpdates = opening.expectedUpdates;
        round.members = study.members;
        round.threshold = study.threshold;
        round.minUpdates = study.minUpdates;
        round.baseCommitment = opening.baseCommitment;
        round.committeeKeysDigest = opening.committeeKeysDigest;
    }

    /// @dev Known to nobody when the data sets were committed, and not of the hospitals' choosing.
    function _beacon(uint256 roundId) private view returns (uint32) {
        return uint32(uint256(keccak256(abi.encode(blockhash(block.number - 1), block.prevrandao, roundId))));
    }

    function _requireDuration(uint256 duration) private view {
        uint256 least = DevelopmentChain.isCurrent() ? 1 : MIN_DURATION;
        if (duration < least || duration > MAX_DURATION) {
            revert RoundManager__Duration(duration, least, MAX_DURATION);
        }
    }
}
