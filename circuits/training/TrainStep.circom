pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "../lib/fixed/TruncReLU.circom";
include "../lib/fixed/SigmoidBce.circom";
include "../lib/fixed/QuantizeWeight.circom";
include "./ConvForward.circom";
include "./ConvBackward.circom";
include "./DenseForward.circom";
include "./DenseBackward.circom";
include "./bitLength.circom";

/*
 * TrainStep: one step of plain SGD on one batch, docs/PROTOCOL.md section 6: convolution, ReLU, one dense unit, sigmoid,
 * binary cross-entropy, gradients, update by the batch mean.
 *
 * Weights are in TensorFlow.js order: convolution kernel, its bias, dense kernel, its bias.
 *
 * Parameters: the architecture; batchSize a power of two.
 * Assumes:    inputs in [0, 2^8), labels boolean, learningRate in [0, 2^12); weight, compute as QuantizeWeight guarantees them.
 *             Bounds, for up to 2^12 taps, 2^12 activations and 2^5 samples: pre-activation sums 2^32, logit 2^35, kernel gradients
 *             2^18 * 2^12 * 2^8 * 2^17 = 2^55, weight * 2^lowBits 2^40: nothing comes near r / 2.
 * Guarantees: newWeight, newCompute are the unique result of the step and in QuantizeWeight's ranges. No witness exists when a
 *             pre-activation leaves [-16, 16) or a new weight leaves [-8, 8); the reference trainer reports TRAINING_OVERFLOW.
 *             With learningRate = 0 the weights do not change.
 * Cost (O2):  WDBC (10x1x3 inputs, 4 filters of 3x1, batch of 8): 11,287 constraints, 1,411 a sample (1x1 filters: 1,528). Of a sample: ReLUs 672,
 *             weight updates 297, convolution forward and backward 95 each, dense unit 128, loss 103.
 */
template TrainStep(inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batchSize) {
    var outHeight = (inHeight - kernelHeight) \ strideHeight + 1;
    var outWidth = (inWidth - kernelWidth) \ strideWidth + 1;
    var inputCount = inHeight * inWidth * channels;
    var activations = outHeight * outWidth * filters;
    var kernelCount = kernelHeight * kernelWidth * channels * filters;
    var biasAt = kernelCount;
    var denseAt = kernelCount + filters;
    var weightCount = denseAt + activations + 1;

    signal input inputs[batchSize][inputCount];
    signal input labels[batchSize];
    signal input learningRate;
    signal input weight[weightCount];
    signal input compute[weightCount];
    signal output newWeight[weightCount];
    signal output newCompute[weightCount];

    var weightScale = FIXED_WEIGHT_SCALE_BITS();
    var inputScale = FIXED_INPUT_SCALE_BITS();
    var computeScale = FIXED_COMPUTE_SCALE_BITS();
    var activationScale = FIXED_ACTIVATION_SCALE_BITS();
    var gradientScale = FIXED_GRADIENT_SCALE_BITS();
    var batchBits = bitLength(batchSize);
    assert(1 << batchBits == batchSize);

    // Forward.
    component conv = ConvForward(inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batchSize, inputScale);
    component back = ConvBackward(inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batchSize, inputScale);
    for (var s = 0; s < batchSize; s++) {
        for (var h = 0; h < inHeight; h++) {
            for (var w = 0; w < inWidth; w++) {
                for (var c = 0; c < channels; c++) {
                    var x = inputs[s][(h * inWidth + w) * channels + c] - FIXED_INPUT_OFFSET();
                    conv.x[s][h][w][c] <== x;
                    back.x[s][h][w][c] <== x;
                }
            }
        }
    }
    for (var i = 0; i < kernelHeight; i++) {
        for (var k = 0; k < kernelWidth; k++) {
            for (var c = 0; c < channels; c++) {
                for (var f = 0; f < filters; f++) {
                    conv.kernel[i][k][c][f] <== compute[((i * kernelWidth + k) * channels + c) * filters + f];
                }
            }
        }
    }
    for (var f = 0; f < filters; f++) conv.bias[f] <== compute[biasAt + f];

    var highBits = FIXED_ACTIVATION_INTEGER_BITS() + activationScale + 1;
    var lowBits = computeScale + inputScale - activationScale;
    // |logit| <= activations * 2^(highBits-1) * 2^11 + 2^(11+8), and rounding adds less than one unit of the same size again.
    var magnitudeBits = highBits - 1 + FIXED_WEIGHT_BITS() - 1 - weightScale + computeScale + bitLength(activations + 2);
    var dropBits = computeScale + activationScale - FIXED_LOGIT_SCALE_BITS();

    component relu[batchSize][activations];
    component dense[batchSize];
    component loss[batchSize];
    component denseBack = DenseBackward(batchSize, activations, activationScale);
    for (var s = 0; s < batchSize; s++) {
        dense[s] = DenseForward(activations, activationScale);
        for (var i = 0; i < outHeight; i++) {
            for (var o = 0; o < outWidth; o++) {
                for (var f = 0; f < filters; f++) {
                    var a = (i * outWidth + o) * filters + f;
                    relu[s][a] = TruncReLU(highBits, lowBits);
                    relu[s][a].in <== conv.z[s][i][o][f];
                    dense[s].in[a] <== relu[s][a].out;
                    dense[s].kernel[a] <== compute[denseAt + a];
                    denseBack.in[s][a] <== relu[s][a].out;
                    denseBack.active[s][a] <== relu[s][a].active;
                }
            }
        }
        dense[s].bias <== compute[weightCount - 1];
        loss[s] = SigmoidBce(magnitudeBits, dropBits);
        loss[s].logit <== dense[s].out;
        loss[s].label <== labels[s];
        loss[s].learningRate <== learningRate;
        denseBack.dout[s] <== loss[s].gradient;
    }

    // Backward.
    for (var a = 0; a < activations; a++) denseBack.weight[a] <== compute[denseAt + a];
    for (var s = 0; s < batchSize; s++) {
        for (var i = 0; i < outHeight; i++) {
            for (var o = 0; o < outWidth; o++) {
                for (var f = 0; f < filters; f++) {
                    back.dz[s][i][o][f] <== denseBack.din[s][(i * outWidth + o) * filters + f];
                }
            }
        }
    }

    // Update: the batch mean is a shift, part of the only truncation.
    var convBits = gradientScale + computeScale + inputScale + batchBits - weightScale;
    var denseBits = gradientScale + activationScale + batchBits - weightScale;
    component update[weightCount];
    for (var i = 0; i < weightCount; i++) {
        var bits = denseBits;
        if (i < denseAt) bits = convBits;
        var gradient = 0;
        if (i < biasAt) {
            gradient = back.kernel[i \ (kernelWidth * channels * filters)][i \ (channels * filters) % kernelWidth][i \ filters % channels][i % filters];
        } else if (i < denseAt) {
            gradient = back.bias[i - biasAt];
        } else if (i < weightCount - 1) {
            gradient = denseBack.kernel[i - denseAt];
        } else {
            gradient = denseBack.bias;
        }
        update[i] = QuantizeWeight(bits);
        update[i].in <== weight[i] * (1 << bits) - gradient;
        newWeight[i] <== update[i].weight;
        newCompute[i] <== update[i].compute;
    }
}
