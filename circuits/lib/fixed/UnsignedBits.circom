pragma circom 2.2.0;

include "circuits/lib/fixed/RangeCheck.circom";

/*
 * UnsignedBits: an unsigned integer that shows its range.
 *
 * Proves:      out = in, in [0, 2^bits).
 * Parameters:  bits in [1, 252]; 1 for a boolean.
 * Assumes:     nothing; any field element.
 * Guarantees:  out carries the tag unsignedBits = bits, which only templates make that constrain the range.
 * Constraints: bits = 8 for UnsignedBits(8); 1 for UnsignedBits(1).
 */
template UnsignedBits(bits) {
    signal input in;
    signal output {unsignedBits} out;

    RangeCheck(bits)(in);
    out.unsignedBits = bits;
    out <== in;
}
