// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IKeySumVerifier} from "../interfaces/IVerifier.sol";
import {Groth16Batch} from "../libraries/Groth16Batch.sol";

/// @title Verifier of a member's KeySum proofs, in one pairing check
/// @dev The generated contracts add the key.
abstract contract KeySumVerifier is IKeySumVerifier {
    using Groth16Batch for Groth16Batch.Batch;

    uint256 private constant G1_BYTES = 64;

    /// @inheritdoc IKeySumVerifier
    function verifyKeySums(uint256[8][] calldata proofs, uint256[] calldata signals) external view returns (bool) {
        uint256 count = proofs.length;
        Groth16Batch.Key memory key = _key();
        uint256 signalCount = key.ic.length / G1_BYTES - 1;
        if (count == 0 || signals.length != count * signalCount) return false;
        bytes32 seed = keccak256(abi.encode(_keyHash(), proofs, signals));
        uint256 proofsAt;
        uint256 signalsAt;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            proofsAt := proofs.offset
            signalsAt := signals.offset
        }
        Groth16Batch.Batch memory batch = Groth16Batch.start(seed, count, 1);
        return batch.add(key, proofsAt, signalsAt, count) && batch.holds(_phase1());
    }

    /// @dev VK_HASH.
    function _keyHash() internal pure virtual returns (bytes32);

    function _phase1() internal pure virtual returns (Groth16Batch.Phase1 memory);

    function _key() internal pure virtual returns (Groth16Batch.Key memory);
}
