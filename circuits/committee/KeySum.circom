pragma circom 2.2.0;

include "circuits/committee/KeySumOver.circom";
include "circuits/generated/StandardProfile.circom";
include "circuits/lib/shamir/PackKey.circom";

/*
 * KeySum: a member's posted key sum is exactly the sum of the shares that the frozen set's updates deal to it.
 *
 * Proves:      evaluation = sum over the used slots i of sum_k f_(i,k) gamma^k + u_out - u_in, where
 *                - shareDigest_i = S(share set, [context_i, m_(i,1) .. m_(i,n)]) and m_(i,memberIndex) = S(share, [f_(i,0) .. f_(i,K-1), b_i]),
 *                  1 <= memberIndex <= n;
 *                - maskIn = S(mask, [u_in]), maskOut = S(mask, [u_out]).
 *              Together with the contract, for the proofs over all of the frozen set U (first maskIn and last maskOut S(mask, [0]), each other
 *              maskIn the maskOut before it, gamma hashed from the posted T, sum of the evaluations = sum_k T_k gamma^k):
 *                  T_k = sum over U of f_(i,k)(memberIndex).
 * Parameters:  members n, slots. The number of shared elements K: profile "standard".
 * Assumes:     shareDigests are those that the accepted EncryptUpdate proofs put on chain, of U in its order, and not 0; gamma is hashed
 *              from the chain, the contract, the round, the frozen set, memberIndex and T; memberIndex is the sender's seat.
 * Guarantees:  its own output.
 * Constraints: 1,128 + members + slots * (4,957 + 4 * members) = 21,007 for KeySum(3, 4); 80,635 for KeySum(3, 16).
 *
 * Public signals: evaluation (output), gamma, memberIndex, maskIn, maskOut, shareDigests (0 in an unused slot); docs/PROTOCOL.md section 3.1.
 *
 * Why it is sound: what a dishonest member chooses, and what holds it.
 *   shares, blind      shareDigest_i was an output of EncryptUpdate: its preimage is context_i and the commitments of the shares that were dealt.
 *                      Poseidon is collision resistant, so nobody has another preimage: neither other commitments for the digest, nor other
 *                      shares or blinds for a commitment. A hospital and a member together cannot either, and the hospital's own proof
 *                      had to compute the digest from the key that it encrypted with.
 *   member             memberIndex is the contract's; MemberSelector has one solution. Another member's shares open another commitment;
 *                      equal commitments would be a collision, for their blinds come from different points.
 *   update             the digest is in its place in U, so every update counts once; an update of another round has another digest, by its context.
 *   unused slots       only where the public digest is 0, which the contract puts behind the end of U only; they add 0. No preimage of 0 is known.
 *   T                  the shares, and with them the true sum T*, are fixed before gamma is drawn: gamma hashes the frozen set's digest, which covers
 *                      the bundles, and a bundle holds the commitments (members confirm only bundles for which y2 says so, and anyone can
 *                      challenge another). Only T is the member's choice, and gamma hangs on all of it: T != T* agrees with T* at gamma
 *                      with probability < K / r < 2^-246, for each T tried. So gamma may be a public input, and no hash of T is needed in here.
 *   u_in, u_out        bound by maskIn and maskOut. Each but the first and the last, which are 0, is added once and subtracted once, so the
 *                      evaluations' sum is that of the shares alone. Were maskOut not bound, any T would pass.
 *   hints (`<--`)      the one-hot vector and IsZero's inverse; see MemberSelector, circomlib's IsZero.
 *   replay             gamma and shareDigests are those of one round and one member.
 * Why it hides: shares and blind are uniform to everybody else, so the commitments in the bundle tell nothing about the shares. A proof over a part of
 * U outputs its evaluation plus a mask that is uniform; without it K evaluations at different points would give the sum over that part, and t
 * members' such sums would open it. Unlike T they must not be known: the sum over all of U is the least that is ever opened.
 */
template KeySum(members, slots) {
    assert(members >= 2 && members <= 7);
    assert(slots >= 1 && slots <= 16);
    var count = KEY_ELEMENTS(STANDARD_RING_DEGREE(), STANDARD_SHARE_PACK_COUNT());

    // Public, in this order.
    signal input gamma;
    signal input memberIndex;
    signal input maskIn;
    signal input maskOut;
    signal input shareDigests[slots];
    // Private: per slot the update's context, its share commitments, the member's shares and blind; the openings of the masks.
    signal input context[slots];
    signal input commitments[slots][members];
    signal input shares[slots][count];
    signal input blind[slots];
    signal input maskInOpening;
    signal input maskOutOpening;
    // Public.
    signal output evaluation;

    component sum = KeySumOver(count, members, slots);
    sum.gamma <== gamma;
    sum.memberIndex <== memberIndex;
    sum.maskIn <== maskIn;
    sum.maskOut <== maskOut;
    sum.shareDigests <== shareDigests;
    sum.context <== context;
    sum.commitments <== commitments;
    sum.shares <== shares;
    sum.blind <== blind;
    sum.maskInOpening <== maskInOpening;
    sum.maskOutOpening <== maskOutOpening;
    evaluation <== sum.evaluation;
}
