pragma circom 2.2.0;

include "circomlib/circuits/comparators.circom";
include "circuits/lib/poly/Horner.circom";
include "circuits/lib/shamir/ShareCommitment.circom";
include "circuits/lib/shamir/ShareDigest.circom";

/*
 * KeySumSlot: what one update adds to a member's key sum, at a point; nothing for an unused slot.
 *
 * Proves:      shareDigest = 0 and value = 0, or shareDigest = S(share set, [context, commitments]), sum_j selected[j] commitments[j] =
 *              S(share, [shares, blind]) and value = sum_k shares[k] point^k.
 * Parameters:  count: K; members: n.
 * Assumes:     selected is the one-hot vector of MemberSelector.
 * Guarantees:  value is a function of shareDigest, the selected member and the point (see KeySum).
 * Constraints: 4,957 + 4 * members = 4,969 for KeySumSlot(108, 3), for 108 shares: ShareCommitment's, ShareDigest's, Horner's and 5 + n.
 *
 * In an unused slot context, commitments, shares and blind are free, and used = 0 takes them out of every statement.
 */
template KeySumSlot(count, members) {
    signal input point;
    signal input selected[members];
    signal input shareDigest;
    signal input context;
    signal input commitments[members];
    signal input shares[count];
    signal input blind;
    signal output value;

    component unused = IsZero();
    unused.in <== shareDigest;
    signal used <== 1 - unused.out;

    signal digest <== ShareDigest(members)(context, commitments);
    used * (digest - shareDigest) === 0;

    signal chosen[members];
    var own = 0;
    for (var j = 0; j < members; j++) {
        chosen[j] <== selected[j] * commitments[j];
        own += chosen[j];
    }
    signal commitment <== ShareCommitment(count)(shares, blind);
    used * (commitment - own) === 0;

    component horner = Horner(count);
    horner.point <== point;
    horner.coefficients <== shares;
    value <== used * horner.suffix[0];
}
