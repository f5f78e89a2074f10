pragma circom 2.2.0;

include "./RangeCheck.circom";

/*
 * SignedRangeCheck: in is a signed integer of `bits` bits, in [-2^(bits-1), 2^(bits-1)).
 *
 * Parameters: bits in [1, 252].
 * Assumes:    nothing; any field element.
 * Guarantees: in = v mod r for exactly one integer v of the range.
 * Cost (O2):  bits constraints.
 */
template SignedRangeCheck(bits) {
    signal input in;
    RangeCheck(bits)(in + (1 << (bits - 1)));
}
