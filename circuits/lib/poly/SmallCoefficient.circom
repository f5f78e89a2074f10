pragma circom 2.2.0;

/*
 * SmallCoefficient: one small signed integer, without a linear row.
 *
 * Proves   -2^(bits-1) <= in < 2^(bits-1), negative values counting down from r.
 * Params   bits: width in [2, 252], so that the decomposition is the only one mod r.
 * Assumes  nothing; any field element. Guarantees the range.
 * Constraints: bits, none linear.
 *
 * Like lib/fixed/SignedRangeCheck, but the highest bit is no signal: it is what in leaves after the others. That matters for thousands of
 * coefficients: nothing is left for --O2 to eliminate (it halves the compilation) and --O1 has not two linear rows a coefficient.
 */
template SmallCoefficient(bits) {
    assert(bits >= 2 && bits <= 252);
    signal input in;
    signal low[bits - 1];

    var offset = 1 << (bits - 1);
    var rest = in + offset;
    for (var b = 0; b < bits - 1; b++) {
        // Constrained by the next line, and all of them together by the last one.
        low[b] <-- ((in + offset) >> b) & 1;
        low[b] * (low[b] - 1) === 0;
        rest -= low[b] * (1 << b);
    }
    // The rest is 0 or the highest bit's value.
    rest * (rest - offset) === 0;
}
