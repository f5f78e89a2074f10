pragma circom 2.2.0;

/* Smallest m with m * m >= count: balances the small and the large steps of ConstantPolynomial. */
function CEIL_SQRT(count) {
    var root = 1;
    while (root * root < count) {
        root++;
    }
    return root;
}

/*
 * ConstantPolynomial: a polynomial with constant coefficients at a point (Paterson and Stockmeyer, 1973).
 *
 * Proves:      value = sum_i polynomial[i] * point^i over i < count, mod r.
 * Parameters:  count: coefficients used, at least 1; polynomial: array of constants, at least `count` long.
 * Assumes:     nothing.
 * Guarantees:  the value as a field element.
 * Constraints: ceil(sqrt(count)) - 1 + ceil(count / ceil(sqrt(count))) - 1 = 89 for ConstantPolynomial(2048, STANDARD_PUBLIC_POLYNOMIAL()).
 *
 * Products with constants are free, so only the powers below m = ceil(sqrt(count)) and one product for each block of m coefficients cost
 * anything, instead of one for each coefficient as in Horner's rule.
 */
template ConstantPolynomial(count, polynomial) {
    signal input point;
    signal output value;

    var step = CEIL_SQRT(count);
    var blocks = (count + step - 1) \ step;
    signal powers[step + 1];
    powers[0] <== 1;
    for (var i = 1; i <= step; i++) {
        powers[i] <== powers[i - 1] * point;
    }
    signal suffix[blocks];
    for (var k = blocks - 1; k >= 0; k--) {
        var block = 0;
        for (var i = 0; i < step && k * step + i < count; i++) {
            block += polynomial[k * step + i] * powers[i];
        }
        if (k == blocks - 1) {
            suffix[k] <== block;
        } else {
            suffix[k] <== suffix[k + 1] * powers[step] + block;
        }
    }
    value <== suffix[0];
}
