pragma circom 2.2.0;

include "../generated/StandardProfile.circom";
include "../lib/poly/Horner.circom";
include "../lib/poly/NegacyclicProduct.circom";

/*
 * CiphertextEvaluation: the ciphertext c at a point.
 *
 * Proves   y = sum_{j < published} c_j point^j mod r,   c_j = -(a * s)_j + e_j + 2^16 * sampleCount * w_j - q * r_j   over the integers,
 *          w_j = 0 from weightCount on.
 * Params   degree: N; published: coefficients of c in the bundle, in [weightCount, N]; polynomial: a, each |a_i| < q / 2; weightCount.
 * Assumes  s, e, r, w range-checked (their tags); sampleCount in [0, 2^16) (the contract takes it from the registry).
 * Guarantees the integers c_j do not wrap: |(a * s)_j| < N * 2^52 * 2^6 = 2^69, |q r_j| < 2^63, |2^16 * sampleCount * w_j| < 2^51, all far below
 *          r = 2^253.6. So if y equals C(point) of a published polynomial C with coefficients in [0, q), at a point chosen after both, then
 *          C_j = c_j as integers, and C = -a s + e + 2^16 sampleCount w mod (q, X^N + 1).
 * Constraints: N for s, published for e and r, weightCount, about 2 sqrt(published) + log2(published) + 5 (4,257 for N = published = 2048, 57 weights).
 */
template CiphertextEvaluation(degree, published, polynomial, weightCount) {
    assert(weightCount >= 1 && weightCount <= published);
    signal input point;
    signal input sampleCount;
    signal input {signedBits} w[weightCount];
    signal input {signedBits} s[degree];
    signal input {signedBits} e[published];
    signal input {signedBits} r[published];
    signal output y;
    assert(w.signedBits <= 20 && s.signedBits <= 7 && e.signedBits <= 7 && r.signedBits <= 11);

    component product = NegacyclicProduct(degree, published, polynomial);
    product.point <== point;
    product.s <== s;

    signal weighted[weightCount];
    component rest = Horner(published);
    rest.point <== point;
    for (var j = 0; j < published; j++) {
        if (j < weightCount) {
            weighted[j] <== sampleCount * w[j];
            rest.coefficients[j] <== e[j] - STANDARD_MODULUS() * r[j] + (1 << STANDARD_DELTA_BITS()) * weighted[j];
        } else {
            rest.coefficients[j] <== e[j] - STANDARD_MODULUS() * r[j];
        }
    }
    y <== rest.suffix[0] - product.value;
}
