// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IUpdateVerifier} from "../interfaces/IVerifier.sol";
import {Groth16Batch} from "../libraries/Groth16Batch.sol";

/// @title Verifier of all proofs of one update, in one pairing check
/// @dev The generated contracts add the keys, which share their phase 1.
abstract contract UpdateVerifier is IUpdateVerifier {
    using Groth16Batch for Groth16Batch.Batch;

    /// @inheritdoc IUpdateVerifier
    function verifyUpdate(
        uint256[8][] calldata trainProofs,
        uint256[9][] calldata trainSignals,
        uint256[8] calldata encryptProof,
        uint256[10] calldata encryptSignals
    ) external view returns (bool) {
        uint256 segments = trainProofs.length;
        if (segments == 0 || trainSignals.length != segments) return false;
        bytes32 seed = keccak256(abi.encode(_keyHashes(), trainProofs, trainSignals, encryptProof, encryptSignals));
        uint256 trainProofsAt;
        uint256 trainSignalsAt;
        uint256 encryptProofAt;
        uint256 encryptSignalsAt;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            trainProofsAt := trainProofs.offset
            trainSignalsAt := trainSignals.offset
            encryptProofAt := encryptProof
            encryptSignalsAt := encryptSignals
        }
        Groth16Batch.Batch memory batch = Groth16Batch.start(seed, segments + 1, 2);
        // The single proof first: the coefficient 1 then spares a multiplication of its key's first point, too.
        return
            batch.add(_encryptKey(), encryptProofAt, encryptSignalsAt, 1) &&
            batch.add(_trainKey(), trainProofsAt, trainSignalsAt, segments) &&
            batch.holds(_phase1());
    }

    /// @dev TRAIN_VK_HASH and ENCRYPT_VK_HASH.
    function _keyHashes() internal pure virtual returns (bytes32[2] memory);

    function _phase1() internal pure virtual returns (Groth16Batch.Phase1 memory);

    function _trainKey() internal pure virtual returns (Groth16Batch.Key memory);

    function _encryptKey() internal pure virtual returns (Groth16Batch.Key memory);
}
