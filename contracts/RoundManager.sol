// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Profile} from "./generated/Profile.sol";
import {IHospitalRegistry} from "./interfaces/IHospitalRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IRoundManager} from "./interfaces/IRoundManager.sol";
import {CommitteeSeat, FailureReason, Phase, Round} from "./interfaces/RoundTypes.sol";
import {RoundAvailability} from "./rounds/RoundAvailability.sol";
import {RoundChallenges} from "./rounds/RoundChallenges.sol";
import {RoundKeySums} from "./rounds/RoundKeySums.sol";
import {RoundOpening} from "./rounds/RoundOpening.sol";
import {RoundStorage} from "./rounds/RoundStorage.sol";
import {RoundSubmissions} from "./rounds/RoundSubmissions.sol";

/// @title RoundManager
/// @dev External calls go to the two registries and, as static calls, to a study's verifiers: contracts the owner chose. State that
/// guards an action is written before any call that could change state.
contract RoundManager is RoundOpening, RoundSubmissions, RoundChallenges, RoundAvailability, RoundKeySums {
    constructor(
        address owner,
        IModelRegistry modelRegistry,
        IHospitalRegistry hospitalRegistry
    ) RoundStorage(modelRegistry, hospitalRegistry) Ownable(owner) {}

    /// @inheritdoc IRoundManager
    function attest(uint256 roundId, uint256 modelCommitment, bytes32 modelDigest) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Opened);
        _requireWithin(roundId, round.deadline);
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
        FailureReason reason;
        if (phase == Phase.Frozen) reason = FailureReason.NotOpened;
        else if (phase == Phase.Opened) reason = FailureReason.NotAttested;
        else {
            _requirePhase(roundId, round, Phase.Open);
            reason = FailureReason.NotEnoughUpdates;
        }
        _requirePassed(roundId, round.deadline);
        if (phase == Phase.Open && round.updateCount >= round.minUpdates) {
            reason = FailureReason.NotEnoughAvailable;
            _requirePassed(roundId, _checkingDeadline(round));
            if (round.availableCount >= round.minUpdates) {
                revert RoundManager__EnoughUpdates(round.availableCount, round.minUpdates);
            }
        }
        _fail(roundId, round, reason);
    }
}
