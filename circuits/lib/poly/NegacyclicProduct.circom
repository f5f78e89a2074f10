pragma circom 2.2.0;

include "circuits/lib/poly/ConstantPolynomial.circom";
include "circuits/lib/poly/Horner.circom";
include "circuits/lib/poly/Power.circom";

/*
 * NegacyclicProduct: the product of a constant and a secret polynomial in Z[X] / (X^N + 1), at a point.
 *
 * Proves:      value = sum_{j < published} (a * s)_j * point^j mod r, where a * s is the product over the integers modulo X^N + 1.
 * Parameters:  degree: N; published: how many of the product's coefficients count, in [1, N]; polynomial: the N constant coefficients of a.
 * Assumes:     nothing of s and point. That the integers (a * s)_j themselves do not wrap is the caller's business.
 * Guarantees:  the value as a field element: the map is linear over Z, so it commutes with reduction mod r.
 * Constraints: N + 1, one a coefficient of s, ConstantPolynomial's and Power's of `published`; 2,149 for NegacyclicProduct(2048, 2048,
 *              STANDARD_PUBLIC_POLYNOMIAL()).
 *
 * Let T_k be the first `published` coefficients of X^k * a, at the point. X^(k+1) * a shifts them, drops the highest, d_k, and brings in
 * -a_(N-1-k) at the bottom:   T_(k+1) = point * T_k - point^published * d_k - a_(N-1-k),
 *     d_k = a_(published-1-k) for k < published, else -a_(N+published-1-k)   (for published = N both constants are a_(N-1-k)).
 * The value is sum_k s_k T_k. Unrolling the recurrence and exchanging the sums turns N products s_k * T_k and N steps of T into Horner's
 * suffixes S_k = sum_{j >= k} s_j point^(j-k) of s, which are combined with CONSTANTS:
 *     value = T_0 * S_0 - point^published * sum_k d_k S_(k+1) - sum_k a_(N-1-k) S_(k+1),   T_0 = sum_{j < published} a_j point^j.
 */
template NegacyclicProduct(degree, published, polynomial) {
    assert(published >= 1 && published <= degree);
    signal input point;
    signal input s[degree];
    signal output value;

    component horner = Horner(degree);
    horner.point <== point;
    horner.coefficients <== s;
    signal start <== ConstantPolynomial(published, polynomial)(point);
    signal top <== Power(published)(point);

    // Summed in blocks, because the compiler copies a sum whenever a term is added.
    var dropped = 0;
    var entering = 0;
    for (var block = 0; block < degree - 1; block += 64) {
        var blockDropped = 0;
        var blockEntering = 0;
        for (var k = block; k < block + 64 && k < degree - 1; k++) {
            var d = k < published ? polynomial[published - 1 - k] : -polynomial[degree + published - 1 - k];
            blockDropped += d * horner.suffix[k + 1];
            blockEntering += polynomial[degree - 1 - k] * horner.suffix[k + 1];
        }
        dropped += blockDropped;
        entering += blockEntering;
    }
    signal first <== start * horner.suffix[0];
    value <== first - top * dropped - entering;
}
