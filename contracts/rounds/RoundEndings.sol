// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {FailureReason, Phase, Round} from "../interfaces/RoundTypes.sol";
import {RoundStorage} from "./RoundStorage.sol";

/// @title Ending rounds without a model
/// @dev Before the freeze a round may fail, and the next one starts from the same base model: no honest member has opened anything. After the
/// freeze the sum of this set may be open, or become it; a second set over the same base model would differ by single hospitals.
abstract contract RoundEndings is RoundStorage, Ownable2Step {
    /// @inheritdoc IRoundManager
    uint256 public constant CLOSING_DELAY = 180 days;

    /// @inheritdoc IRoundManager
    function fail(uint256 roundId) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Open);
        _requirePassed(roundId, round.deadline);
        if (round.updateCount < round.minUpdates) {
            _fail(roundId, round, FailureReason.NotEnoughUpdates);
            return;
        }
        _requirePassed(roundId, _checkingDeadline(round));
        if (round.availableCount >= round.minUpdates) {
            revert RoundManager__EnoughUpdates(round.availableCount, round.minUpdates);
        }
        _fail(roundId, round, FailureReason.NotEnoughAvailable);
    }

    /// @inheritdoc IRoundManager
    function cancelRound(uint256 roundId) external onlyOwner {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Open);
        _fail(roundId, round, FailureReason.Cancelled);
    }

    /// @inheritdoc IRoundManager
    function closeStudy(uint256 studyId) external onlyOwner {
        uint256 roundId = activeRound[studyId];
        Round storage round = _rounds[roundId];
        if (round.phase != Phase.Opened) _requirePhase(roundId, round, Phase.Frozen);
        _requirePassed(roundId, round.enteredAt + CLOSING_DELAY);
        isClosed[studyId] = true;
        _fail(roundId, round, FailureReason.StudyClosed);
        emit StudyClosed(studyId);
    }

    function _fail(uint256 roundId, Round storage round, FailureReason reason) private {
        round.phase = Phase.Failed;
        round.failureReason = reason;
        uint256 studyId = round.studyId;
        delete activeRound[studyId];
        emit RoundFailed(roundId, studyId, reason);
    }
}
