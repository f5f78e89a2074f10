pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/generated/NetworkRows.circom";
include "circuits/lib/fixed/QuantizeWeight.circom";
include "circuits/lib/fixed/SigmoidBce.circom";
include "circuits/lib/fixed/SoftmaxCrossEntropy.circom";
include "circuits/lib/fixed/bitLength.circom";
include "circuits/lib/fixed/exactLog2.circom";
include "circuits/training/BlockBackward.circom";
include "circuits/training/BlockForward.circom";
include "circuits/training/MomentumUpdate.circom";
include "circuits/training/networkBlocks.circom";

/*
 * TrainStep: one step of SGD, plain or with momentum, on one batch (docs/PROTOCOL.md section 6).
 *
 * Proves:      newWeight, newCompute, newVelocity follow from weight, compute, velocity by: the network's blocks forward, sigmoid and
 *              binary cross-entropy or softmax and cross-entropy, the blocks backward, update by the batch mean.
 * Parameters:  blocks, one row of worker/protocol/networkRows.ts for each of blockCount blocks, refused when they are none of a network
 *              (networkBlocks.circom derives their scales, magnitudes and shapes again); classes: 0 for binary cross-entropy, else the
 *              number of classes, 2 to 10; momentum in [0, 2^8), scale 2^8, 0 for plain SGD; batchSize a power of two.
 * Assumes:     inputs in [0, 2^8); targets boolean (binary) or one-hot; learningRate in [0, 2^12); weight, compute as QuantizeWeight
 *              guarantees them; velocity in [-2^23, 2^23), active boolean (both only with momentum).
 * Guarantees:  newWeight, newCompute, newVelocity are the unique result of the step and in the ranges of QuantizeWeight and MomentumUpdate,
 *              as their tags show. No witness exists when a pre-activation leaves [-16, 16), a new weight [-8, 8) or a new velocity [-8,
 *              8); the reference trainer reports TRAINING_OVERFLOW. With learningRate = 0 and active = 0 the weights do not change.
 * Constraints: the blocks', the loss's and, per weight, gradientScaleBits + inputScaleBits + log2(batchSize) + 4 for plain SGD (with
 *              momentum: MomentumUpdate's and 1). 11,287 for studies/wdbc.json.
 *
 * Weights and velocities are in TensorFlow.js order: per block the kernel [height][width][channels][filters], then the bias.
 *
 * Bounds, checked below for each network, on parameters: with the widest magnitudes of inputs (2^inputBits), compute weights (2^11) and loss
 * gradients (2^18), every pre-activation, logit and gradient, and every sum that is rounded, is below 2^250 < r / 2.
 */
