pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";

/* How many values of the given width one packed element holds: as many as fit 252 bits. */
function PACKED_PER_ELEMENT(bits) {
    return FIXED_BITS_PER_ELEMENT() \ bits;
}

/* Elements that `count` values of the given width fill. */
function PACKED_ELEMENTS(count, bits) {
    return (count + PACKED_PER_ELEMENT(bits) - 1) \ PACKED_PER_ELEMENT(bits);
}

/*
 * PackCoefficients: small signed integers as few field elements, for hashing.
 *
 * Proves:      out[k] = sum_i (in[k * per + i] + 2^(bits-1)) * 2^(bits * i), per = floor(252 / bits); the last element may be partly
 *              filled.
 * Parameters:  count: values; bits: their width.
 * Assumes:     in range-checked to `bits` signed bits, which the tag shows. Without it packing would be malleable.
 * Guarantees:  out is injective in in: every digit is in [0, 2^bits) and 252 bits are below r.
 * Constraints: 0 for PackCoefficients(73, 7): linear.
 */
template PackCoefficients(count, bits) {
    signal input {signedBits} in[count];
    signal output out[PACKED_ELEMENTS(count, bits)];
    assert(in.signedBits == bits);

    var per = PACKED_PER_ELEMENT(bits);
    for (var k = 0; k < PACKED_ELEMENTS(count, bits); k++) {
        var packed = 0;
        for (var i = 0; i < per && k * per + i < count; i++) {
            packed += (in[k * per + i] + (1 << (bits - 1))) * (1 << (bits * i));
        }
        out[k] <== packed;
    }
}
