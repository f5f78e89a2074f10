pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/generated/StandardProfile.circom";
include "circuits/lib/poly/Horner.circom";
include "circuits/lib/poly/NegacyclicProduct.circom";

/*
 * CiphertextEvaluation: the published part of the ciphertext, at a point.
 *
 * Proves:      y = sum_{j < weightCount} c_j point^j mod r, c_j = -(a * s)_j + e_j + 2^16 * sampleCount * w_j - q * r_j over the integers.
 * Parameters:  degree: N; polynomial: a, each |a_i| < q / 2; weightCount: W in [1, N], as many as coefficients of c are published.
 * Assumes:     s, e, r, w range-checked (their tags); sampleCount in [0, 2^16) (the contract takes it from the registry).
 * Guarantees:  the integers c_j do not wrap: |(a * s)_j| < N * 2^52 * 2^6 = 2^69, |q r_j| < 2^63, |2^16 * sampleCount * w_j| < 2^51, all
 *              far below r = 2^253.6. So if y equals C(point) of a published polynomial C with coefficients in [0, q), at a point chosen
 *              after both, then C_j = c_j as integers, and C is the first W coefficients of -a s + e + 2^16 sampleCount w mod (q, X^N + 1).
 * Constraints: NegacyclicProduct's, W products and W - 1 of Horner; 2,217 for CiphertextEvaluation(2048, STANDARD_PUBLIC_POLYNOMIAL(), 73).
 */
template CiphertextEvaluation(degree, polynomial, weightCount) {
    assert(weightCount >= 1 && weightCount <= degree);
    signal input point;
    signal input sampleCount;
    signal input {signedBits} w[weightCount];
    signal input {signedBits} s[degree];
    signal input {signedBits} e[weightCount];
    signal input {signedBits} r[weightCount];
    signal output y;
    assert(w.signedBits <= FIXED_WEIGHT_BITS() && s.signedBits <= STANDARD_SECRET_BITS());
    assert(e.signedBits <= STANDARD_ERROR_BITS() && r.signedBits <= STANDARD_QUOTIENT_BITS());

    component product = NegacyclicProduct(degree, weightCount, polynomial);
    product.point <== point;
    product.s <== s;

    signal weighted[weightCount];
    component rest = Horner(weightCount);
    rest.point <== point;
    for (var j = 0; j < weightCount; j++) {
        weighted[j] <== sampleCount * w[j];
        rest.coefficients[j] <== e[j] - STANDARD_MODULUS() * r[j] + (1 << STANDARD_DELTA_BITS()) * weighted[j];
    }
    y <== rest.suffix[0] - product.value;
}
