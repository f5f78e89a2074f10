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
    uint256 private constant SHARES_AT = COEFFICIENTS_AT + Profile.RING_DEGREE * COEFFICIENT_BYTES;

    /// @notice True when the bundle is well formed for this round and hospital, and its polynomials take the proven values at gamma.
    /// An honest hospital's bundle always is; about 0.5 M gas.
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
        for (uint256 offset = SHARES_AT; offset > COEFFICIENTS_AT;) {
            unchecked {
                offset -= COEFFICIENT_BYTES;
            }
            uint256 coefficient = _reverseBytes8(_word(bundle, offset) >> 192);
            if (coefficient >= Profile.MODULUS) return false;
            value = addmod(mulmod(value, gamma, Profile.FIELD_ORDER), coefficient, Profile.FIELD_ORDER);
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

    /// @dev The 8 low bytes in reverse order.
    function _reverseBytes8(uint256 value) private pure returns (uint256) {
        value = ((value & 0x00ff00ff00ff00ff) << 8) | ((value >> 8) & 0x00ff00ff00ff00ff);
        value = ((value & 0x0000ffff0000ffff) << 16) | ((value >> 16) & 0x0000ffff0000ffff);
        return ((value & 0xffffffff) << 32) | (value >> 32);
    }
}
