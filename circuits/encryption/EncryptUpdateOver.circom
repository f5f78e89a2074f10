pragma circom 2.2.0;

include "circuits/encryption/CiphertextEvaluation.circom";
include "circuits/encryption/SharesEvaluation.circom";
include "circuits/encryption/UpdateNorm.circom";
include "circuits/generated/Domains.circom";
include "circuits/generated/FixedPoint.circom";
include "circuits/generated/StandardProfile.circom";
include "circuits/lib/curve/CommitteeKeys.circom";
include "circuits/lib/hash/CommitWeights.circom";
include "circuits/lib/hash/Sponge.circom";
include "circuits/lib/poly/PackCoefficients.circom";
include "circuits/lib/poly/SmallCoefficients.circom";
include "circuits/lib/shamir/PackKey.circom";

/*
 * EncryptUpdateOver: EncryptUpdate over any ring degree.
 *
 * Proves:      what EncryptUpdate proves, in the ring and with the polynomial of the parameters.
 * Parameters:  degree: N; polynomial: a, centred; weightCount: W in 1..N, as many as coefficients of c are published; members: n;
 *              threshold: t in 2..n; perElement: coefficients of s in one shared element; normBound: greatest squared norm of the update at
 *              scale 2^32, 0 for none.
 * Assumes:     as EncryptUpdate.
 * Guarantees:  as EncryptUpdate.
 * Constraints: 12,069 for EncryptUpdateOver(64, STANDARD_PUBLIC_POLYNOMIAL(), 8, 3, 2, 19, 0); 12,817 for EncryptUpdateOver(64,
 *              STANDARD_PUBLIC_POLYNOMIAL(), 8, 3, 2, 19, 65536).
 *
 * See EncryptUpdate for why it is sound.
 */
template EncryptUpdateOver(degree, polynomial, weightCount, members, threshold, perElement, normBound) {
    var secretBits = STANDARD_SECRET_BITS();
    var errorBits = STANDARD_ERROR_BITS();
    var quotientBits = STANDARD_QUOTIENT_BITS();
    var count = KEY_ELEMENTS(degree, perElement);

    // Public, in this order.
    signal input context;
    signal input bundleDigest;
    signal input sampleCount;
    signal input weightsCommitment;
    signal input committeeKeysDigest;
    signal input baseCommitment;
    // Private.
    signal input w[weightCount];
    signal input salt;
    signal input s[degree];
    signal input e[weightCount];
    signal input r[weightCount];
    signal input shareCoefficients[count][threshold - 1];
    signal input rho;
    signal input memberKeys[members][2];
    // Only a bound needs them.
    var baseCount = normBound == 0 ? 0 : weightCount;
    signal input baseWeights[baseCount];
    // Public.
    signal output gamma;
    signal output y;
    signal output y2;
    signal output shareDigest;

    signal {signedBits} weight[weightCount] <== SmallCoefficients(weightCount, FIXED_WEIGHT_BITS())(w);
    signal {signedBits} secret[degree] <== SmallCoefficients(degree, secretBits)(s);
    signal {signedBits} error[weightCount] <== SmallCoefficients(weightCount, errorBits)(e);
    signal {signedBits} quotient[weightCount] <== SmallCoefficients(weightCount, quotientBits)(r);

    signal commitment <== CommitWeights(weightCount)(weight, salt);
    commitment === weightsCommitment;
    signal keysDigest <== CommitteeKeys(members)(memberKeys);
    keysDigest === committeeKeysDigest;

    // Neither gamma nor what is compared at it depends on the base model.
    if (normBound == 0) {
        // A public input in no constraint could be replaced in a finished proof.
        signal baseCommitmentSquared <== baseCommitment * baseCommitment;
    } else {
        component norm = UpdateNorm(weightCount, normBound);
        norm.w <== weight;
        norm.base <== baseWeights;
        norm.baseCommitment <== baseCommitment;
    }

    // The challenge: everything that is not determined by what stands here already.
    var secretElements = PACKED_ELEMENTS(degree, secretBits);
    var errorElements = PACKED_ELEMENTS(weightCount, errorBits);
    var quotientElements = PACKED_ELEMENTS(weightCount, quotientBits);
    var length = 5 + secretElements + errorElements + quotientElements + count * (threshold - 1) + 1;
    signal packedSecret[secretElements] <== PackCoefficients(degree, secretBits)(secret);
    signal packedError[errorElements] <== PackCoefficients(weightCount, errorBits)(error);
    signal packedQuotient[quotientElements] <== PackCoefficients(weightCount, quotientBits)(quotient);
    component challenge = Sponge(DOMAIN_CHALLENGE(), length, 1);
    challenge.in[0] <== context;
    challenge.in[1] <== bundleDigest;
    challenge.in[2] <== sampleCount;
    challenge.in[3] <== weightsCommitment;
    challenge.in[4] <== committeeKeysDigest;
    var at = 5;
    for (var i = 0; i < secretElements; i++) {
        challenge.in[at + i] <== packedSecret[i];
    }
    at += secretElements;
    for (var i = 0; i < errorElements; i++) {
        challenge.in[at + i] <== packedError[i];
    }
    at += errorElements;
    for (var i = 0; i < quotientElements; i++) {
        challenge.in[at + i] <== packedQuotient[i];
    }
    at += quotientElements;
    for (var k = 0; k < count; k++) {
        for (var d = 0; d < threshold - 1; d++) {
            challenge.in[at + k * (threshold - 1) + d] <== shareCoefficients[k][d];
        }
    }
    challenge.in[length - 1] <== rho;
    gamma <== challenge.out[0];

    component ciphertext = CiphertextEvaluation(degree, polynomial, weightCount);
    ciphertext.point <== gamma;
    ciphertext.sampleCount <== sampleCount;
    ciphertext.w <== weight;
    ciphertext.s <== secret;
    ciphertext.e <== error;
    ciphertext.r <== quotient;
    y <== ciphertext.y;

    component shares = SharesEvaluation(count, members, threshold);
    shares.point <== gamma;
    shares.context <== context;
    shares.packedKey <== PackKey(degree, perElement, STANDARD_SHARE_PACK_BITS())(secret);
    shares.coefficients <== shareCoefficients;
    shares.rho <== rho;
    shares.keys <== memberKeys;
    y2 <== shares.y2;
    shareDigest <== shares.shareDigest;
}
