pragma circom 2.2.0;

/*
 * SmallCoefficients: every element of a vector is a small signed integer.
 *
 * Proves   -2^(bits-1) <= in[i] < 2^(bits-1), negative values counting down from r.
 * Params   count: elements; bits: width in [2, 252], so that the decomposition is the only one mod r.
 * Assumes  nothing of in.
 * Guarantees out = in, tagged signedBits = bits; no other template makes this tag.
 * Constraints: count * bits, none of them linear.
 *
 * The highest bit is never a signal: it is what in[i] leaves after the others, so the decomposition needs no linear row.
 */
template SmallCoefficients(count, bits) {
    assert(bits >= 2 && bits <= 252);
    signal input in[count];
    signal output {signedBits} out[count];
    signal low[count][bits - 1];

    var offset = 1 << (bits - 1);
    for (var i = 0; i < count; i++) {
        var rest = in[i] + offset;
        for (var b = 0; b < bits - 1; b++) {
            // Constrained by the next line, and all of them together by the last line of the loop over i.
            low[i][b] <-- ((in[i] + offset) >> b) & 1;
            low[i][b] * (low[i][b] - 1) === 0;
            rest -= low[i][b] * (1 << b);
        }
        // The rest is 0 or the highest bit's value.
        rest * (rest - offset) === 0;
    }
    out.signedBits = bits;
    out <== in;
}
