pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";

/*
 * SmallCoefficient: one small signed integer, without a linear row.
 *
 * Proves:      -2^(bits-1) <= in < 2^(bits-1), negative values counting down from r.
 * Parameters:  bits in [2, 252], so that the decomposition is the only one mod r.
 * Assumes:     nothing; any field element.
 * Guarantees:  the range.
 * Constraints: bits = 7 for SmallCoefficient(7).
 *
 * Like lib/fixed/SignedRangeCheck, but it is the highest bit that is no signal: it is what in leaves after the others. So the lower bits
 * are of in + 2^(bits-1) itself, and nothing is left for --O2 to eliminate in thousands of coefficients.
 */
template SmallCoefficient(bits) {
    assert(bits >= 2 && bits <= FIXED_BITS_PER_ELEMENT());
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
