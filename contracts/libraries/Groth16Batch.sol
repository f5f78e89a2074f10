// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";
import {Groth16Proof} from "./Groth16Proof.sol";

/// @title Groth16 proofs, also under several verification keys, in one pairing check
/// @notice docs/PROTOCOL.md section 7. Every key is of the same phase 1: alpha, beta and gamma. A proof costs a pairing and two
/// multiplications in G1; a key, a pairing and a multiplication for each of its public signals, however many proofs there are.
/// Points are as the precompiles of EIP-196 and EIP-197 take them: x, y of 32 bytes, in G2 the imaginary part of each first. That the
/// points are on their curves, and those of G2 in the subgroup, is the precompiles' check.
library Groth16Batch {
    /// @dev What all keys share; the points of G2 are negated, so that nothing else has to be.
    struct Phase1 {
        bytes alpha;
        bytes minusBeta;
        bytes minusGamma;
    }

    /// @dev The rest of a key: delta, negated, and a point of G1 for 1 and for each public signal.
    struct Key {
        bytes minusDelta;
        bytes ic;
    }

    /// @dev Proofs verified so far; `inputs` and `pairs` to `end` are places in memory.
    struct Batch {
        bytes32 seed;
        uint256 proofCount;
        uint256 coefficientSum;
        uint256 inputs;
        uint256 pairs;
        uint256 end;
    }

    uint256 private constant G1_BYTES = 64;
    uint256 private constant PAIR_BYTES = 192;
    uint256 private constant PROOF_BYTES = 256;
    uint256 private constant WORD = 32;
    /// @dev Coefficients are 1 to this.
    uint256 private constant MOST_COEFFICIENT = type(uint128).max;

    /// @notice A batch without proofs.
    /// @param seed Hash of everything that the batch will verify: a prover must not know a coefficient before all of it is fixed
    /// @param proofs How many it will be
    /// @param keys Under how many keys
    function start(bytes32 seed, uint256 proofs, uint256 keys) internal pure returns (Batch memory batch) {
        batch.seed = seed;
        batch.inputs = _accumulator();
        bytes memory pairs = new bytes((proofs + keys + 2) * PAIR_BYTES);
        uint256 first;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            first := add(pairs, 32)
        }
        batch.pairs = first;
        batch.end = first;
    }

    /// @notice Adds the proofs under one key. False when a proof is not in its one encoding or off the curves, or a signal is not below
    /// the field order.
    /// @param batch The batch
    /// @param key The key
    /// @param proofs Where the proofs begin in the call data, one after the other
    /// @param signals Where the public signals begin in the call data, one proof's after the other's
    /// @param count How many
    function add(
        Batch memory batch,
        Key memory key,
        uint256 proofs,
        uint256 signals,
        uint256 count
    ) internal view returns (bool) {
        // What each point of key.ic is multiplied by, for all proofs together.
        uint256[] memory factors = new uint256[](key.ic.length / G1_BYTES);
        uint256 signalBytes = (factors.length - 1) * WORD;
        uint256 c = _accumulator();
        for (uint256 i = 0; i < count; ++i) {
            uint256 coefficient = _nextCoefficient(batch);
            if (!Groth16Proof.isCanonical(proofs) || !_addPoints(batch, c, proofs, coefficient)) return false;
            if (!_addSignals(factors, signals, coefficient)) return false;
            factors[0] += coefficient;
            proofs += PROOF_BYTES;
            signals += signalBytes;
        }
        batch.coefficientSum += factors[0];
        _placePair(batch, c, key.minusDelta);
        return _addMultiples(batch.inputs, key.ic, factors);
    }

    /// @notice True when all proofs that were added are valid.
    function holds(Batch memory batch, Phase1 memory phase1) internal view returns (bool valid) {
        uint256 alpha = _accumulator();
        uint256[] memory factor = new uint256[](1);
        factor[0] = batch.coefficientSum;
        if (!_addMultiples(alpha, phase1.alpha, factor)) return false;
        _placePair(batch, alpha, phase1.minusBeta);
        _placePair(batch, batch.inputs, phase1.minusGamma);
        uint256 pairs = batch.pairs;
        uint256 size = batch.end - pairs;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // Two statements: arguments are evaluated from the last to the first.
            valid := staticcall(gas(), 0x08, pairs, size, 0x00, 0x20)
            valid := and(valid, eq(mload(0x00), 1))
        }
    }

    /// @dev 1 for the first proof, then hashes of the seed: small exponents, of which the prover can choose none.
    function _nextCoefficient(Batch memory batch) private pure returns (uint256) {
        uint256 index = batch.proofCount++;
        if (index == 0) return 1;
        bytes32 hash;
        bytes32 seed = batch.seed;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore(0x20, index)
            hash := keccak256(0x00, 0x40)
        }
        return (uint256(hash) % MOST_COEFFICIENT) + 1;
    }

    /// @dev factors[k + 1] += coefficient * signal k. False when a signal is not below the field order.
    function _addSignals(
        uint256[] memory factors,
        uint256 signals,
        uint256 coefficient
    ) private pure returns (bool valid) {
        uint256 r = Profile.FIELD_ORDER;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            valid := 1
            let factor := add(factors, 64)
            let end := add(add(factors, 32), shl(5, mload(factors)))
            for {} lt(factor, end) {
                factor := add(factor, 32)
                signals := add(signals, 32)
            } {
                let signal := calldataload(signals)
                valid := and(valid, lt(signal, r))
                mstore(factor, addmod(mload(factor), mulmod(coefficient, signal, r), r))
            }
        }
    }

    /// @dev Of a proof in the call data: the next pair is coefficient A, B; and coefficient C is added to the accumulator. False when A or C
    /// is not on the curve.
    function _addPoints(
        Batch memory batch,
        uint256 accumulator,
        uint256 proof,
        uint256 coefficient
    ) private view returns (bool valid) {
        uint256 pair = batch.end;
        batch.end = pair + PAIR_BYTES;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            valid := 1
            let term := add(accumulator, 64)
            calldatacopy(pair, proof, 192)
            calldatacopy(term, add(proof, 192), 64)
            if gt(coefficient, 1) {
                // B's place is free until B is copied.
                mstore(add(pair, 64), coefficient)
                valid := staticcall(gas(), 0x07, pair, 96, pair, 64)
                mstore(add(pair, 64), calldataload(add(proof, 64)))
                mstore(add(term, 64), coefficient)
                valid := and(valid, staticcall(gas(), 0x07, term, 96, term, 64))
            }
            valid := and(valid, staticcall(gas(), 0x06, accumulator, 128, accumulator, 64))
        }
    }

    /// @dev The next pair: the point in an accumulator, and a point of G2.
    function _placePair(Batch memory batch, uint256 accumulator, bytes memory g2) private pure {
        uint256 pair = batch.end;
        batch.end = pair + PAIR_BYTES;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mcopy(pair, accumulator, 64)
            mcopy(add(pair, 64), add(g2, 32), 128)
        }
    }

    /// @dev Memory for a sum in G1, which begins as the point at infinity, a term and the term's factor.
    function _accumulator() private pure returns (uint256 accumulator) {
        uint256[5] memory words;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            accumulator := words
        }
    }

    /// @dev Adds to the accumulator each point of the list times its factor. False when one is not on the curve.
    function _addMultiples(
        uint256 accumulator,
        bytes memory points,
        uint256[] memory factors
    ) private view returns (bool valid) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            valid := 1
            let term := add(accumulator, 64)
            let point := add(points, 32)
            let factor := add(factors, 32)
            for {
                let end := add(factor, shl(5, mload(factors)))
            } lt(factor, end) {
                factor := add(factor, 32)
                point := add(point, 64)
            } {
                mcopy(term, point, 64)
                if iszero(eq(mload(factor), 1)) {
                    mstore(add(term, 64), mload(factor))
                    valid := and(valid, staticcall(gas(), 0x07, term, 96, term, 64))
                }
                valid := and(valid, staticcall(gas(), 0x06, accumulator, 128, accumulator, 64))
            }
        }
    }
}
