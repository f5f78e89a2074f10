pragma circom 2.2.0;

include "../../generated/Domains.circom";
include "../hash/Sponge.circom";

/*
 * ShareCommitment: the commitment to one member's shares of one update.
 *
 * Proves   digest = S(share, [shares, blind]).
 * Params   count: K.
 * Assumes  nothing. Guarantees shares and blind are the only ones known with this digest (collision resistance of Poseidon).
 * Constraints: 588 to 609 for each of ceil((count + 1) / 16) permutations (4,215 for 108 shares).
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
