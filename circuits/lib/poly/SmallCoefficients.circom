pragma circom 2.2.0;

include "SmallCoefficient.circom";

/*
 * SmallCoefficients: every element of a vector is a small signed integer.
 *
 * Proves   -2^(bits-1) <= in[i] < 2^(bits-1), negative values counting down from r.
 * Params   count: elements; bits: width in [2, 252].
 * Assumes  nothing of in.
 * Guarantees out = in, tagged signedBits = bits; no other template makes this tag.
 * Constraints: count * bits, none of them linear.
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
