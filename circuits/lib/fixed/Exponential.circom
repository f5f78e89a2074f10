pragma circom 2.2.0;

include "circomlib/circuits/comparators.circom";
include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/PiecewiseCubic.circom";

/*
 * Exponential: exp(-in) at scale 2^40 for a number in >= 0 with 9 + dropBits fractional bits.
 *
 * Proves:      in is rounded to scale 2^9, halves towards 0: u = floor((in + 2^(dropBits-1) - 1) / 2^dropBits); out = exp(-u / 2^9) by one
 *              cubic on each unit interval, 2^40 at 0 and 0 from u = 16 * 2^9 on.
 * Parameters:  magnitudeBits, dropBits >= 2 with dropBits + 13 < magnitudeBits <= 252.
 * Assumes:     in = v mod r for an integer |v| < r / 2.
 * Guarantees:  0 <= v <= 2^magnitudeBits - 2^(dropBits-1), otherwise no witness exists; out in [0, 2^40], the value of docs/PROTOCOL.md
 *              section 6: 2^40 exactly at 0, non-increasing, within 2^-11 of exp of the rounded number.
 * Constraints: magnitudeBits + 19 = 55 for Exponential(36, 7).
 *
 * The sum that is decomposed is non-negative already for in > -2^(dropBits-1), with u = 0. So when u = 0 its dropped bits must be those of
 * an in >= 0: the top one set (in > 0), or all the others (in = 0).
 */
template Exponential(magnitudeBits, dropBits) {
    var fractionBits = FIXED_LOGIT_SCALE_BITS();
    var intervalBits = FIXED_LOGIT_INTEGER_BITS();
    var endBits = dropBits + fractionBits + intervalBits;

    signal input in;
    signal output out;

    assert(dropBits >= 2 && endBits < magnitudeBits && magnitudeBits <= FIXED_BITS_PER_ELEMENT());

    // bit[i], i >= 1, is constrained boolean just below; bit 0, what is left, by the constraint after the loop (no signal: RangeCheck).
    signal bit[magnitudeBits];
    bit[0] <== 0;
    var shifted = in + (1 << (dropBits - 1)) - 1;
    var rest = shifted;
    for (var i = magnitudeBits - 1; i > 0; i--) {
        bit[i] <-- (shifted >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        rest -= bit[i] * (1 << i);
    }
    rest * (rest - 1) === 0;

    // How many of the lower dropped bits are 0: with the top one clear, in < 0 unless there is none, or u > 0.
    var clear = dropBits - 1 - rest;
    for (var i = 1; i < dropBits - 1; i++) clear -= bit[i];
    signal negative <== (1 - bit[dropBits - 1]) * clear;
    var rounded = 0;
    for (var i = dropBits; i < magnitudeBits; i++) rounded += bit[i];
    // rounded is a sum of at most 252 booleans: 0 only when u is, and then negative has to be 0, too.
    signal quotient <-- rounded == 0 ? 0 : negative / rounded;
    quotient * rounded === negative;

    var fraction = 0;
    for (var i = 0; i < fractionBits; i++) fraction += bit[dropBits + i] * (1 << i);
    component cubic = PiecewiseCubic(FIXED_EXPONENTIAL_COEFFICIENTS());
    cubic.fraction <== fraction;
    for (var i = 0; i < intervalBits; i++) cubic.interval[i] <== bit[dropBits + fractionBits + i];

    // The sum of at most 252 booleans is 0 only when all are.
    var above = 0;
    for (var i = endBits; i < magnitudeBits; i++) above += bit[i];
    signal inRange <== IsZero()(above);
    out <== inRange * cubic.out;
}
