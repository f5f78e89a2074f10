pragma circom 2.2.0;

include "circuits/generated/NetworkRows.circom";
include "circuits/training/ConvBackward.circom";
include "circuits/training/ConvInputGradient.circom";
include "circuits/training/PooledInputs.circom";
include "circuits/training/networkBlocks.circom";

/*
 * BlockBackward: gradients of one block for a whole batch, from those of its outputs (docs/PROTOCOL.md section 6).
 *
 * Proves:      pooling copies a gradient to the window's cells, the ReLU multiplies it by its derivative, and the transposed convolution
 *              gives the others.
 * Parameters:  block, a row of worker/protocol/networkRows.ts, refused when its columns contradict each other (networkBlocks.circom);
 *              reachedHeight x reachedWidth, the upper left part of the outputs that the next block's kernels reach: the others have no
 *              gradient; batch >= 1; isFirst = 1 for the network's first block, whose inputs need no gradients.
 * Assumes:     x, kernel, active as in BlockForward; the values so small that the sums are below r / 2 (TrainStep: by how much).
 * Guarantees:  kernelGradient and biasGradient are the sums over the batch, dx (unless isFirst) the gradients by x (isFirst: 0).
 * Constraints: ConvBackward's and, unless isFirst, ConvInputGradient's, for the summed inputs; one for each of these pre-activations with
 *              ReLU. 1,016 for BlockBackward([10, 1, 3, 3, 1, 1, 1, 4, 1, 1, 1, 1, 1, 7, 15, 7, 24], 8, 1, 8, 1).
 *
 * As in BlockForward, the pooling before the ReLU is part of a convolution of summed inputs with a larger stride; its transpose spreads the
 * gradients of the summed inputs.
 */
template BlockBackward(block, reachedHeight, reachedWidth, batch, isFirst) {
    var inWidth = BLOCK_IN_WIDTH(block);
    var inChannels = BLOCK_CHANNELS(block);
    var kernelHeight = BLOCK_KERNEL_HEIGHT(block);
    var kernelWidth = BLOCK_KERNEL_WIDTH(block);
    var filters = BLOCK_FILTERS(block);
    var poolHeight = BLOCK_POOL_BEFORE_HEIGHT(block);
    var poolWidth = BLOCK_POOL_BEFORE_WIDTH(block);
    var relu = BLOCK_RELU(block);
    var afterHeight = BLOCK_POOL_AFTER_HEIGHT(block);
    var afterWidth = BLOCK_POOL_AFTER_WIDTH(block);
    // Of a cell and its neighbours in the window, and of the windows.
    var cellHeight = BLOCK_STRIDE_HEIGHT(block);
    var cellWidth = BLOCK_STRIDE_WIDTH(block);
    var strideHeight = poolHeight * cellHeight;
    var strideWidth = poolWidth * cellWidth;
    var scaleBits = blockScaleBits(block);

    var outHeight = blockActivatedHeight(block);
    var outWidth = blockActivatedWidth(block);
    var units = outHeight * outWidth * filters;
    var finalHeight = outHeight \ afterHeight;
    var finalWidth = outWidth \ afterWidth;
    assert(reachedHeight >= 1 && reachedHeight <= finalHeight && reachedWidth >= 1 && reachedWidth <= finalWidth);
    // The other pre-activations have no gradient: as if the convolution ended before them.
    var keptHeight = reachedHeight * afterHeight;
    var keptWidth = reachedWidth * afterWidth;
    var usedHeight = (keptHeight - 1) * strideHeight + kernelHeight;
    var usedWidth = (keptWidth - 1) * strideWidth + kernelWidth;
    var inCount = blockInputCount(block);
    var kernelCount = blockKernelCount(block);
    var isSingle = keptHeight * keptWidth == 1;

    signal input x[batch][inCount];
    signal input kernel[kernelCount];
    signal input active[batch][units];
    signal input dout[batch][finalHeight * finalWidth * filters];
    signal output kernelGradient[kernelCount];
    signal output biasGradient[filters];
    signal output dx[batch][inCount];

    component pooled = PooledInputs(block, usedHeight, usedWidth, batch);
    pooled.x <== x;

    var height = isSingle ? 1 : usedHeight;
    var width = isSingle ? 1 : usedWidth;
    var channels = isSingle ? usedHeight * usedWidth * inChannels : inChannels;
    var rows = isSingle ? 1 : kernelHeight;
    var columns = isSingle ? 1 : kernelWidth;
    component back = ConvBackward(height, width, channels, rows, columns, strideHeight, strideWidth, filters, batch, scaleBits);
    component spread[1 - isFirst];
    if (isFirst == 0) {
        spread[0] = ConvInputGradient(height, width, channels, rows, columns, strideHeight, strideWidth, filters, batch);
    }
    for (var s = 0; s < batch; s++) {
        for (var h = 0; h < height; h++) {
            for (var w = 0; w < width; w++) {
                for (var c = 0; c < channels; c++) back.x[s][h][w][c] <== pooled.out[s][(h * width + w) * channels + c];
            }
        }
    }

    // Gradients by the pre-activations.
    signal dz[batch][keptHeight][keptWidth][filters];
    for (var s = 0; s < batch; s++) {
        for (var i = 0; i < keptHeight; i++) {
            for (var o = 0; o < keptWidth; o++) {
                for (var f = 0; f < filters; f++) {
                    var at = (i \ afterHeight * finalWidth + o \ afterWidth) * filters + f;
                    if (relu == 1) dz[s][i][o][f] <== active[s][(i * outWidth + o) * filters + f] * dout[s][at];
                    else dz[s][i][o][f] <== dout[s][at];
                }
            }
        }
        back.dz[s] <== dz[s];
        if (isFirst == 0) spread[0].dz[s] <== dz[s];
    }

    for (var j = 0; j < rows; j++) {
        for (var k = 0; k < columns; k++) {
            for (var c = 0; c < channels; c++) {
                for (var f = 0; f < filters; f++) {
                    var at = ((j * columns + k) * channels + c) * filters + f;
                    kernelGradient[at] <== back.kernel[j][k][c][f];
                    if (isFirst == 0) spread[0].kernel[j][k][c][f] <== kernel[at];
                }
            }
        }
    }
    biasGradient <== back.bias;

    // The transpose of PooledInputs.
    if (isFirst == 0) {
        for (var s = 0; s < batch; s++) {
            var sum[inCount];
            for (var i = 0; i < inCount; i++) sum[i] = 0;
            for (var h = 0; h < usedHeight; h++) {
                for (var w = 0; w < usedWidth; w++) {
                    for (var c = 0; c < inChannels; c++) {
                        var at = (h * usedWidth + w) * inChannels + c;
                        var gradient;
                        if (isSingle) gradient = spread[0].dx[s][0][0][at];
                        else gradient = spread[0].dx[s][h][w][c];
                        for (var a = 0; a < poolHeight; a++) {
                            for (var b = 0; b < poolWidth; b++) {
                                sum[((h + a * cellHeight) * inWidth + w + b * cellWidth) * inChannels + c] += gradient;
                            }
                        }
                    }
                }
            }
            for (var i = 0; i < inCount; i++) dx[s][i] <== sum[i];
        }
    } else {
        for (var s = 0; s < batch; s++) {
            for (var i = 0; i < inCount; i++) dx[s][i] <== 0;
        }
    }
}
