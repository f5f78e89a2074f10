// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";

/// @title Check of an update bundle against its proof's outputs
/// @notice Bundle, docs/PROTOCOL.md section 4: "DHUB", version, profile, n, t (8 bytes), context, R.x, R.y, n share commitments (32 each),
/// W u64 little endian coefficients, n * K encrypted shares (32 each).
library UpdateBundle {
    /// @dev What the bundle must say, and the values that its polynomials must take at gamma.
    struct Claim {
        uint256 profileId;
        uint256 members;
        uint256 threshold;
        uint256 weightCount;
        uint256 context;
        uint256 gamma;
        uint256 y;
        uint256 y2;
    }

    uint256 private constant MAGIC_AND_VERSION = 0x4448554202; // "DHUB", 2
    uint256 private constant CONTEXT_AT = Profile.BUNDLE_HEADER_BYTES;
    uint256 private constant R_AT = CONTEXT_AT + Profile.ELEMENT_BYTES;
    uint256 private constant COMMITMENTS_AT = R_AT + 2 * Profile.ELEMENT_BYTES;
    uint256 private constant COEFFICIENT_BYTES = 8;
    uint256 private constant WORD_BYTES = 32;

    // Every other 1, 2, 4 and 8 bytes of a word.
    uint256 private constant LOW_1 = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant LOW_2 = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant LOW_4 = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant LOW_8 = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;

    /// @notice True when the bundle is well formed for this round and hospital, and its polynomials take the proven values at gamma.
    /// An honest hospital's bundle always is.
    function isConsistent(bytes calldata bundle, Claim memory claim) internal pure returns (bool) {
        uint256 coefficientsAt = COMMITMENTS_AT + claim.members * Profile.ELEMENT_BYTES;
        uint256 sharesAt = coefficientsAt + claim.weightCount * COEFFICIENT_BYTES;
        uint256 end = sharesAt + claim.members * Profile.KEY_ELEMENTS * Profile.ELEMENT_BYTES;
        if (bundle.length != end) return false;
        uint256 header = (MAGIC_AND_VERSION << 24) | (claim.profileId << 16) | (claim.members << 8) | claim.threshold;
        if (_word(bundle, 0) >> 192 != header) return false;
        if (_word(bundle, CONTEXT_AT) != claim.context) return false;
        (bool valid, uint256 value) = _coefficients(bundle, coefficientsAt, sharesAt, claim.gamma);
        if (!valid || value != claim.y) return false;
        // shares ++ [R.x, R.y] ++ share commitments, from the last to the first.
        (valid, value) = _elements(bundle, R_AT, coefficientsAt, claim.gamma, 0);
        if (!valid) return false;
        (valid, value) = _elements(bundle, sharesAt, end, claim.gamma, value);
        return valid && value == claim.y2;
    }

    /// @dev Horner's rule over the coefficients, each below the modulus.
    function _coefficients(
        bytes calldata bundle,
        uint256 from,
        uint256 to,
        uint256 gamma
    ) private pure returns (bool valid, uint256 value) {
        valid = true;
        unchecked {
            // Four coefficients a word, the word reversed as a whole: its last coefficient comes to the top. In the first word, those that
            // would be before `from` are left out.
            while (to > from) {
                uint256 count = to - from < WORD_BYTES ? (to - from) / COEFFICIENT_BYTES : 4;
                to -= count * COEFFICIENT_BYTES;
                uint256 word = _reverse(_word(bundle, to));
                for (uint256 shift = 64 * count; shift > 0;) {
                    shift -= 64;
                    uint256 coefficient = (word >> shift) & type(uint64).max;
                    if (coefficient >= Profile.MODULUS) valid = false;
                    value = addmod(mulmod(value, gamma, Profile.FIELD_ORDER), coefficient, Profile.FIELD_ORDER);
                }
            }
        }
    }

    /// @dev Horner's rule over elements, each below the field order, on top of `value`.
    function _elements(
        bytes calldata bundle,
        uint256 from,
        uint256 to,
        uint256 gamma,
        uint256 value
    ) private pure returns (bool, uint256) {
        bool valid = true;
        unchecked {
            while (to > from) {
                to -= Profile.ELEMENT_BYTES;
                uint256 element = _word(bundle, to);
                if (element >= Profile.FIELD_ORDER) valid = false;
                value = addmod(mulmod(value, gamma, Profile.FIELD_ORDER), element, Profile.FIELD_ORDER);
            }
        }
        return (valid, value);
    }

    /// @dev 32 bytes from `offset`, which is below the bundle's length; bytes past its end are other call data, and are shifted out.
    function _word(bytes calldata bundle, uint256 offset) private pure returns (uint256 word) {
        // A slice's bounds checks would double the cost of the loops.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := calldataload(add(bundle.offset, offset))
        }
    }

    /// @dev The 32 bytes in reverse order.
    function _reverse(uint256 word) private pure returns (uint256) {
        word = ((word & LOW_1) << 8) | ((word >> 8) & LOW_1);
        word = ((word & LOW_2) << 16) | ((word >> 16) & LOW_2);
        word = ((word & LOW_4) << 32) | ((word >> 32) & LOW_4);
        word = ((word & LOW_8) << 64) | ((word >> 64) & LOW_8);
        return (word << 128) | (word >> 128);
    }
}
