pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";

/*
 * MerkleInclusion: the root of the binary Poseidon(2) tree that has `leaf` at `index` (docs/PROTOCOL.md section 1).
 *
 * Proves:      root is that of the path of siblings upwards from leaf.
 * Parameters:  depth >= 1.
 * Assumes:     nothing about index: it is decomposed here.
 * Guarantees:  index in [0, 2^depth), otherwise no witness exists; root is that of the path, so a root determines the leaf at an index.
 * Constraints: 242 * depth = 1,452 for MerkleInclusion(6).
 */
template MerkleInclusion(depth) {
    signal input leaf;
    signal input index;
    signal input siblings[depth];
    signal output root;

    // bit[i], i >= 1, is constrained boolean just below; bit[0], what is left of the index, by the constraint after the loop.
    signal bit[depth];
    var rest = index;
    for (var i = depth - 1; i > 0; i--) {
        bit[i] <-- (index >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        rest -= bit[i] * (1 << i);
    }
    bit[0] <== rest;
    bit[0] * (bit[0] - 1) === 0;

    // Bit k says that the node is the right child at height k.
    signal node[depth + 1];
    signal swap[depth];
    node[0] <== leaf;
    for (var k = 0; k < depth; k++) {
        swap[k] <== bit[k] * (siblings[k] - node[k]);
        node[k + 1] <== Poseidon(2)([node[k] + swap[k], siblings[k] - swap[k]]);
    }
    root <== node[depth];
}
