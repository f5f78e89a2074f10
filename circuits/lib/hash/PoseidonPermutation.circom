pragma circom 2.2.0;

include "circomlib/circuits/poseidon_constants.circom";

/*
 * PoseidonPermutation: Poseidon of width 17 over BN254 (8 full and 68 partial rounds), equal to circomlib's PoseidonEx(16, nOuts).
 *
 * Proves:      out = the first nOuts lanes of the permutation of (initialState, inputs).
 * Parameters:  nOuts in [1, 17].
 * Assumes:     nothing; any field elements.
 * Guarantees:  out is unique.
 * Constraints: 612 for PoseidonPermutation(1), three an S-box; 612 for PoseidonPermutation(17).
 *
 * The linear layers are expressions here, not signals as in circomlib (1,510 linear rows a permutation): the compiler has nothing to
 * eliminate, and --O1 gives nearly the same constraints.
 */
template PoseidonPermutation(nOuts) {
    assert(nOuts >= 1 && nOuts <= 17);
    signal input initialState;
    signal input inputs[16];
    signal output out[nOuts];

    var t = 17;
    var partialRounds = 68;
    // circomlib's optimized constants: dense matrices M and P for full rounds, sparse ones S for partial rounds.
    var C[204] = POSEIDON_C(17);
    var S[2244] = POSEIDON_S(17);
    var M[17][17] = POSEIDON_M(17);
    var P[17][17] = POSEIDON_P(17);

    // Second, fourth and fifth powers of the S-boxes' inputs.
    signal full2[8][17];
    signal full4[8][17];
    signal full5[8][17];
    signal partial2[68];
    signal partial4[68];
    signal partial5[68];

    var state[17];
    state[0] = initialState + C[0];
    for (var i = 1; i < t; i++) {
        state[i] = inputs[i - 1] + C[i];
    }
    for (var r = 0; r < 8; r++) {
        if (r == 4) {
            for (var p = 0; p < partialRounds; p++) {
                partial2[p] <== state[0] * state[0];
                partial4[p] <== partial2[p] * partial2[p];
                partial5[p] <== partial4[p] * state[0];
                state[0] = partial5[p] + C[5 * t + p];
                var first = 0;
                for (var i = 0; i < t; i++) {
                    first += S[(2 * t - 1) * p + i] * state[i];
                }
                for (var i = 1; i < t; i++) {
                    state[i] += state[0] * S[(2 * t - 1) * p + t + i - 1];
                }
                state[0] = first;
            }
        }
        for (var i = 0; i < t; i++) {
            full2[r][i] <== state[i] * state[i];
            full4[r][i] <== full2[r][i] * full2[r][i];
            full5[r][i] <== full4[r][i] * state[i];
        }
        // Constants of the next round (none after the last), then the mix: P leads into the partial rounds.
        var nextRow = r < 4 ? (r + 1) * t : 5 * t + partialRounds + (r - 4) * t;
        var mixed[17];
        for (var i = 0; i < t; i++) {
            var sum = 0;
            for (var j = 0; j < t; j++) {
                var shifted = full5[r][j];
                if (r < 7) shifted += C[nextRow + j];
                sum += (r == 3 ? P[j][i] : M[j][i]) * shifted;
            }
            mixed[i] = sum;
        }
        state = mixed;
    }
    for (var i = 0; i < nOuts; i++) {
        out[i] <== state[i];
    }
}
