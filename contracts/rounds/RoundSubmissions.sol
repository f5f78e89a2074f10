// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";
import {Dataset} from "../interfaces/IHospitalRegistry.sol";
import {StudyParameters} from "../interfaces/IModelRegistry.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {
    Accepted,
    EncryptionProof,
    Phase,
    Round,
    SegmentProof,
    SubmittedUpdate,
    Update
} from "../interfaces/RoundTypes.sol";
import {IUpdateVerifier} from "../interfaces/IVerifier.sol";
import {PublicSignals} from "../libraries/PublicSignals.sol";
import {RoundStorage} from "./RoundStorage.sol";

/// @title Submitting updates
abstract contract RoundSubmissions is RoundStorage {
    using PublicSignals for PublicSignals.TrainSegment;
    using PublicSignals for PublicSignals.EncryptUpdate;

    /// @dev Positions are 8 bits, and so is their number.
    uint256 private constant MOST_ACCEPTED = type(uint8).max;

    /// @inheritdoc IRoundManager
    function submitUpdate(
        uint256 roundId,
        bytes32 bundleDigest,
        SegmentProof[] calldata segments,
        EncryptionProof calldata encryption
    ) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Open);
        _requireWithin(roundId, round.deadline);
        if (bundleDigest == bytes32(0)) revert RoundManager__ZeroDigest();
        Dataset memory dataset = _requireEligible(roundId, round);
        StudyParameters memory study = MODEL_REGISTRY.parametersOf(round.studyId);
        SubmittedUpdate memory update = SubmittedUpdate({
            bundleDigest: bundleDigest,
            context: PublicSignals.context(round.studyId, roundId, msg.sender, study.profileId),
            datasetRoot: dataset.root,
            batchCount: dataset.batchCount,
            sampleCount: dataset.sampleCount,
            weightsCommitment: 0,
            encryption: encryption
        });
        _requireProven(round, study, update, segments);
        _accept(roundId, round, update);
        for (uint256 i = 0; i < segments.length; ++i) {
            emit SegmentProven(roundId, msg.sender, i, segments[i].commitmentOut, segments[i].proof);
        }
        emit UpdateSubmitted(roundId, msg.sender, update);
        if (round.updateCount == round.expectedUpdates) {
            uint64 deadline = uint64(block.timestamp);
            round.deadline = deadline;
            emit SubmissionsClosed(roundId, deadline);
        }
    }

    function _accept(uint256 roundId, Round storage round, SubmittedUpdate memory update) private {
        uint32 sampleCount = update.sampleCount;
        EncryptionProof memory encryption = update.encryption;
        _accepted[roundId][round.acceptedCount++] = Accepted({
            hospital: msg.sender,
            sampleCount: sampleCount,
            confirmations: 0,
            removed: false
        });
        ++round.updateCount;
        round.sampleSum += sampleCount;
        _updates[roundId][msg.sender] = Update({
            bundleDigest: update.bundleDigest,
            evaluationHash: _evaluationHash(encryption.gamma, encryption.y, encryption.y2),
            shareDigest: encryption.shareDigest
        });
    }

    function _requireEligible(uint256 roundId, Round storage round) private view returns (Dataset memory dataset) {
        if (_updates[roundId][msg.sender].bundleDigest != bytes32(0)) {
            revert RoundManager__AlreadySubmitted(roundId, msg.sender);
        }
        dataset = HOSPITAL_REGISTRY.datasetOf(round.studyId, msg.sender);
        // A hospital's removal ends its data sets, so only who has none needs to be asked for.
        if (dataset.registeredAt == 0 && !HOSPITAL_REGISTRY.isHospital(msg.sender)) {
            revert RoundManager__NotHospital(msg.sender);
        }
        if (dataset.registeredAt == 0 || dataset.registeredAt >= round.openedAtBlock) {
            revert RoundManager__NoDataset(msg.sender, dataset.registeredAt, round.openedAtBlock);
        }
        if (round.updateCount == Profile.MAX_UPDATES || round.acceptedCount == MOST_ACCEPTED) {
            revert RoundManager__TooManyUpdates(Profile.MAX_UPDATES);
        }
        uint256 sampleSum = uint256(round.sampleSum) + dataset.sampleCount;
        if (sampleSum > Profile.MAX_SAMPLE_SUM) {
            revert RoundManager__TooManySamples(sampleSum, Profile.MAX_SAMPLE_SUM);
        }
    }

    /// @dev Verifies the chain of segments from the round's base model and the encryption of what it ends with, the update's
    /// weightsCommitment, which is written here.
    function _requireProven(
        Round storage round,
        StudyParameters memory study,
        SubmittedUpdate memory update,
        SegmentProof[] calldata segments
    ) private view {
        (uint256[8][] memory proofs, uint256[9][] memory signals) = _training(round, study, update, segments);
        update.weightsCommitment = segments[segments.length - 1].commitmentOut;
        PublicSignals.EncryptUpdate memory encryption = PublicSignals.EncryptUpdate({
            gamma: update.encryption.gamma,
            y: update.encryption.y,
            y2: update.encryption.y2,
            shareDigest: update.encryption.shareDigest,
            context: update.context,
            bundleDigest: PublicSignals.toField(update.bundleDigest),
            sampleCount: update.sampleCount,
            weightsCommitment: update.weightsCommitment,
            committeeKeysDigest: round.committeeKeysDigest,
            baseCommitment: round.baseCommitment
        });
        bool valid = IUpdateVerifier(study.updateVerifier).verifyUpdate(
            proofs,
            signals,
            update.encryption.proof,
            encryption.ordered()
        );
        if (!valid) revert RoundManager__UpdateProofInvalid();
    }

    function _training(
        Round storage round,
        StudyParameters memory study,
        SubmittedUpdate memory update,
        SegmentProof[] calldata segments
    ) private view returns (uint256[8][] memory proofs, uint256[9][] memory ordered) {
        uint256 totalSteps = uint256(study.epochs) * update.batchCount;
        uint256 required = (totalSteps + study.stepsPerSegment - 1) / study.stepsPerSegment;
        if (segments.length != required) revert RoundManager__SegmentCount(segments.length, required);
        PublicSignals.TrainSegment memory signals = PublicSignals.TrainSegment({
            context: update.context,
            datasetRoot: update.datasetRoot,
            batchCount: update.batchCount,
            beacon: round.beacon,
            firstStep: 0,
            totalSteps: totalSteps,
            learningRate: study.learningRate,
            commitmentIn: 0,
            commitmentOut: round.baseCommitment
        });
        proofs = new uint256[8][](required);
        ordered = new uint256[9][](required);
        for (uint256 i = 0; i < required; ++i) {
            signals.firstStep = i * study.stepsPerSegment;
            signals.commitmentIn = signals.commitmentOut;
            signals.commitmentOut = segments[i].commitmentOut;
            ordered[i] = signals.ordered();
            proofs[i] = segments[i].proof;
        }
    }
}
