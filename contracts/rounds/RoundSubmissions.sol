// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";
import {Dataset} from "../interfaces/IHospitalRegistry.sol";
import {StudyParameters} from "../interfaces/IModelRegistry.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {
    EncryptionProof,
    Evaluation,
    FailureReason,
    Phase,
    Round,
    SegmentProof,
    SubmittedUpdate,
    Update
} from "../interfaces/RoundTypes.sol";
import {IEncryptUpdateVerifier, ITrainSegmentVerifier} from "../interfaces/IVerifier.sol";
import {Groth16Proof} from "../libraries/Groth16Proof.sol";
import {PublicSignals} from "../libraries/PublicSignals.sol";
import {UpdateBundle} from "../libraries/UpdateBundle.sol";
import {RoundStorage} from "./RoundStorage.sol";

/// @title Submitting updates, and challenging their bundles
abstract contract RoundSubmissions is RoundStorage {
    using PublicSignals for PublicSignals.TrainSegment;
    using PublicSignals for PublicSignals.EncryptUpdate;

    /// @inheritdoc IRoundManager
    function submitUpdate(
        uint256 roundId,
        bytes32 bundleDigest,
        SegmentProof[] calldata segments,
        EncryptionProof calldata encryption
    ) external {
        Round storage round = _rounds[roundId];
        _requirePhase(roundId, round, Phase.Open);
        _requireWithinDeadline(roundId, round);
        if (bundleDigest == bytes32(0)) revert RoundManager__ZeroDigest();
        Dataset memory dataset = _requireEligible(roundId, round);
        StudyParameters memory study = MODEL_REGISTRY.studyOf(round.studyId).parameters;
        SubmittedUpdate memory update = SubmittedUpdate({
            bundleDigest: bundleDigest,
            context: PublicSignals.context(round.studyId, roundId, msg.sender, study.profileId),
            datasetRoot: dataset.root,
            batchCount: dataset.batchCount,
            sampleCount: dataset.sampleCount,
            weightsCommitment: 0,
            encryption: encryption
        });
        update.weightsCommitment = _verifyTraining(round, study, update, segments);
        _verifyEncryption(round, study, update);

        round.sampleSum += dataset.sampleCount;
        ++round.updateCount;
        _accepted[roundId].push(Accepted({hospital: msg.sender, sampleCount: dataset.sampleCount}));
        _updates[roundId][msg.sender] = Update({
            bundleDigest: bundleDigest,
            evaluationHash: _evaluationHash(encryption.gamma, encryption.y, encryption.y2)
        });
        for (uint256 i = 0; i < segments.length; ++i) {
            emit SegmentProven(roundId, msg.sender, i, segments[i].commitmentOut, segments[i].proof);
        }
        emit UpdateSubmitted(roundId, msg.sender, update);
    }

    /// @inheritdoc IRoundManager
    function challengeUpdate(
        uint256 roundId,
        address hospital,
        bytes calldata bundle,
        Evaluation calldata evaluation
    ) external {
        Round storage round = _rounds[roundId];
        Phase phase = round.phase;
        if (phase != Phase.Open && phase != Phase.Frozen && phase != Phase.Opened) {
            revert RoundManager__WrongPhase(roundId, phase);
        }
        _requireUpdate(roundId, hospital, bundle, evaluation);
        if (UpdateBundle.isConsistent(bundle, _claim(roundId, round, hospital, evaluation))) {
            revert RoundManager__UpdateConsistent(roundId, hospital);
        }
        if (phase == Phase.Open) _removeUpdate(roundId, round, hospital);
        else _fail(roundId, round, FailureReason.InconsistentUpdate);
        HOSPITAL_REGISTRY.barHospital(hospital);
    }

    /// @dev Keeps the order of the others: it is the frozen set's. At most MAX_UPDATES entries.
    function _removeUpdate(uint256 roundId, Round storage round, address hospital) private {
        delete _updates[roundId][hospital];
        Accepted[] storage accepted = _accepted[roundId];
        uint256 index = 0;
        while (accepted[index].hospital != hospital) ++index;
        uint32 sampleCount = accepted[index].sampleCount;
        for (uint256 i = index + 1; i < accepted.length; ++i) {
            accepted[i - 1] = accepted[i];
        }
        accepted.pop();
        round.sampleSum -= sampleCount;
        --round.updateCount;
        // The set that was expected at opening contained this hospital, which cannot submit again. With more hospitals than MAX_UPDATES
        // there may be more removals than were expected.
        if (round.expectedUpdates != 0) --round.expectedUpdates;
        emit UpdateRemoved(roundId, hospital, sampleCount);
    }

    function _requireEligible(uint256 roundId, Round storage round) private view returns (Dataset memory dataset) {
        if (!HOSPITAL_REGISTRY.isHospital(msg.sender)) revert RoundManager__NotHospital(msg.sender);
        if (_updates[roundId][msg.sender].bundleDigest != bytes32(0)) {
            revert RoundManager__AlreadySubmitted(roundId, msg.sender);
        }
        dataset = HOSPITAL_REGISTRY.datasetOf(round.studyId, msg.sender);
        if (dataset.registeredAt == 0 || dataset.registeredAt >= round.openedAtBlock) {
            revert RoundManager__NoDataset(msg.sender, dataset.registeredAt, round.openedAtBlock);
        }
        if (round.updateCount == Profile.MAX_UPDATES) revert RoundManager__TooManyUpdates(Profile.MAX_UPDATES);
        uint256 sampleSum = uint256(round.sampleSum) + dataset.sampleCount;
        if (sampleSum > Profile.MAX_SAMPLE_SUM) {
            revert RoundManager__TooManySamples(sampleSum, Profile.MAX_SAMPLE_SUM);
        }
    }

    /// @dev Verifies the chain of segments from the round's base model. Returns the commitment to the trained weights.
    function _verifyTraining(
        Round storage round,
        StudyParameters memory study,
        SubmittedUpdate memory update,
        SegmentProof[] calldata segments
    ) private view returns (uint256) {
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
        for (uint256 i = 0; i < required; ++i) {
            signals.firstStep = i * study.stepsPerSegment;
            signals.commitmentIn = signals.commitmentOut;
            signals.commitmentOut = segments[i].commitmentOut;
            uint256[8] calldata p = segments[i].proof;
            if (
                !Groth16Proof.isCanonical(p) ||
                !ITrainSegmentVerifier(study.trainVerifier).verifyProof(
                    [p[0], p[1]],
                    [[p[2], p[3]], [p[4], p[5]]],
                    [p[6], p[7]],
                    signals.ordered()
                )
            ) revert RoundManager__SegmentProofInvalid(i);
        }
        return signals.commitmentOut;
    }

    function _verifyEncryption(
        Round storage round,
        StudyParameters memory study,
        SubmittedUpdate memory update
    ) private view {
        PublicSignals.EncryptUpdate memory signals = PublicSignals.EncryptUpdate({
            gamma: update.encryption.gamma,
            y: update.encryption.y,
            y2: update.encryption.y2,
            context: update.context,
            bundleDigest: PublicSignals.toField(update.bundleDigest),
            sampleCount: update.sampleCount,
            weightsCommitment: update.weightsCommitment,
            committeeKeysDigest: round.committeeKeysDigest
        });
        uint256[8] memory p = update.encryption.proof;
        if (
            !Groth16Proof.isCanonical(p) ||
            !IEncryptUpdateVerifier(study.encryptVerifier).verifyProof(
                [p[0], p[1]],
                [[p[2], p[3]], [p[4], p[5]]],
                [p[6], p[7]],
                signals.ordered()
            )
        ) revert RoundManager__EncryptionProofInvalid();
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
        uint256 profileId = MODEL_REGISTRY.studyOf(round.studyId).parameters.profileId;
        return
            UpdateBundle.Claim({
                profileId: profileId,
                members: round.members,
                threshold: round.threshold,
                context: PublicSignals.context(round.studyId, roundId, hospital, profileId),
                gamma: evaluation.gamma,
                y: evaluation.y,
                y2: evaluation.y2
            });
    }

    function _evaluationHash(uint256 gamma, uint256 y, uint256 y2) private pure returns (bytes32) {
        return keccak256(abi.encode(gamma, y, y2));
    }
}
