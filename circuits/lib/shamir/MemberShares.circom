pragma circom 2.2.0;

/*
 * MemberShares: one member's Shamir shares of a vector of secrets.
 *
 * Proves:      share[k] = secret[k] + sum_{d=1}^{threshold-1} coefficients[k][d-1] * member^d mod r.
 * Parameters:  count: K; threshold: t >= 1; member: the member's point, a constant in [1, r).
 * Assumes:     nothing.
 * Guarantees:  the shares lie on polynomials of degree < t, the same for every member that gets the same coefficients.
 * Constraints: 0 for MemberShares(108, 2, 3): linear.
 */
template MemberShares(count, threshold, member) {
    assert(threshold >= 1 && member >= 1);
    signal input secret[count];
    signal input coefficients[count][threshold - 1];
    signal output share[count];

    for (var k = 0; k < count; k++) {
        var value = secret[k];
        for (var d = 1; d < threshold; d++) {
            value += coefficients[k][d - 1] * member ** d;
        }
        share[k] <== value;
    }
}
