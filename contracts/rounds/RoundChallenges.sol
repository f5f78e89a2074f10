// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {StudyParameters} from "../interfaces/IModelRegistry.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {Accepted, Evaluation, Phase, Round, Update} from "../interfaces/RoundTypes.sol";
import {PublicSignals} from "../libraries/PublicSignals.sol";
import {UpdateBundle} from "../libraries/UpdateBundle.sol";
import {RoundStorage} from "./RoundStorage.sol";

/// @title Challenging the bundles of accepted updates
abstract contract RoundChallenges is RoundStorage {
    /// @inheritdoc IRoundManager
    function challengeUpdate(
        uint256 roundId,
        address hospital,
        bytes calldata bundle,
        Evaluation calldata evaluation
    ) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Open);
        _requireUpdate(roundId, hospital, bundle, evaluation);
        if (UpdateBundle.isConsistent(bundle, _claim(roundId, round, hospital, evaluation))) {
            revert RoundManager__UpdateConsistent(roundId, hospital);
        }
        _removeUpdate(roundId, round, hospital);
        HOSPITAL_REGISTRY.barHospital(hospital);
    }

    /// @dev The others keep their positions. At most 255 entries.
    function _removeUpdate(uint256 roundId, Round storage round, address hospital) private {
        delete _updates[roundId][hospital];
        uint256 position = 0;
        while (_accepted[roundId][position].hospital != hospital) ++position;
        Accepted storage accepted = _accepted[roundId][position];
        uint32 sampleCount = accepted.sampleCount;
        accepted.removed = true;
        round.sampleSum -= sampleCount;
        --round.updateCount;
        if (_countOf(accepted.confirmations) >= round.threshold) --round.availableCount;
        // The set that was expected at opening contained this hospital, which cannot submit again. With more hospitals than MAX_UPDATES
        // there may be more removals than were expected.
        if (round.expectedUpdates != 0) --round.expectedUpdates;
        emit UpdateRemoved(roundId, hospital, sampleCount);
    }

    /// @dev The challenger's bytes and values must be those of the accepted update.
    function _requireUpdate(
        uint256 roundId,
        address hospital,
        bytes calldata bundle,
        Evaluation calldata evaluation
    ) private view {
        Update memory update = _updates[roundId][hospital];
        if (update.bundleDigest == bytes32(0)) revert RoundManager__NoUpdate(roundId, hospital);
        bytes32 evaluationHash = _evaluationHash(evaluation.gamma, evaluation.y, evaluation.y2);
        if (evaluationHash != update.evaluationHash) {
            revert RoundManager__EvaluationMismatch(evaluationHash, update.evaluationHash);
        }
        bytes32 bundleDigest = sha256(bundle);
        if (bundleDigest != update.bundleDigest) {
            revert RoundManager__BundleMismatch(bundleDigest, update.bundleDigest);
        }
    }

    function _claim(
        uint256 roundId,
        Round storage round,
        address hospital,
        Evaluation calldata evaluation
    ) private view returns (UpdateBundle.Claim memory) {
        StudyParameters memory study = MODEL_REGISTRY.parametersOf(round.studyId);
        return
            UpdateBundle.Claim({
                profileId: study.profileId,
                members: round.members,
                threshold: round.threshold,
                weightCount: study.weightCount,
                context: PublicSignals.context(round.studyId, roundId, hospital, study.profileId),
                gamma: evaluation.gamma,
                y: evaluation.y,
                y2: evaluation.y2
            });
    }
}
