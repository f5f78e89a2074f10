pragma circom 2.2.0;

include "circuits/generated/NetworkRows.circom";
include "circuits/training/networkBlocks.circom";

/*
 * PooledInputs: a block's inputs summed as its pooling before the ReLU sums the convolution's outputs.
 *
 * Proves:      with windows of ph x pw, out[y][x][c] = sum_{a < ph, b < pw} in[y + a * strideHeight][x + b * strideWidth][c].
 * Parameters:  block, a row of worker/protocol/networkRows.ts; outHeight x outWidth of the sums wanted, those from the upper left; batch >=
 *              1.
 * Assumes:     |x| * ph * pw < r / 2.
 * Guarantees:  out is the formula's integer, in the order [outHeight][outWidth][channels]; the convolution of out with stride (ph *
 *              strideHeight, pw * strideWidth) is the pooled convolution of in.
 * Constraints: 0 for PooledInputs([7, 6, 1, 2, 3, 1, 1, 2, 2, 1, 1, 1, 1, 7, 16, 7, 41], 6, 6, 2): linear.
 */
template PooledInputs(block, outHeight, outWidth, batch) {
    var inHeight = BLOCK_IN_HEIGHT(block);
    var inWidth = BLOCK_IN_WIDTH(block);
    var channels = BLOCK_CHANNELS(block);
    var poolHeight = BLOCK_POOL_BEFORE_HEIGHT(block);
    var poolWidth = BLOCK_POOL_BEFORE_WIDTH(block);
    var strideHeight = BLOCK_STRIDE_HEIGHT(block);
    var strideWidth = BLOCK_STRIDE_WIDTH(block);

    signal input x[batch][blockInputCount(block)];
    signal output out[batch][outHeight * outWidth * channels];

    assert(outHeight + (poolHeight - 1) * strideHeight <= inHeight && outWidth + (poolWidth - 1) * strideWidth <= inWidth);

    for (var s = 0; s < batch; s++) {
        for (var h = 0; h < outHeight; h++) {
            for (var w = 0; w < outWidth; w++) {
                for (var c = 0; c < channels; c++) {
                    var sum = 0;
                    for (var a = 0; a < poolHeight; a++) {
                        for (var b = 0; b < poolWidth; b++) {
                            sum += x[s][((h + a * strideHeight) * inWidth + w + b * strideWidth) * channels + c];
                        }
                    }
                    out[s][(h * outWidth + w) * channels + c] <== sum;
                }
            }
        }
    }
}
