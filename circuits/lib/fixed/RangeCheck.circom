pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";

/*
 * RangeCheck: an unsigned integer of `bits` bits.
 *
 * Proves:      in is in [0, 2^bits).
 * Parameters:  bits in [1, 252].
 * Assumes:     nothing; any field element.
 * Guarantees:  the range; 2^bits < r, so the bits of in are unique.
 * Constraints: bits = 8 for RangeCheck(8).
 *
 * Bit 0 is a linear expression, so the sum needs no constraint of its own.
 */
template RangeCheck(bits) {
    signal input in;

    assert(bits >= 1 && bits <= FIXED_BITS_PER_ELEMENT());

    // bit[i], i >= 1, is constrained boolean just below; bit 0, what is left of in, by the last constraint. It is no signal of its
    // own: then --O2 keeps in as a wire instead of writing out its bits wherever in is used, which triples the matrices.
    signal bit[bits];
    bit[0] <== 0;
    var rest = in;
    for (var i = bits - 1; i > 0; i--) {
        bit[i] <-- (in >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        rest -= bit[i] * (1 << i);
    }
    rest * (rest - 1) === 0;
}
