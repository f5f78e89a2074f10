pragma circom 2.2.0;

include "circuits/lib/fixed/RangeCheck.circom";

/*
 * SignedRangeCheck: a signed integer of `bits` bits.
 *
 * Proves:      in is in [-2^(bits-1), 2^(bits-1)).
 * Parameters:  bits in [1, 252].
 * Assumes:     nothing; any field element.
 * Guarantees:  in = v mod r for exactly one integer v of the range.
 * Constraints: bits = 20 for SignedRangeCheck(20).
 */
template SignedRangeCheck(bits) {
    signal input in;
    RangeCheck(bits)(in + (1 << (bits - 1)));
}
