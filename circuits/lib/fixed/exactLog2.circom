pragma circom 2.2.0;

include "circuits/lib/fixed/bitLength.circom";

/* log2 of a power of two; any other value is refused at compile time. */
function exactLog2(value) {
    var bits = bitLength(value);
    assert((1 << bits) == value);
    return bits;
}
