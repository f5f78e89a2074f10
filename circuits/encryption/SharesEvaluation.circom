pragma circom 2.2.0;

include "circuits/lib/curve/EphemeralScalar.circom";
include "circuits/lib/curve/FixedBase.circom";
include "circuits/lib/poly/Horner.circom";
include "circuits/lib/shamir/MemberShares.circom";
include "circuits/lib/shamir/ShareCommitment.circom";
include "circuits/lib/shamir/ShareDigest.circom";
include "circuits/lib/shamir/SharePads.circom";

/*
 * SharesEvaluation: the encrypted shares, the ephemeral key and the share commitments at a point, and the commitments' digest.
 *
 * Proves:      y2 = sum_m Z_m point^m mod r, Z = z_(1,0) .. z_(1,K-1), ..., z_(n,0) .. z_(n,K-1), R.x, R.y, m_1 .. m_n; R = kappa * B; m_j
 *              = S(share, [f_0(j) .. f_(K-1)(j), blind_j]); shareDigest = S(share set, [context, m_1 .. m_n]); z_(j,k) = f_k(j) +
 *              pad_(j,k); f_k(j) = packedKey[k] + sum_d coefficients[k][d-1] j^d; pad_j and blind_j from kappa * keys[j], j and context.
 * Parameters:  count: K; members: n; threshold: t in 2..n.
 * Assumes:     keys in BabyJubJub's prime-order subgroup and not O (see EncryptUpdate).
 * Guarantees:  every z, R and m is determined by the inputs: rho has one decomposition, and no rho reaches an exceptional case of the curve
 *              arithmetic.
 * Constraints: a member's SharePads and ShareCommitment, K + 1 of Horner, and EphemeralScalar's, FixedBase's and ShareDigest's; 31,722 for
 *              SharesEvaluation(108, 3, 2).
 */
template SharesEvaluation(count, members, threshold) {
    assert(threshold >= 2 && threshold <= members);
    var bits = EPHEMERAL_BITS();
    signal input point;
    signal input context;
    signal input packedKey[count];
    signal input coefficients[count][threshold - 1];
    signal input rho;
    signal input keys[members][2];
    signal output y2;
    signal output shareDigest;

    signal {binary} bit[bits] <== EphemeralScalar()(rho);
    signal ephemeral[2] <== FixedBase(bits \ 3)(bit);

    component shares[members];
    component pads[members];
    component commitments[members];
    component digest = ShareDigest(members);
    digest.context <== context;
    component horner = Horner(members * (count + 1) + 2);
    horner.point <== point;
    for (var j = 0; j < members; j++) {
        shares[j] = MemberShares(count, threshold, j + 1);
        shares[j].secret <== packedKey;
        shares[j].coefficients <== coefficients;
        pads[j] = SharePads(bits, count, j + 1);
        pads[j].bit <== bit;
        pads[j].key <== keys[j];
        pads[j].context <== context;
        for (var k = 0; k < count; k++) {
            horner.coefficients[j * count + k] <== shares[j].share[k] + pads[j].pad[k];
        }
        commitments[j] = ShareCommitment(count);
        commitments[j].shares <== shares[j].share;
        commitments[j].blind <== pads[j].blind;
        horner.coefficients[members * count + 2 + j] <== commitments[j].digest;
        digest.commitments[j] <== commitments[j].digest;
    }
    horner.coefficients[members * count] <== ephemeral[0];
    horner.coefficients[members * count + 1] <== ephemeral[1];
    y2 <== horner.suffix[0];
    shareDigest <== digest.digest;
}
