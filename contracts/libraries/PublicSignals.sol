// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";

/// @title Order of the circuits' public signals
/// @notice The only Solidity file that knows it; the same as worker/protocol/publicSignals.ts and docs/PROTOCOL.md sections 2, 3 and 3.1.
library PublicSignals {
    struct TrainSegment {
        uint256 context;
        uint256 datasetRoot;
        uint256 batchCount;
        uint256 beacon;
        uint256 firstStep;
        uint256 totalSteps;
        uint256 learningRate;
        uint256 commitmentIn;
        uint256 commitmentOut;
    }

    struct EncryptUpdate {
        uint256 gamma;
        uint256 y;
        uint256 y2;
        uint256 shareDigest;
        uint256 context;
        uint256 bundleDigest;
        uint256 sampleCount;
        uint256 weightsCommitment;
        uint256 committeeKeysDigest;
        uint256 baseCommitment;
    }

    /// @dev The first signals of a KeySum proof; the share digests follow, of the study's number of slots.
    struct KeySum {
        uint256 evaluation;
        uint256 gamma;
        uint256 memberIndex;
        uint256 maskIn;
        uint256 maskOut;
    }

    /// @notice Position of the first share digest among the signals of a KeySum proof.
    uint256 internal constant KEY_SUM_SHARE_DIGESTS_AT = 5;

    /// @notice The signals of a TrainSegment proof in the verifier's order.
    function ordered(TrainSegment memory signals) internal pure returns (uint256[9] memory) {
        return
            [
                signals.context,
                signals.datasetRoot,
                signals.batchCount,
                signals.beacon,
                signals.firstStep,
                signals.totalSteps,
                signals.learningRate,
                signals.commitmentIn,
                signals.commitmentOut
            ];
    }

    /// @notice The signals of an EncryptUpdate proof in the verifier's order.
    function ordered(EncryptUpdate memory signals) internal pure returns (uint256[10] memory) {
        return
            [
                signals.gamma,
                signals.y,
                signals.y2,
                signals.shareDigest,
                signals.context,
                signals.bundleDigest,
                signals.sampleCount,
                signals.weightsCommitment,
                signals.committeeKeysDigest,
                signals.baseCommitment
            ];
    }

    /// @notice Writes the first signals of a KeySum proof in the verifier's order.
    /// @param list Signals of several proofs
    /// @param offset Where this proof's begin
    function writeKeySum(uint256[] memory list, uint256 offset, KeySum memory signals) internal pure {
        list[offset] = signals.evaluation;
        list[offset + 1] = signals.gamma;
        list[offset + 2] = signals.memberIndex;
        list[offset + 3] = signals.maskIn;
        list[offset + 4] = signals.maskOut;
    }

    /// @notice The point at which a key sum is compared with the shares; docs/PROTOCOL.md section 3.1.
    function keySumGamma(
        uint256 roundId,
        bytes32 frozenSetDigest,
        uint256 memberIndex,
        uint256[] calldata values
    ) internal view returns (uint256) {
        bytes32 hash = keccak256(
            abi.encode(block.chainid, address(this), roundId, frozenSetDigest, memberIndex, values)
        );
        return toField(hash);
    }

    /// @notice The signal that binds a proof to one hospital's update in one round of this contract on this chain.
    /// @param studyId The study
    /// @param roundId The round
    /// @param hospital The hospital
    /// @param profileId The study's encryption profile
    function context(
        uint256 studyId,
        uint256 roundId,
        address hospital,
        uint256 profileId
    ) internal view returns (uint256) {
        uint256 chunk = 0;
        bytes32 hash = keccak256(
            abi.encode(block.chainid, address(this), studyId, roundId, hospital, profileId, chunk)
        );
        return toField(hash);
    }

    /// @notice A 256-bit digest as a field element: big endian, mod r.
    function toField(bytes32 digest) internal pure returns (uint256) {
        return uint256(digest) % Profile.FIELD_ORDER;
    }
}
