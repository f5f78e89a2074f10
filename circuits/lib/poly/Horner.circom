pragma circom 2.2.0;

/*
 * Horner: a secret polynomial and all its suffixes at a secret or public point.
 *
 * Proves:      suffix[i] = sum_{j >= i} coefficients[j] * point^(j - i) mod r; suffix[0] is the polynomial's value.
 * Parameters:  count: coefficients, at least 1.
 * Assumes:     nothing.
 * Guarantees:  the values as field elements.
 * Constraints: count - 1 = 72 for Horner(73).
 */
template Horner(count) {
    signal input point;
    signal input coefficients[count];
    signal output suffix[count];

    suffix[count - 1] <== coefficients[count - 1];
    for (var i = count - 2; i >= 0; i--) {
        suffix[i] <== point * suffix[i + 1] + coefficients[i];
    }
}
