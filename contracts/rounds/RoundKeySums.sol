// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";
import {StudyParameters} from "../interfaces/IModelRegistry.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {CommitteeSeat, KeySumProof, Phase, Round, Update} from "../interfaces/RoundTypes.sol";
import {IKeySumVerifier} from "../interfaces/IVerifier.sol";
import {PublicSignals} from "../libraries/PublicSignals.sol";
import {RoundStorage} from "./RoundStorage.sol";

/// @title Posting proven key sums
abstract contract RoundKeySums is RoundStorage {
    /// @inheritdoc IRoundManager
    function postKeySum(
        uint256 roundId,
        bytes32 frozenSetDigest,
        uint256[] calldata values,
        KeySumProof[] calldata proofs
    ) external {
        Round storage round = _rounds[roundId];
        if (round.phase != Phase.Opened) _requirePhase(roundId, round, Phase.Frozen);
        if (frozenSetDigest != round.frozenSetDigest) {
            revert RoundManager__FrozenSetMismatch(roundId, frozenSetDigest, round.frozenSetDigest);
        }
        CommitteeSeat storage seat = _requireSeat(roundId);
        if (seat.postedKeySum) revert RoundManager__AlreadyPosted(roundId, msg.sender);
        _requireKeySum(roundId, round, seat.index, values, proofs);

        seat.postedKeySum = true;
        uint8 keySumCount = ++round.keySumCount;
        emit KeySumPosted(roundId, msg.sender, seat.index, values, proofs);
        if (keySumCount == round.threshold) {
            round.phase = Phase.Opened;
            round.enteredAt = uint40(block.timestamp);
            emit KeySumsCompleted(roundId, uint64(_membersOnlyUntil(round)));
        }
    }

    /// @dev The values are the member's sum of shares over the frozen set; docs/PROTOCOL.md section 3.1.
    function _requireKeySum(
        uint256 roundId,
        Round storage round,
        uint256 memberIndex,
        uint256[] calldata values,
        KeySumProof[] calldata proofs
    ) private view {
        if (values.length != Profile.KEY_ELEMENTS) {
            revert RoundManager__KeySumLength(values.length, Profile.KEY_ELEMENTS);
        }
        StudyParameters memory study = MODEL_REGISTRY.parametersOf(round.studyId);
        uint256 required = (uint256(round.updateCount) + study.keySumSlots - 1) / study.keySumSlots;
        if (proofs.length != required) revert RoundManager__KeySumProofCount(proofs.length, required);
        uint256 gamma = PublicSignals.keySumGamma(roundId, round.frozenSetDigest, memberIndex, values);
        _requireEvaluation(gamma, values, proofs);
        uint256 maskOut = proofs[required - 1].maskOut;
        if (maskOut != Profile.ZERO_MASK) revert RoundManager__KeySumMask(maskOut, Profile.ZERO_MASK);

        uint256[8][] memory points = new uint256[8][](required);
        for (uint256 i = 0; i < required; ++i) {
            points[i] = proofs[i].proof;
        }
        PublicSignals.KeySum memory shared;
        shared.gamma = gamma;
        shared.memberIndex = memberIndex;
        uint256[] memory signals = _signals(shared, proofs, study.keySumSlots);
        _writeShareDigests(signals, roundId, round, study.keySumSlots);
        if (!IKeySumVerifier(study.keySumVerifier).verifyKeySums(points, signals)) {
            revert RoundManager__KeySumProofInvalid();
        }
    }

    /// @dev Frozen set in its order, `slots` updates a proof; a slot of the last proof that is left over stays 0.
    function _writeShareDigests(
        uint256[] memory signals,
        uint256 roundId,
        Round storage round,
        uint256 slots
    ) private view {
        uint256 signalCount = PublicSignals.KEY_SUM_SHARE_DIGESTS_AT + slots;
        uint256 acceptedCount = round.acceptedCount;
        uint256 i = 0;
        for (uint256 position = 0; position < acceptedCount; ++position) {
            Update storage update = _updates[roundId][_accepted[roundId][position].hospital];
            // Removed, or excluded.
            if (update.bundleDigest == bytes32(0)) continue;
            signals[(i / slots) * signalCount + PublicSignals.KEY_SUM_SHARE_DIGESTS_AT + (i % slots)] = update
                .shareDigest;
            ++i;
        }
    }

    /// @dev All signals but the share digests.
    function _signals(
        PublicSignals.KeySum memory proof,
        KeySumProof[] calldata proofs,
        uint256 slots
    ) private pure returns (uint256[] memory signals) {
        uint256 signalCount = PublicSignals.KEY_SUM_SHARE_DIGESTS_AT + slots;
        signals = new uint256[](proofs.length * signalCount);
        proof.maskOut = Profile.ZERO_MASK;
        for (uint256 i = 0; i < proofs.length; ++i) {
            proof.evaluation = proofs[i].evaluation;
            proof.maskIn = proof.maskOut;
            proof.maskOut = proofs[i].maskOut;
            PublicSignals.writeKeySum(signals, i * signalCount, proof);
        }
    }

    /// @dev The proofs' evaluations, whose masks cancel, add up to the polynomial of the values at gamma.
    function _requireEvaluation(uint256 gamma, uint256[] calldata values, KeySumProof[] calldata proofs) private pure {
        uint256 required = 0;
        for (uint256 k = values.length; k > 0; --k) {
            uint256 value = values[k - 1];
            if (value >= Profile.FIELD_ORDER) revert RoundManager__NotFieldElement(value);
            required = addmod(mulmod(required, gamma, Profile.FIELD_ORDER), value, Profile.FIELD_ORDER);
        }
        uint256 actual = 0;
        for (uint256 i = 0; i < proofs.length; ++i) {
            actual = addmod(actual, proofs[i].evaluation, Profile.FIELD_ORDER);
        }
        if (actual != required) revert RoundManager__KeySumEvaluation(actual, required);
    }
}
