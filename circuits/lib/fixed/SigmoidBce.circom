pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/LogitClip.circom";
include "circuits/lib/fixed/Rescale.circom";
include "circuits/lib/fixed/Sigmoid.circom";

/*
 * SigmoidBce: the gradient of the binary cross-entropy by the logit, times the learning rate.
 *
 * Proves:      gradient = learningRate * (sigmoid(logit) - label), scale 2^16, nearest, halves up.
 * Parameters:  magnitudeBits: |logit| + 2^(dropBits-1) < 2^magnitudeBits; dropBits = the logit's scale bits - 9, at least 1.
 * Assumes:     logit = v mod r for an integer |v| < r / 4; label boolean; learningRate in [0, 2^12), scale 2^10.
 * Guarantees:  gradient in [-2^18, 2^18), unique; 0 when learningRate is 0. The product before truncation is below 2^52.
 * Constraints: magnitudeBits + 74 = 110 for SigmoidBce(36, 7).
 *
 * The learning rate goes in before the only truncation, so no weight update has to carry its 10 fractional bits.
 */
template SigmoidBce(magnitudeBits, dropBits) {
    signal input logit;
    signal input label;
    signal input learningRate;
    signal output gradient;

    var one = 1 << FIXED_SIGMOID_SCALE_BITS();
    var lowBits = FIXED_SIGMOID_SCALE_BITS() + FIXED_LEARNING_RATE_SCALE_BITS() - FIXED_GRADIENT_SCALE_BITS();
    var highBits = FIXED_LEARNING_RATE_BITS() - FIXED_LEARNING_RATE_SCALE_BITS() + FIXED_GRADIENT_SCALE_BITS() + 1;

    component clip = LogitClip(magnitudeBits, dropBits);
    clip.in <== logit;
    signal unit <== Sigmoid()(clip.interval, clip.fraction);
    signal magnitude <== unit + clip.saturated * (one - unit);
    signal probability <== magnitude + clip.negative * (one - 2 * magnitude);
    signal scaled <== learningRate * (probability - label * one);
    gradient <== Rescale(lowBits, highBits)(scaled);
}
