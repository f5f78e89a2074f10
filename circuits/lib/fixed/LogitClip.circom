pragma circom 2.2.0;

include "circomlib/circuits/comparators.circom";
include "circuits/generated/FixedPoint.circom";

/*
 * LogitClip: sign, integer part and fraction of a logit, saturated at 16.
 *
 * Proves:      the magnitude |in| is rounded to scale 2^9, halves towards 0: rounded = floor((|in| + 2^(dropBits-1) - 1) / 2^dropBits). Its
 *              low 9 bits are `fraction`, the next 4 bits `interval`; saturated = 1 when rounded >= 16 * 2^9, and then interval and
 *              fraction mean nothing.
 * Parameters:  magnitudeBits, dropBits >= 1 with dropBits + 13 < magnitudeBits <= 252.
 * Assumes:     in = v mod r for an integer |v| < r / 4.
 * Guarantees:  |v| + 2^(dropBits-1) <= 2^magnitudeBits, otherwise no witness exists; negative = 1 if v < 0 and 0 if v > 0 whenever |v| >=
 *              2^(dropBits-1). For smaller |v| `negative` is free: both signs give rounded = 0, where the sigmoid is exactly 1/2. (With
 *              halves away from 0 the wrong sign would pass at |v| = 2^(dropBits-1), with another result.).
 * Constraints: magnitudeBits + 4 = 40 for LogitClip(36, 7).
 */
template LogitClip(magnitudeBits, dropBits) {
    var fractionBits = FIXED_LOGIT_SCALE_BITS();
    var intervalBits = FIXED_LOGIT_INTEGER_BITS();

    signal input in;
    signal output negative;
    signal output fraction;
    signal output interval[intervalBits];
    signal output saturated;

    assert(dropBits >= 1 && magnitudeBits <= FIXED_BITS_PER_ELEMENT());
    assert(dropBits + fractionBits + intervalBits < magnitudeBits);

    // Constrained boolean; a wrong sign makes magnitude + 2^(dropBits-1) - 1 negative, which as r - ... has too many bits.
    negative <-- in < 0;
    negative * (negative - 1) === 0;
    signal magnitude <== (1 - 2 * negative) * in;

    // bit[i], i >= 1, is constrained boolean just below; bit 0, what is left, by the constraint after the loop (no signal: RangeCheck).
    signal bit[magnitudeBits];
    bit[0] <== 0;
    var shifted = magnitude + (1 << (dropBits - 1)) - 1;
    var rest = shifted;
    for (var i = magnitudeBits - 1; i > 0; i--) {
        bit[i] <-- (shifted >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        rest -= bit[i] * (1 << i);
    }
    rest * (rest - 1) === 0;

    var sum = 0;
    for (var i = 0; i < fractionBits; i++) sum += bit[dropBits + i] * (1 << i);
    fraction <== sum;
    for (var i = 0; i < intervalBits; i++) interval[i] <== bit[dropBits + fractionBits + i];

    // The sum of at most 252 booleans is 0 only when all are.
    var above = 0;
    for (var i = dropBits + fractionBits + intervalBits; i < magnitudeBits; i++) above += bit[i];
    signal inRange <== IsZero()(above);
    saturated <== 1 - inRange;
}
