pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "circuits/lib/hash/Sponge.circom";

/*
 * ShareCommitment: the commitment to one member's shares of one update.
 *
 * Proves:      digest = S(share, [shares, blind]).
 * Parameters:  count: K.
 * Assumes:     nothing.
 * Guarantees:  shares and blind are the only ones known with this digest (collision resistance of Poseidon).
 * Constraints: Sponge's for count + 1 elements; 4,281 for ShareCommitment(108).
 */
template ShareCommitment(count) {
    signal input shares[count];
    signal input blind;
    signal output digest;

    component sponge = Sponge(DOMAIN_SHARE(), count + 1, 1);
    for (var k = 0; k < count; k++) {
        sponge.in[k] <== shares[k];
    }
    sponge.in[count] <== blind;
    digest <== sponge.out[0];
}
