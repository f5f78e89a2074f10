pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/RangeCheck.circom";
include "circuits/lib/fixed/SignedRangeCheck.circom";

/*
 * Rescale: a division by a power of two, rounded.
 *
 * Proves:      out = floor((in + 2^(lowBits-1)) / 2^lowBits), the nearest integer, halves up.
 * Parameters:  lowBits >= 1, highBits >= 1, lowBits + highBits <= 252.
 * Assumes:     in = v mod r for an integer |v| < r / 2.
 * Guarantees:  out is signed with highBits bits, which its tag signedBits shows, and v + 2^(lowBits-1) = out * 2^lowBits + remainder over
 *              the integers with remainder in [0, 2^lowBits); both sides are below r / 2, so nothing wraps. Otherwise no witness exists.
 * Constraints: lowBits + highBits = 19 for Rescale(7, 12).
 */
template Rescale(lowBits, highBits) {
    signal input in;
    signal output {signedBits} out;

    assert(lowBits >= 1 && highBits >= 1 && lowBits + highBits <= FIXED_BITS_PER_ELEMENT());

    // Made positive before the shift; constrained by the two range checks: only the true quotient leaves a remainder in range.
    var offset = 1 << (lowBits + highBits - 1);
    var shifted = in + (1 << (lowBits - 1));
    out.signedBits = highBits;
    out <-- ((shifted + offset) >> lowBits) - (1 << (highBits - 1));
    SignedRangeCheck(highBits)(out);
    RangeCheck(lowBits)(shifted - out * (1 << lowBits));
}
