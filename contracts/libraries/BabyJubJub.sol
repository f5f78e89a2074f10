// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Profile} from "../generated/Profile.sol";

/// @title Membership in BabyJubJub's prime-order subgroup
/// @notice The twisted Edwards curve A x^2 + y^2 = 1 + D x^2 y^2 over the BN254 scalar field (EIP-2494); its order is 8 times a prime.
/// A is a square and D is not, so the addition law is complete: no case below divides by zero.
library BabyJubJub {
    uint256 internal constant A = 168700;
    uint256 internal constant D = 168696;

    /// @notice True when (x, y) is an affine point of the curve with canonical coordinates.
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        uint256 r = Profile.FIELD_ORDER;
        if (x >= r || y >= r) return false;
        uint256 xx = mulmod(x, x, r);
        uint256 yy = mulmod(y, y, r);
        return addmod(mulmod(A, xx, r), yy, r) == addmod(1, mulmod(D, mulmod(xx, yy, r), r), r);
    }

    /// @notice True when 8 (qx, qy) = (x, y). With Q on the curve, (x, y) then lies in the subgroup of prime order.
    /// @param qx Q, affine x; Q must be on the curve
    /// @param qy Q, affine y
    /// @param x Canonical affine x of the claimed multiple
    /// @param y Canonical affine y of the claimed multiple
    function isEightTimes(uint256 qx, uint256 qy, uint256 x, uint256 y) internal pure returns (bool) {
        uint256 r = Profile.FIELD_ORDER;
        uint256 z = 1;
        (qx, qy, z) = _double(qx, qy, z);
        (qx, qy, z) = _double(qx, qy, z);
        (qx, qy, z) = _double(qx, qy, z);
        // Projective (X : Y : Z) equals (x, y) when X = x Z and Y = y Z; Z is never 0.
        return mulmod(x, z, r) == qx && mulmod(y, z, r) == qy;
    }

    /// @dev Projective doubling, Bernstein, Birkner, Joye, Lange and Peters 2008 ("dbl-2008-bbjlp").
    function _double(uint256 x, uint256 y, uint256 z) private pure returns (uint256, uint256, uint256) {
        uint256 r = Profile.FIELD_ORDER;
        uint256 sum = addmod(x, y, r);
        uint256 b = mulmod(sum, sum, r);
        uint256 c = mulmod(x, x, r);
        uint256 d = mulmod(y, y, r);
        uint256 e = mulmod(A, c, r);
        uint256 f = addmod(e, d, r);
        uint256 j = addmod(f, r - mulmod(2, mulmod(z, z, r), r), r);
        return (mulmod(addmod(b, 2 * r - c - d, r), j, r), mulmod(f, addmod(e, r - d, r), r), mulmod(f, j, r));
    }
}
