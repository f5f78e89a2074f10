pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";

/*
 * CommitteeKeys: the digest that stands for the members' public share keys.
 *
 * Proves:      digest = h_n with h_0 = 0, h_(j+1) = Poseidon(3)(h_j, keys[j].x, keys[j].y).
 * Parameters:  members: n.
 * Assumes:     nothing. That each key is a point of prime order is not proven here: the registry contract checked it when the key was
 *              registered, and the digest comes from the registry.
 * Guarantees:  keys is the only list with this digest (collision resistance).
 * Constraints: 261 * members - 3 = 780 for CommitteeKeys(3).
 */
template CommitteeKeys(members) {
    signal input keys[members][2];
    signal output digest;

    signal link[members + 1];
    link[0] <== 0;
    for (var j = 0; j < members; j++) {
        link[j + 1] <== Poseidon(3)([link[j], keys[j][0], keys[j][1]]);
    }
    digest <== link[members];
}
