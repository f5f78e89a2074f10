pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/generated/NetworkRows.circom";
include "circuits/lib/fixed/exactLog2.circom";

// What follows from the rows of a network (worker/protocol/networkRows.ts). Functions of parameters: they make no constraints.

function blockInputCount(block) {
    return BLOCK_IN_HEIGHT(block) * BLOCK_IN_WIDTH(block) * BLOCK_CHANNELS(block);
}

/* Weights of a block's kernel, its biases not among them. */
function blockKernelCount(block) {
    return BLOCK_KERNEL_HEIGHT(block) * BLOCK_KERNEL_WIDTH(block) * BLOCK_CHANNELS(block) * BLOCK_FILTERS(block);
}

/* Outputs of a "valid" convolution of size inputs that an average of window neighbours pools. */
function pooledOutputs(size, kernel, stride, window) {
    assert(kernel >= 1 && stride >= 1 && window >= 1 && size >= (window - 1) * stride + kernel);
    return (size - (window - 1) * stride - kernel) \ (window * stride) + 1;
}

/* Height of a block's pre-activations, which the ReLU or the loss sees. */
function blockActivatedHeight(block) {
    return pooledOutputs(BLOCK_IN_HEIGHT(block), BLOCK_KERNEL_HEIGHT(block), BLOCK_STRIDE_HEIGHT(block), BLOCK_POOL_BEFORE_HEIGHT(block));
}

function blockActivatedWidth(block) {
    return pooledOutputs(BLOCK_IN_WIDTH(block), BLOCK_KERNEL_WIDTH(block), BLOCK_STRIDE_WIDTH(block), BLOCK_POOL_BEFORE_WIDTH(block));
}

/* What a window before the ReLU adds to a scale: it sums 2^bits values instead of averaging them. */
function blockPoolBeforeBits(block) {
    return exactLog2(BLOCK_POOL_BEFORE_HEIGHT(block) * BLOCK_POOL_BEFORE_WIDTH(block));
}

function blockPoolAfterBits(block) {
    return exactLog2(BLOCK_POOL_AFTER_HEIGHT(block) * BLOCK_POOL_AFTER_WIDTH(block));
}

/* Rows of a block's inputs, from the first, that its first `outputs` pooled rows depend on. */
function blockReachedHeight(block, outputs) {
    var activated = outputs * BLOCK_POOL_AFTER_HEIGHT(block) * BLOCK_POOL_BEFORE_HEIGHT(block);
    return (activated - 1) * BLOCK_STRIDE_HEIGHT(block) + BLOCK_KERNEL_HEIGHT(block);
}

function blockReachedWidth(block, outputs) {
    var activated = outputs * BLOCK_POOL_AFTER_WIDTH(block) * BLOCK_POOL_BEFORE_WIDTH(block);
    return (activated - 1) * BLOCK_STRIDE_WIDTH(block) + BLOCK_KERNEL_WIDTH(block);
}

/*
 * Scale bits of a block's summed inputs, and so of its biases before they meet the weights' scale. Refuses a row whose columns contradict each
 * other: windows that are no powers of two, scales and magnitudes that are none of a block's.
 */
function blockScaleBits(block) {
    var inputScale = BLOCK_INPUT_SCALE_BITS(block);
    var inputBits = BLOCK_INPUT_BITS(block);
    var scaleBits = inputScale + blockPoolBeforeBits(block);
    assert(BLOCK_RELU(block) == 0 || BLOCK_RELU(block) == 1);
    // A network's inputs are bytes minus their offset; later ones are activations.
    var ofNetwork = inputScale == FIXED_INPUT_SCALE_BITS() && inputBits == FIXED_INPUT_BITS() - 1;
    assert(ofNetwork || inputBits == FIXED_ACTIVATION_INTEGER_BITS() + inputScale);
    assert(BLOCK_PRE_ACTIVATION_SCALE_BITS(block) == scaleBits + FIXED_COMPUTE_SCALE_BITS());
    // A gradient gains the windows' bits on its way back; the loss's has the smallest scale.
    assert(BLOCK_GRADIENT_SCALE_BITS(block) >= FIXED_GRADIENT_SCALE_BITS() + blockPoolBeforeBits(block) + blockPoolAfterBits(block));
    return scaleBits;
}

/*
 * All weights of a network. Refuses rows that are none of a network: each block takes what the one before it gives, in shape, scale and
 * magnitude, and a gradient's scale follows from the blocks behind it. Only the last block has no ReLU, and one position.
 */
function networkWeightCount(blocks, blockCount) {
    var weights = 0;
    var scaleBits = FIXED_INPUT_SCALE_BITS();
    var inputBits = FIXED_INPUT_BITS() - 1;
    for (var k = 0; k < blockCount; k++) {
        var summedBits = blockScaleBits(blocks[k]);
        assert(BLOCK_INPUT_SCALE_BITS(blocks[k]) == scaleBits && BLOCK_INPUT_BITS(blocks[k]) == inputBits);
        assert(BLOCK_RELU(blocks[k]) == (k < blockCount - 1 ? 1 : 0));
        if (k > 0) {
            assert(BLOCK_IN_HEIGHT(blocks[k]) == blockActivatedHeight(blocks[k - 1]) \ BLOCK_POOL_AFTER_HEIGHT(blocks[k - 1]));
            assert(BLOCK_IN_WIDTH(blocks[k]) == blockActivatedWidth(blocks[k - 1]) \ BLOCK_POOL_AFTER_WIDTH(blocks[k - 1]));
            assert(BLOCK_CHANNELS(blocks[k]) == BLOCK_FILTERS(blocks[k - 1]));
        }
        scaleBits = FIXED_ACTIVATION_SCALE_BITS() + blockPoolAfterBits(blocks[k]);
        inputBits = FIXED_ACTIVATION_INTEGER_BITS() + scaleBits;
        weights += blockKernelCount(blocks[k]) + BLOCK_FILTERS(blocks[k]);
    }
    var last = blockCount - 1;
    assert(blockActivatedHeight(blocks[last]) * blockActivatedWidth(blocks[last]) == 1 && blockPoolAfterBits(blocks[last]) == 0);
    var gradientBits = FIXED_GRADIENT_SCALE_BITS();
    for (var k = last; k >= 0; k--) {
        gradientBits += blockPoolAfterBits(blocks[k]) + blockPoolBeforeBits(blocks[k]);
        assert(BLOCK_GRADIENT_SCALE_BITS(blocks[k]) == gradientBits);
        gradientBits += FIXED_COMPUTE_SCALE_BITS();
    }
    return weights;
}