template TrainStep(blocks, blockCount, classes, momentum, batchSize) {
    var hasMomentum = momentum > 0 ? 1 : 0;
    var inputCount = blockInputCount(blocks[0]);
    var outputs = classes == 0 ? 1 : classes;
    var weightCount = networkWeightCount(blocks, blockCount);

    signal input inputs[batchSize][inputCount];
    signal input targets[batchSize][outputs];
    signal input learningRate;
    signal input weight[weightCount];
    signal input compute[weightCount];
    signal input active[hasMomentum];
    signal input velocity[weightCount * hasMomentum];
    signal output {signedBits} newWeight[weightCount];
    signal output newCompute[weightCount];
    signal output {signedBits} newVelocity[weightCount * hasMomentum];

    var last = blockCount - 1;
    var batchBits = exactLog2(batchSize);
    // Of a compute weight's magnitude: [-2^11, 2^11].
    var computeBits = FIXED_WEIGHT_BITS() - 1 - FIXED_WEIGHT_SCALE_BITS() + FIXED_COMPUTE_SCALE_BITS();
    assert(BLOCK_FILTERS(blocks[last]) == outputs && momentum >= 0 && momentum < (1 << FIXED_MOMENTUM_SCALE_BITS()));

    // Forward.
    component forward[blockCount];
    var at = 0;
    for (var k = 0; k < blockCount; k++) {
        var kernelCount = blockKernelCount(blocks[k]);
        var poolBits = blockPoolBeforeBits(blocks[k]);
        assert(BLOCK_INPUT_BITS(blocks[k]) + poolBits + computeBits + bitLength(kernelCount + 1) <= 250);
        forward[k] = BlockForward(blocks[k], batchSize);
        for (var s = 0; s < batchSize; s++) {
            for (var i = 0; i < blockInputCount(blocks[k]); i++) {
                if (k == 0) forward[k].x[s][i] <== inputs[s][i] - FIXED_INPUT_OFFSET();
                else forward[k].x[s][i] <== forward[k - 1].out[s][i];
            }
        }
        for (var i = 0; i < kernelCount; i++) forward[k].kernel[i] <== compute[at + i];
        for (var f = 0; f < BLOCK_FILTERS(blocks[k]); f++) forward[k].bias[f] <== compute[at + kernelCount + f];
        at += kernelCount + BLOCK_FILTERS(blocks[k]);
    }

    // |logit| <= inputs * 2^inputBits * 2^11 + the bias, at most one input more; rounding adds less than one unit of the same size again.
    var logitInputs = blockInputCount(blocks[last]);
    var magnitudeBits = BLOCK_INPUT_BITS(blocks[last]) + computeBits + bitLength(logitInputs + 2);
    var dropBits = BLOCK_PRE_ACTIVATION_SCALE_BITS(blocks[last]) - FIXED_LOGIT_SCALE_BITS();
    component binary[classes == 0 ? batchSize : 0];
    component softmax[classes == 0 ? 0 : batchSize];
    component back[blockCount];
    // Of a block's outputs, those that the next block's kernels reach; of the logits, all.
    var reachedHeight = 1;
    var reachedWidth = 1;
    for (var k = last; k >= 0; k--) {
        back[k] = BlockBackward(blocks[k], reachedHeight, reachedWidth, batchSize, k == 0 ? 1 : 0);
        reachedHeight = blockReachedHeight(blocks[k], reachedHeight);
        reachedWidth = blockReachedWidth(blocks[k], reachedWidth);
    }
    for (var s = 0; s < batchSize; s++) {
        if (classes == 0) {
            binary[s] = SigmoidBce(magnitudeBits, dropBits);
            binary[s].logit <== forward[last].out[s][0];
            binary[s].label <== targets[s][0];
            binary[s].learningRate <== learningRate;
            back[last].dout[s][0] <== binary[s].gradient;
        } else {
            // Twice the magnitude for a difference.
            softmax[s] = SoftmaxCrossEntropy(classes, magnitudeBits + 1, dropBits);
            softmax[s].logits <== forward[last].out[s];
            softmax[s].target <== targets[s];
            softmax[s].learningRate <== learningRate;
            back[last].dout[s] <== softmax[s].gradient;
        }
    }

    // Backward; gradientBits: of a gradient's magnitude, by the block's pre-activations.
    var gradientBits = FIXED_GRADIENT_SCALE_BITS() + FIXED_LEARNING_RATE_BITS() - FIXED_LEARNING_RATE_SCALE_BITS();
    component update[weightCount * (1 - hasMomentum)];
    component momentumUpdate[weightCount * hasMomentum];
    signal carried[weightCount * hasMomentum];
    for (var k = last; k >= 0; k--) {
        var inCount = blockInputCount(blocks[k]);
        var kernelCount = blockKernelCount(blocks[k]);
        var poolBits = blockPoolBeforeBits(blocks[k]);
        at -= kernelCount + BLOCK_FILTERS(blocks[k]);
        for (var s = 0; s < batchSize; s++) {
            for (var i = 0; i < inCount; i++) {
                if (k == 0) back[k].x[s][i] <== inputs[s][i] - FIXED_INPUT_OFFSET();
                else back[k].x[s][i] <== forward[k - 1].out[s][i];
            }
            back[k].active[s] <== forward[k].active[s];
        }
        for (var i = 0; i < kernelCount; i++) back[k].kernel[i] <== compute[at + i];
        if (k > 0) {
            for (var s = 0; s < batchSize; s++) back[k - 1].dout[s] <== back[k].dx[s];
        }

        // A kernel gradient sums over the batch and at most all input cells.
        var scaleBits = BLOCK_GRADIENT_SCALE_BITS(blocks[k]) + BLOCK_INPUT_SCALE_BITS(blocks[k]) + batchBits;
        assert(gradientBits + BLOCK_INPUT_BITS(blocks[k]) + poolBits + batchBits + bitLength(inCount) + 1 <= 220);
        assert(scaleBits + 4 <= 220);
        for (var i = 0; i < kernelCount + BLOCK_FILTERS(blocks[k]); i++) {
            var gradient = 0;
            if (i < kernelCount) gradient = back[k].kernelGradient[i];
            else gradient = back[k].biasGradient[i - kernelCount];
            // The batch mean is a shift, part of the only truncation.
            if (hasMomentum == 0) {
                var lowBits = scaleBits - FIXED_WEIGHT_SCALE_BITS();
                update[at + i] = QuantizeWeight(lowBits);
                update[at + i].in <== weight[at + i] * (1 << lowBits) - gradient;
                newWeight[at + i] <== update[at + i].weight;
                newCompute[at + i] <== update[at + i].compute;
            } else {
                carried[at + i] <== active[0] * (momentum * velocity[at + i]);
                momentumUpdate[at + i] = MomentumUpdate(scaleBits);
                momentumUpdate[at + i].weight <== weight[at + i];
                momentumUpdate[at + i].carried <== carried[at + i];
                momentumUpdate[at + i].gradient <== gradient;
                newVelocity[at + i] <== momentumUpdate[at + i].newVelocity;
                newWeight[at + i] <== momentumUpdate[at + i].newWeight;
                newCompute[at + i] <== momentumUpdate[at + i].newCompute;
            }
        }
        // An input's gradient sums over at most all taps and filters of all cells of the window.
        gradientBits += computeBits + poolBits + bitLength(kernelCount);
    }
}
