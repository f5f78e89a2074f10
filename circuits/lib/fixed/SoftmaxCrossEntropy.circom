pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/Exponential.circom";
include "circuits/lib/fixed/RangeCheck.circom";
include "circuits/lib/fixed/SignedRangeCheck.circom";
include "circuits/lib/fixed/bitLength.circom";

/*
 * SoftmaxCrossEntropy: gradients of the softmax cross-entropy by the logits, times the learning rate (docs/PROTOCOL.md section 6).
 *
 * Proves:      gradient_k = floor((2^7 * learningRate * (e_k - target_k * E) + E) / (2E)) with M = max logit, e_k = exp(M - logit_k), E =
 *              sum e_k: scale 2^16, nearest, halves up.
 * Parameters:  classes in [2, 10]; magnitudeBits, dropBits = the logits' scale bits - 9: as Exponential for differences of logits.
 * Assumes:     logits = v mod r for integers |v| < r / 4; target one-hot; learningRate in [0, 2^12), scale 2^10.
 * Guarantees:  gradient in [-2^18, 2^18), unique; 0 when learningRate is 0. All values are below 2^68 in magnitude.
 * Constraints: classes * (magnitudeBits + 124 + 2 * ceil(log2(classes))) - 1 = 1,679 for SoftmaxCrossEntropy(10, 36, 7).
 *
 * M is a hint: Exponential proves that it is at least each logit, the product below that it is one.
 */
template SoftmaxCrossEntropy(classes, magnitudeBits, dropBits) {
    signal input logits[classes];
    signal input target[classes];
    signal input learningRate;
    signal output gradient[classes];

    assert(classes >= 2 && classes <= 10);

    var rateBits = FIXED_LEARNING_RATE_BITS();
    var gradientScale = FIXED_GRADIENT_SCALE_BITS();
    var rateScale = FIXED_LEARNING_RATE_SCALE_BITS();
    var gradientBits = rateBits - rateScale + gradientScale + 1;

    var most = logits[0];
    for (var k = 1; k < classes; k++) {
        // Compared as signed integers: the difference of two logits is below r / 2.
        if (logits[k] - most > 0) most = logits[k];
    }
    signal maximum <-- most;

    // maximum is one of the logits: one difference is 0.
    signal anyEqual[classes];
    anyEqual[0] <== maximum - logits[0];
    for (var k = 1; k < classes; k++) anyEqual[k] <== anyEqual[k - 1] * (maximum - logits[k]);
    anyEqual[classes - 1] === 0;

    component exponential[classes];
    var sum = 0;
    for (var k = 0; k < classes; k++) {
        exponential[k] = Exponential(magnitudeBits, dropBits);
        exponential[k].in <== maximum - logits[k];
        sum += exponential[k].out;
    }
    // In [2^40, classes * 2^40]: the largest logit's is 2^40.
    signal total <== sum;

    // 2^7 * rate * (e - target * E) + E = gradient * 2E + remainder with remainder in [0, 2E): both sides are below 2^68, and E > 0, so the
    // two range checks leave one gradient.
    var sumBits = FIXED_EXPONENTIAL_SCALE_BITS() + bitLength(classes) + 1;
    signal ofTarget[classes];
    signal scaled[classes];
    signal multiple[classes];
    for (var k = 0; k < classes; k++) {
        ofTarget[k] <== target[k] * total;
        scaled[k] <== learningRate * (exponential[k].out - ofTarget[k]);
        var numerator = scaled[k] * (1 << (gradientScale - rateScale + 1)) + total;
        // Made positive before the division.
        gradient[k] <-- (numerator + (total << gradientBits)) \ (2 * total) - (1 << (gradientBits - 1));
        SignedRangeCheck(gradientBits)(gradient[k]);
        multiple[k] <== gradient[k] * (2 * total);
        RangeCheck(sumBits)(numerator - multiple[k]);
        RangeCheck(sumBits)(2 * total - 1 - numerator + multiple[k]);
    }
}
