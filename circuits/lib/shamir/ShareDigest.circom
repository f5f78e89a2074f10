pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "circuits/lib/hash/Sponge.circom";

/*
 * ShareDigest: one element for the share commitments of all members, tied to the update that they belong to.
 *
 * Proves:      digest = S(share set, [context, commitments]).
 * Parameters:  members: n.
 * Assumes:     nothing.
 * Guarantees:  context and commitments are the only ones known with this digest, and it is not 0, which marks an unused slot (collision and
 *              preimage resistance of Poseidon).
 * Constraints: 609 - 3 * (15 - members) = 573 for ShareDigest(3), up to 15 members.
 */
template ShareDigest(members) {
    signal input context;
    signal input commitments[members];
    signal output digest;

    component sponge = Sponge(DOMAIN_SHARE_SET(), members + 1, 1);
    sponge.in[0] <== context;
    for (var j = 0; j < members; j++) {
        sponge.in[j + 1] <== commitments[j];
    }
    digest <== sponge.out[0];
}
