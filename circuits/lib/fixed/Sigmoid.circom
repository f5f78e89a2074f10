pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/PiecewiseCubic.circom";

/*
 * Sigmoid: the logistic function of a magnitude.
 *
 * Proves:      out = 1 / (1 + exp(-m)) at scale 2^40 for m = interval + fraction / 2^9 in [0, 16), by one cubic on each unit interval.
 * Parameters:  none.
 * Assumes:     interval[] boolean; fraction in [0, 2^9).
 * Guarantees:  out in [2^39, 2^40), the value of docs/PROTOCOL.md section 6; within 2^-14 of the true sigmoid, non-decreasing in m, exactly
 *              1/2 at m = 0. All intermediate values are below 2^42 in magnitude.
 * Constraints: 14 for Sigmoid().
 */
template Sigmoid() {
    signal input interval[FIXED_LOGIT_INTEGER_BITS()];
    signal input fraction;
    signal output out <== PiecewiseCubic(FIXED_SIGMOID_COEFFICIENTS())(interval, fraction);
}
