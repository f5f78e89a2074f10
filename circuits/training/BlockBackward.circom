pragma circom 2.2.0;

include "./ConvBackward.circom";
include "./ConvInputGradient.circom";
include "./PooledInputs.circom";
include "../lib/fixed/bitLength.circom";

/*
 * BlockBackward: gradients of one block for a whole batch, from those of its outputs (docs/PROTOCOL.md section 6).
 *
 * Pooling copies a gradient to the window's cells, the ReLU multiplies it by its derivative. As in BlockForward, the pooling before the
 * ReLU is part of a convolution of summed inputs with a larger stride; its transpose spreads the gradients of the summed inputs.
 *
 * Parameters: block, a row of worker/protocol/networkRows.ts; batch >= 1; isFirst = 1 for the network's first block, whose inputs need
 *             no gradients.
 * Assumes:    x, kernel, active as in BlockForward; the values so small that the sums are below r / 2 (TrainStep: by how much).
 * Guarantees: kernelGradient and biasGradient are the sums over the batch, dx (unless isFirst) the gradients by x (isFirst: 0).
 * Cost (O2):  ConvBackward's and, unless isFirst, ConvInputGradient's, for the summed inputs; 1 a pre-activation with ReLU.
 */
template BlockBackward(block, batch, isFirst) {
    var kernelHeight = block[3];
    var kernelWidth = block[4];
    var filters = block[7];
    var poolHeight = block[8];
    var poolWidth = block[9];
    var relu = block[10];
    var afterHeight = block[11];
    var afterWidth = block[12];
    var strideHeight = poolHeight * block[5];
    var strideWidth = poolWidth * block[6];
    var scaleBits = block[13] + bitLength(poolHeight * poolWidth);

    var pooledHeight = block[0] - (poolHeight - 1) * block[5];
    var pooledWidth = block[1] - (poolWidth - 1) * block[6];
    var outHeight = (pooledHeight - kernelHeight) \ strideHeight + 1;
    var outWidth = (pooledWidth - kernelWidth) \ strideWidth + 1;
    var units = outHeight * outWidth * filters;
    var finalHeight = outHeight \ afterHeight;
    var finalWidth = outWidth \ afterWidth;
    var inCount = block[0] * block[1] * block[2];
    var kernelCount = kernelHeight * kernelWidth * block[2] * filters;
    var isDense = outHeight * outWidth == 1 && pooledHeight == kernelHeight && pooledWidth == kernelWidth;

    signal input x[batch][inCount];
    signal input kernel[kernelCount];
    signal input active[batch][units];
    signal input dout[batch][finalHeight * finalWidth * filters];
    signal output kernelGradient[kernelCount];
    signal output biasGradient[filters];
    signal output dx[batch][inCount];

    component pooled = PooledInputs(block, batch);
    pooled.x <== x;

    var height = isDense ? 1 : pooledHeight;
    var width = isDense ? 1 : pooledWidth;
    var channels = isDense ? pooledHeight * pooledWidth * block[2] : block[2];
    var rows = isDense ? 1 : kernelHeight;
    var columns = isDense ? 1 : kernelWidth;
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
    signal dz[batch][units];
    for (var s = 0; s < batch; s++) {
        for (var i = 0; i < outHeight; i++) {
            for (var o = 0; o < outWidth; o++) {
                for (var f = 0; f < filters; f++) {
                    var u = (i * outWidth + o) * filters + f;
                    var isKept = i \ afterHeight < finalHeight && o \ afterWidth < finalWidth;
                    if (!isKept) {
                        dz[s][u] <== 0;
                    } else if (relu == 1) {
                        dz[s][u] <== active[s][u] * dout[s][(i \ afterHeight * finalWidth + o \ afterWidth) * filters + f];
                    } else {
                        dz[s][u] <== dout[s][(i \ afterHeight * finalWidth + o \ afterWidth) * filters + f];
                    }
                    back.dz[s][i][o][f] <== dz[s][u];
                    if (isFirst == 0) spread[0].dz[s][i][o][f] <== dz[s][u];
                }
            }
        }
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
            for (var h = 0; h < pooledHeight; h++) {
                for (var w = 0; w < pooledWidth; w++) {
                    for (var c = 0; c < block[2]; c++) {
                        var at = (h * pooledWidth + w) * block[2] + c;
                        var gradient;
                        if (isDense) gradient = spread[0].dx[s][0][0][at];
                        else gradient = spread[0].dx[s][h][w][c];
                        for (var a = 0; a < poolHeight; a++) {
                            for (var b = 0; b < poolWidth; b++) {
                                sum[((h + a * block[5]) * block[1] + w + b * block[6]) * block[2] + c] += gradient;
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
