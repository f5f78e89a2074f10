pragma circom 2.2.0;

/*
 * Power: a fixed power of a signal, by square and multiply.
 *
 * Proves:      out = base^exponent mod r.
 * Parameters:  exponent: at least 1.
 * Assumes:     nothing.
 * Guarantees:  the value as a field element.
 * Constraints: floor(log2(exponent)) and the ones in exponent, less 1; 11 for Power(2048); 8 for Power(73).
 */
template Power(exponent) {
    assert(exponent >= 1);
    signal input base;
    signal output out;

    var length = 0;
    while ((exponent >> length) > 0) {
        length++;
    }
    // Most significant bit first; the leading one costs nothing.
    signal squares[length];
    signal powers[length];
    squares[0] <== base;
    powers[0] <== base;
    for (var i = 1; i < length; i++) {
        squares[i] <== powers[i - 1] * powers[i - 1];
        if ((exponent >> (length - 1 - i)) & 1) {
            powers[i] <== squares[i] * base;
        } else {
            powers[i] <== squares[i];
        }
    }
    out <== powers[length - 1];
}
