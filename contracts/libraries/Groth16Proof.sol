// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";

/// @title The one encoding of a Groth16 proof's points
/// @notice snarkjs' verifiers negate A.y with a subtraction that wraps at 2^256, so they take words from q on for other A.y; and (0, 0)
/// is the point at infinity, which no honest proof contains. Auditors refuse both (worker/protocol/proof.ts): a round that accepted one
/// would fail every audit.
/// That the points are on their curves, and B in its subgroup, is the pairing precompile's check (EIP-197).
library Groth16Proof {
    /// @notice True when every coordinate is below the base field's order and no point is the point at infinity.
    /// @param proof Groth16 points, as in SegmentProof
    function isCanonical(uint256[8] memory proof) internal pure returns (bool) {
        for (uint256 i = 0; i < 8; ++i) {
            if (proof[i] >= Profile.BASE_FIELD_ORDER) return false;
        }
        return
            (proof[0] | proof[1]) != 0 &&
            (proof[2] | proof[3] | proof[4] | proof[5]) != 0 &&
            (proof[6] | proof[7]) != 0;
    }
}
