// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";

/// @title The one encoding of a Groth16 proof's points
/// @notice Every coordinate is below the base field's order, and none is the point at infinity, which no honest proof contains. Auditors
/// refuse other proofs (worker/protocol/proof.ts): a round that accepted one would fail every audit.
/// That the points are on their curves, and B in its subgroup, is the precompiles' check (EIP-196, EIP-197).
library Groth16Proof {
    /// @param proof Where the proof begins in the call data; its 8 words are as in SegmentProof
    function isCanonical(uint256 proof) internal pure returns (bool valid) {
        uint256 q = Profile.BASE_FIELD_ORDER;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let ax := calldataload(proof)
            let ay := calldataload(add(proof, 32))
            let bxi := calldataload(add(proof, 64))
            let bxr := calldataload(add(proof, 96))
            let byi := calldataload(add(proof, 128))
            let byr := calldataload(add(proof, 160))
            let cx := calldataload(add(proof, 192))
            let cy := calldataload(add(proof, 224))
            valid := and(
                and(and(lt(ax, q), lt(ay, q)), and(lt(cx, q), lt(cy, q))),
                and(and(lt(bxi, q), lt(bxr, q)), and(lt(byi, q), lt(byr, q)))
            )
            // A word that is not 0 is 1 after two negations.
            let finite := and(iszero(iszero(or(ax, ay))), iszero(iszero(or(cx, cy))))
            finite := and(finite, iszero(iszero(or(or(bxi, bxr), or(byi, byr)))))
            valid := and(valid, finite)
        }
    }
}
