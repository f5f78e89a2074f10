pragma circom 2.2.0;

include "circuits/lib/hash/PoseidonPermutation.circom";

/*
 * Sponge: absorbs nInputs field elements, squeezes nOutputs (docs/PROTOCOL.md section 1).
 *
 * Proves:      out = the first nOutputs elements that the sponge gives after in.
 * Parameters:  domain in [1, 2^32), nInputs >= 1, nOutputs >= 1.
 * Assumes:     nothing; any field elements.
 * Guarantees:  out is the unique sponge output of in.
 * Constraints: 612 a permutation, of which there are ceil(nInputs / 16) + ceil(nOutputs / 16) - 1, less three for each S-box of a first
 *              round whose input is a constant; 564 for Sponge(1, 1, 1); 609 for Sponge(1, 16, 1); 1,221 for Sponge(1, 17, 1); 1,185 for
 *              Sponge(1, 4, 17).
 *
 * Poseidon permutation of width 17 with circomlib's constants. Lane 0 is the capacity and starts as domain * 2^32 + nInputs, so inputs of
 * another purpose or length never share a state; lanes 1..16 are the rate.
 */
template Sponge(domain, nInputs, nOutputs) {
    signal input in[nInputs];
    signal output out[nOutputs];

    assert(domain >= 1 && domain < (1 << 32));
    assert(nInputs >= 1 && nInputs < (1 << 32));
    assert(nOutputs >= 1);

    var rate = 16;
    var nAbsorb = (nInputs + rate - 1) \ rate;
    var nPermutations = nAbsorb + (nOutputs + rate - 1) \ rate - 1;

    component permutation[nPermutations];
    for (var p = 0; p < nPermutations; p++) {
        // The last permutation computes no lane that nobody reads: an unread MixLast row would be a dead constraint.
        var lanes = rate;
        if (p == nPermutations - 1) lanes = nOutputs - rate * (nPermutations - nAbsorb);
        permutation[p] = PoseidonPermutation(lanes + 1);
        if (p == 0) {
            permutation[p].initialState <== domain * (1 << 32) + nInputs;
        } else {
            permutation[p].initialState <== permutation[p - 1].out[0];
        }
        for (var lane = 0; lane < rate; lane++) {
            var value = 0;
            if (p > 0) value += permutation[p - 1].out[lane + 1];
            if (p < nAbsorb && p * rate + lane < nInputs) value += in[p * rate + lane];
            permutation[p].inputs[lane] <== value;
        }
    }

    for (var i = 0; i < nOutputs; i++) {
        out[i] <== permutation[nAbsorb - 1 + i \ rate].out[i % rate + 1];
    }
}
