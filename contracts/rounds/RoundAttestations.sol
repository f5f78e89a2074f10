// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {CommitteeSeat, Phase, Round} from "../interfaces/RoundTypes.sol";
import {RoundStorage} from "./RoundStorage.sol";

/// @title Attesting to the new global model
abstract contract RoundAttestations is RoundStorage {
    /// @inheritdoc IRoundManager
    function attest(uint256 roundId, uint256 modelCommitment, bytes32 modelDigest) external {
        Round storage round = _requireAttestable(roundId, modelCommitment, modelDigest);
        CommitteeSeat storage seat = _requireSeat(roundId);
        if (seat.attested) revert RoundManager__AlreadyAttested(roundId, msg.sender);

        seat.attested = true;
        uint256 equal = ++_attestationsTo(roundId, modelCommitment, modelDigest).members;
        emit ModelAttested(roundId, msg.sender, modelCommitment, modelDigest);
        if (equal == round.threshold) _finalize(roundId, round, modelCommitment, modelDigest);
    }

    /// @inheritdoc IRoundManager
    function attestAsHospital(uint256 roundId, uint256 modelCommitment, bytes32 modelDigest) external {
        Round storage round = _requireAttestable(roundId, modelCommitment, modelDigest);
        // Once frozen, only the set's hospitals have an update.
        if (_updates[roundId][msg.sender].bundleDigest == bytes32(0)) {
            revert RoundManager__NotInFrozenSet(roundId, msg.sender);
        }
        _requirePassed(roundId, _membersOnlyUntil(round));
        if (hasAttested[roundId][msg.sender]) revert RoundManager__AlreadyAttested(roundId, msg.sender);

        hasAttested[roundId][msg.sender] = true;
        uint256 equal = ++_attestationsTo(roundId, modelCommitment, modelDigest).hospitals;
        emit ModelAttestedByHospital(roundId, msg.sender, modelCommitment, modelDigest);
        if (2 * equal > round.updateCount) _finalize(roundId, round, modelCommitment, modelDigest);
    }

    function _finalize(uint256 roundId, Round storage round, uint256 modelCommitment, bytes32 modelDigest) private {
        uint256 studyId = round.studyId;
        round.phase = Phase.Finalized;
        delete activeRound[studyId];
        uint256 modelId = MODEL_REGISTRY.appendModel(studyId, round.baseModelId, roundId, modelCommitment, modelDigest);
        emit RoundFinalized(roundId, studyId, modelId, modelCommitment, modelDigest);
    }

    function _requireAttestable(
        uint256 roundId,
        uint256 modelCommitment,
        bytes32 modelDigest
    ) private view returns (Round storage round) {
        round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Opened);
        if (modelCommitment >= Profile.FIELD_ORDER) revert RoundManager__NotFieldElement(modelCommitment);
        if (modelDigest == bytes32(0)) revert RoundManager__ZeroDigest();
    }
}
