pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";

/*
 * PiecewiseCubic: a function on [0, 16) by one cubic on each unit interval.
 *
 * Proves:      out = cubic_interval(fraction), exactly.
 * Parameters:  coefficients[16][4], lowest first (circuits/generated/FixedPoint.circom).
 * Assumes:     interval[] boolean; fraction in [0, 2^9).
 * Guarantees:  out is the cubic's value. With the tables of docs/PROTOCOL.md section 6 all intermediate values are below 2^42 in magnitude.
 * Constraints: 14 for PiecewiseCubic(FIXED_SIGMOID_COEFFICIENTS()).
 *
 * The 16 products of the interval's bits are the indicator basis of the 16 intervals, so each coefficient is a linear expression in them
 * and choosing it costs nothing more. The cubic is evaluated by Horner's rule; nothing is truncated.
 */
template PiecewiseCubic(coefficients) {
    var nBits = FIXED_LOGIT_INTEGER_BITS();
    var nIntervals = 1 << nBits;

    signal input interval[nBits];
    signal input fraction;
    signal output out;

    assert(nIntervals == 16);

    // monomial[s] = the product of the interval's bits in the set s.
    signal monomial[nIntervals];
    monomial[0] <== 1;
    for (var b = 0; b < nBits; b++) {
        monomial[1 << b] <== interval[b];
        for (var s = 1; s < (1 << b); s++) monomial[s + (1 << b)] <== monomial[s] * interval[b];
    }

    // Moebius transform: the indicator of interval k is sum over s containing k of (-1)^|s \ k| monomial[s], so the
    // monomial s weighs the alternating sum over the subsets k of s.
    var selected[4];
    for (var degree = 0; degree < 4; degree++) {
        selected[degree] = 0;
        for (var s = 0; s < nIntervals; s++) {
            var weight = 0;
            for (var k = 0; k < nIntervals; k++) {
                if ((k & s) == k) {
                    var sign = 1;
                    for (var b = 0; b < nBits; b++) {
                        if ((((s ^ k) >> b) & 1) == 1) sign = -sign;
                    }
                    weight += sign * coefficients[k][degree];
                }
            }
            selected[degree] += weight * monomial[s];
        }
    }

    signal third <== selected[3] * fraction;
    signal second <== (selected[2] + third) * fraction;
    signal first <== (selected[1] + second) * fraction;
    out <== selected[0] + first;
}
