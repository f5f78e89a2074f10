// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";

/// @title Order of the circuits' public signals
/// @notice The only Solidity file that knows it; the same as worker/protocol/publicSignals.ts and docs/PROTOCOL.md sections 2 and 3.
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
        uint256 context;
        uint256 bundleDigest;
        uint256 sampleCount;
        uint256 weightsCommitment;
        uint256 committeeKeysDigest;
    }

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
    function ordered(EncryptUpdate memory signals) internal pure returns (uint256[8] memory) {
        return
            [
                signals.gamma,
                signals.y,
                signals.y2,
                signals.context,
                signals.bundleDigest,
                signals.sampleCount,
                signals.weightsCommitment,
                signals.committeeKeysDigest
            ];
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
