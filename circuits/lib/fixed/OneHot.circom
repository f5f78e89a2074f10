pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/bitLength.circom";

/*
 * OneHot: a number as a one-hot vector.
 *
 * Proves:      out[k] = 1 for k = in and 0 for the others.
 * Parameters:  count in [2, 252].
 * Assumes:     nothing; any field element.
 * Guarantees:  in is in [0, count), otherwise no witness exists; out as above, unique: of booleans with sum 1 exactly one is 1. checked is
 *              in, tagged unsignedBits = ceil(log2(count)).
 * Constraints: count = 10 for OneHot(10).
 */
template OneHot(count) {
    signal input in;
    signal output out[count];
    signal output {unsignedBits} checked;

    assert(count >= 2 && count <= FIXED_BITS_PER_ELEMENT());

    var sum = 0;
    var index = 0;
    for (var k = 0; k < count; k++) {
        out[k] <-- in == k ? 1 : 0;
        out[k] * (out[k] - 1) === 0;
        sum += out[k];
        index += k * out[k];
    }
    sum === 1;
    index === in;
    checked.unsignedBits = bitLength(count);
    checked <== in;
}
