// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";

/// @title Check of an update bundle against its proof's outputs
/// @notice Bundle, docs/PROTOCOL.md section 4: "DHUB", version, profile, n, t (8 bytes), context, R.x, R.y (32 each), N u64 little endian
/// coefficients, n * K encrypted shares (32 each).
library UpdateBundle {
    struct Claim {
        uint256 profileId;
        uint256 members;
        uint256 threshold;
        uint256 context;
        uint256 gamma;
        uint256 y;
        uint256 y2;
    }

    uint256 private constant MAGIC_AND_VERSION = 0x4448554201; // "DHUB", 1
    uint256 private constant CONTEXT_AT = Profile.BUNDLE_HEADER_BYTES;
    uint256 private constant R_AT = CONTEXT_AT + Profile.ELEMENT_BYTES;
    uint256 private constant COEFFICIENTS_AT = R_AT + 2 * Profile.ELEMENT_BYTES;
    uint256 private constant COEFFICIENT_BYTES = 8;
    uint256 private constant WORD_BYTES = 32;
    uint256 private constant SHARES_AT = COEFFICIENTS_AT + Profile.RING_DEGREE * COEFFICIENT_BYTES;

    // Every other 1, 2, 4 and 8 bytes of a word.
    uint256 private constant LOW_1 = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant LOW_2 = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant LOW_4 = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant LOW_8 = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;

    /// @notice True when the bundle is well formed for this round and hospital, and its polynomials take the proven values at gamma.
    /// An honest hospital's bundle always is.
    function isConsistent(bytes calldata bundle, Claim memory claim) internal pure returns (bool) {
        uint256 shareCount = claim.members * Profile.KEY_ELEMENTS;
        if (bundle.length != SHARES_AT + shareCount * Profile.ELEMENT_BYTES) return false;
        uint256 header = (MAGIC_AND_VERSION << 24) | (claim.profileId << 16) | (claim.members << 8) | claim.threshold;
        if (_word(bundle, 0) >> 192 != header) return false;
        if (_word(bundle, CONTEXT_AT) != claim.context) return false;
        return _isCiphertextAt(bundle, claim.gamma, claim.y) && _areSharesAt(bundle, shareCount, claim.gamma, claim.y2);
    }

    /// @dev Horner's rule over the coefficients, each below the modulus.
    function _isCiphertextAt(bytes calldata bundle, uint256 gamma, uint256 y) private pure returns (bool) {
        uint256 value = 0;
        unchecked {
            // Four coefficients a word, the word reversed as a whole: its last coefficient comes to the top.
            for (uint256 offset = SHARES_AT; offset > COEFFICIENTS_AT;) {
                offset -= WORD_BYTES;
                uint256 word = _reverse(_word(bundle, offset));
                for (uint256 shift = 256; shift > 0;) {
                    shift -= 64;
                    uint256 coefficient = (word >> shift) & type(uint64).max;
                    if (coefficient >= Profile.MODULUS) return false;
                    value = addmod(mulmod(value, gamma, Profile.FIELD_ORDER), coefficient, Profile.FIELD_ORDER);
                }
            }
        }
        return value == y;
    }

    /// @dev Horner's rule over the shares followed by R.x, R.y, each below the field order.
    function _areSharesAt(
        bytes calldata bundle,
        uint256 shareCount,
        uint256 gamma,
        uint256 y2
    ) private pure returns (bool) {
        uint256 ry = _word(bundle, R_AT + Profile.ELEMENT_BYTES);
        uint256 rx = _word(bundle, R_AT);
        if (rx >= Profile.FIELD_ORDER || ry >= Profile.FIELD_ORDER) return false;
        uint256 value = addmod(mulmod(ry, gamma, Profile.FIELD_ORDER), rx, Profile.FIELD_ORDER);
        for (uint256 offset = SHARES_AT + shareCount * Profile.ELEMENT_BYTES; offset > SHARES_AT;) {
            unchecked {
                offset -= Profile.ELEMENT_BYTES;
            }
            uint256 share = _word(bundle, offset);
            if (share >= Profile.FIELD_ORDER) return false;
            value = addmod(mulmod(value, gamma, Profile.FIELD_ORDER), share, Profile.FIELD_ORDER);
        }
        return value == y2;
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
