pragma circom 2.2.0;

include "circuits/lib/poly/SmallCoefficient.circom";

/*
 * SmallCoefficients: every element of a vector is a small signed integer.
 *
 * Proves:      -2^(bits-1) <= in[i] < 2^(bits-1), negative values counting down from r.
 * Parameters:  count: elements; bits in [2, 252].
 * Assumes:     nothing of in.
 * Guarantees:  out = in, tagged signedBits = bits.
 * Constraints: count * bits = 511 for SmallCoefficients(73, 7).
 */
template SmallCoefficients(count, bits) {
    signal input in[count];
    signal output {signedBits} out[count];

    component check[count];
    for (var i = 0; i < count; i++) {
        check[i] = SmallCoefficient(bits);
        check[i].in <== in[i];
    }
    out.signedBits = bits;
    out <== in;
}
