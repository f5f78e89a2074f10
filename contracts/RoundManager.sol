// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Profile} from "./generated/Profile.sol";
import {IHospitalRegistry, ShareKey} from "./interfaces/IHospitalRegistry.sol";
import {IModelRegistry, Model, StudyParameters} from "./interfaces/IModelRegistry.sol";
import {IRoundManager} from "./interfaces/IRoundManager.sol";
import {CommitteeSeat, Durations, FailureReason, Opening, Phase, Round} from "./interfaces/RoundTypes.sol";
import {CommitteeKeys} from "./libraries/CommitteeKeys.sol";
import {RoundStorage} from "./rounds/RoundStorage.sol";
import {RoundSubmissions} from "./rounds/RoundSubmissions.sol";

/// @title RoundManager
/// @dev External calls go to the two registries and, as static calls, to a study's verifiers: contracts the owner chose. State that
/// guards an action is written before any call that could change state.
contract RoundManager is RoundSubmissions, Ownable2Step {
    uint256 private constant MOST_DURATION = 365 days;

    constructor(
        address owner,
        IModelRegistry modelRegistry,
        IHospitalRegistry hospitalRegistry
    ) RoundStorage(modelRegistry, hospitalRegistry) Ownable(owner) {}

    /// @inheritdoc IRoundManager
    function openRound(
        uint256 studyId,
        address[] calldata committee,
        Durations calldata durations
    ) external onlyOwner returns (uint256 roundId) {
        StudyParameters memory study = MODEL_REGISTRY.studyOf(studyId).parameters;
        if (activeRound[studyId] != 0) revert RoundManager__RoundActive(studyId, activeRound[studyId]);
        _requireDuration(durations.submission);
        _requireDuration(durations.opening);
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
            openingDuration: durations.opening,
            attestationDuration: durations.attestation,
            beacon: _beacon(roundId),
            expectedUpdates: uint8(eligible < Profile.MAX_UPDATES ? eligible : Profile.MAX_UPDATES),
            committee: committee,
            shareKeys: shareKeys
        });
        _store(_rounds[roundId], studyId, modelId, study, opening);
        emit RoundOpened(roundId, studyId, modelId, opening);
    }

    /// @inheritdoc IRoundManager
    function freeze(uint256 roundId) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Open);
        if (round.updateCount < round.expectedUpdates) _requireDeadlinePassed(roundId, round);
        if (round.updateCount < round.minUpdates) {
            revert RoundManager__TooFewUpdates(round.updateCount, round.minUpdates);
        }

        Accepted[] storage accepted = _accepted[roundId];
        address[] memory hospitals = new address[](accepted.length);
        bytes32[] memory bundleDigests = new bytes32[](accepted.length);
        for (uint256 i = 0; i < hospitals.length; ++i) {
            hospitals[i] = accepted[i].hospital;
            bundleDigests[i] = _updates[roundId][hospitals[i]].bundleDigest;
        }
        bytes32 frozenSetDigest = keccak256(abi.encode(roundId, hospitals, bundleDigests));
        uint64 deadline = uint64(block.timestamp) + round.openingDuration;
        round.phase = Phase.Frozen;
        round.frozenSetDigest = frozenSetDigest;
        round.deadline = deadline;
        emit RoundFrozen(roundId, frozenSetDigest, deadline, hospitals, bundleDigests);
    }

    /// @inheritdoc IRoundManager
    function postKeySum(uint256 roundId, bytes32 keySumDigest) external {
        Round storage round = _rounds[roundId];
        if (round.phase != Phase.Opened) _requirePhase(roundId, round, Phase.Frozen);
        _requireWithinDeadline(roundId, round);
        if (keySumDigest == bytes32(0)) revert RoundManager__ZeroDigest();
        CommitteeSeat storage seat = _requireSeat(roundId);
        if (seat.postedKeySum) revert RoundManager__AlreadyPosted(roundId, msg.sender);

        seat.postedKeySum = true;
        uint8 keySumCount = ++round.keySumCount;
        emit KeySumPosted(roundId, msg.sender, seat.index, keySumDigest);
        if (keySumCount == round.threshold) {
            uint64 deadline = uint64(block.timestamp) + round.attestationDuration;
            // The other members keep the time they had for their key sums.
            if (deadline < round.deadline) deadline = round.deadline;
            round.phase = Phase.Opened;
            round.deadline = deadline;
            emit KeySumsCompleted(roundId, deadline);
        }
    }

    /// @inheritdoc IRoundManager
    function attest(uint256 roundId, uint256 modelCommitment, bytes32 modelDigest) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Opened);
        _requireWithinDeadline(roundId, round);
        if (modelCommitment >= Profile.FIELD_ORDER) revert RoundManager__NotFieldElement(modelCommitment);
        if (modelDigest == bytes32(0)) revert RoundManager__ZeroDigest();
        CommitteeSeat storage seat = _requireSeat(roundId);
        if (seat.attested) revert RoundManager__AlreadyAttested(roundId, msg.sender);

        seat.attested = true;
        uint256 equal = ++_attestations[roundId][_modelKey(modelCommitment, modelDigest)];
        emit ModelAttested(roundId, msg.sender, modelCommitment, modelDigest);
        if (equal == round.threshold) {
            uint256 studyId = round.studyId;
            round.phase = Phase.Finalized;
            delete activeRound[studyId];
            uint256 modelId = MODEL_REGISTRY.appendModel(
                studyId,
                round.baseModelId,
                roundId,
                modelCommitment,
                modelDigest
            );
            emit RoundFinalized(roundId, studyId, modelId, modelCommitment, modelDigest);
        }
    }

    /// @inheritdoc IRoundManager
    function fail(uint256 roundId) external {
        Round storage round = _rounds[roundId];
        Phase phase = round.phase;
        FailureReason reason = FailureReason.NotEnoughUpdates;
        if (phase == Phase.Frozen) reason = FailureReason.NotOpened;
        else if (phase == Phase.Opened) reason = FailureReason.NotAttested;
        else _requirePhase(roundId, round, Phase.Open);
        _requireDeadlinePassed(roundId, round);
        if (phase == Phase.Open && round.updateCount >= round.minUpdates) {
            revert RoundManager__EnoughUpdates(round.updateCount, round.minUpdates);
        }
        _fail(roundId, round, reason);
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
        round.beacon = opening.beacon;
        round.openingDuration = opening.openingDuration;
        round.attestationDuration = opening.attestationDuration;
        round.phase = Phase.Open;
        round.expectedUpdates = opening.expectedUpdates;
        round.members = study.members;
        round.threshold = study.threshold;
        round.minUpdates = study.minUpdates;
        round.baseCommitment = opening.baseCommitment;
        round.committeeKeysDigest = opening.committeeKeysDigest;
    }

    function _requireSeat(uint256 roundId) private view returns (CommitteeSeat storage seat) {
        seat = _seats[roundId][msg.sender];
        if (seat.index == 0) revert RoundManager__NotOnCommittee(roundId, msg.sender);
    }

    function _requireDeadlinePassed(uint256 roundId, Round storage round) private view {
        if (block.timestamp <= round.deadline) {
            revert RoundManager__DeadlineNotPassed(roundId, round.deadline, block.timestamp);
        }
    }

    /// @dev Known to nobody when the data sets were committed, and not of the hospitals' choosing.
    function _beacon(uint256 roundId) private view returns (uint32) {
        return uint32(uint256(keccak256(abi.encode(blockhash(block.number - 1), block.prevrandao, roundId))));
    }

    function _requireDuration(uint256 duration) private pure {
        if (duration == 0 || duration > MOST_DURATION) revert RoundManager__Duration(duration, MOST_DURATION);
    }
}
