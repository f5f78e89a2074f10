pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/generated/NetworkRows.circom";
include "circuits/lib/fixed/TruncReLU.circom";
include "circuits/training/ConvForward.circom";
include "circuits/training/PooledInputs.circom";
include "circuits/training/networkBlocks.circom";

/*
 * BlockForward: one block of a network for a whole batch (docs/PROTOCOL.md section 6).
 *
 * Proves:      out and active are what convolution (a dense layer is one whose kernel covers its input), pooling, ReLU and pooling again
 *              make of x; the last three where the block has them.
 * Parameters:  block, a row of worker/protocol/networkRows.ts, refused when its columns contradict each other (networkBlocks.circom); batch
 *              >= 1.
 * Assumes:     x[s] in the order [height][width][channels], kernel, bias so small that the pre-activations are below r / 2.
 * Guarantees:  with a ReLU, every pre-activation is in [-16, 16), otherwise no witness exists; active is its derivative (1 at 0), out are
 *              the pooled activations, in [0, 2^12 * window). Without it, out are the pooled pre-activations and active is 0.
 * Constraints: ConvForward's of the summed inputs, and 6 + preActivationScaleBits a pre-activation with ReLU; 6,136 for BlockForward([10,
 *              1, 3, 3, 1, 1, 1, 4, 1, 1, 1, 1, 1, 7, 15, 7, 24], 8).
 *
 * Pooling before the ReLU is a sum of convolution outputs, so it is one convolution, with a larger stride, of summed inputs: linear steps
 * are free, and a window of 2x2 needs a quarter of the products. Pooling after it is a sum, too.
 */
template BlockForward(block, batch) {
    var kernelHeight = BLOCK_KERNEL_HEIGHT(block);
    var kernelWidth = BLOCK_KERNEL_WIDTH(block);
    var filters = BLOCK_FILTERS(block);
    var inChannels = BLOCK_CHANNELS(block);
    var relu = BLOCK_RELU(block);
    var afterHeight = BLOCK_POOL_AFTER_HEIGHT(block);
    var afterWidth = BLOCK_POOL_AFTER_WIDTH(block);
    var strideHeight = BLOCK_POOL_BEFORE_HEIGHT(block) * BLOCK_STRIDE_HEIGHT(block);
    var strideWidth = BLOCK_POOL_BEFORE_WIDTH(block) * BLOCK_STRIDE_WIDTH(block);
    var scaleBits = blockScaleBits(block);

    var outHeight = blockActivatedHeight(block);
    var outWidth = blockActivatedWidth(block);
    var units = outHeight * outWidth * filters;
    var finalHeight = outHeight \ afterHeight;
    var finalWidth = outWidth \ afterWidth;
    // The summed inputs that a kernel reaches.
    var usedHeight = (outHeight - 1) * strideHeight + kernelHeight;
    var usedWidth = (outWidth - 1) * strideWidth + kernelWidth;
    var isSingle = outHeight * outWidth == 1;

    signal input x[batch][blockInputCount(block)];
    signal input kernel[blockKernelCount(block)];
    signal input bias[filters];
    signal output out[batch][finalHeight * finalWidth * filters];
    signal output active[batch][units];

    component pooled = PooledInputs(block, usedHeight, usedWidth, batch);
    pooled.x <== x;

    // One output has no use for Toom-Cook: all its inputs in one row, for Winograd's pairs.
    var height = isSingle ? 1 : usedHeight;
    var width = isSingle ? 1 : usedWidth;
    var channels = isSingle ? usedHeight * usedWidth * inChannels : inChannels;
    var rows = isSingle ? 1 : kernelHeight;
    var columns = isSingle ? 1 : kernelWidth;
    component conv = ConvForward(height, width, channels, rows, columns, strideHeight, strideWidth, filters, batch, scaleBits);
    for (var s = 0; s < batch; s++) {
        for (var h = 0; h < height; h++) {
            for (var w = 0; w < width; w++) {
                for (var c = 0; c < channels; c++) conv.x[s][h][w][c] <== pooled.out[s][(h * width + w) * channels + c];
            }
        }
    }
    for (var j = 0; j < rows; j++) {
        for (var k = 0; k < columns; k++) {
            for (var c = 0; c < channels; c++) {
                for (var f = 0; f < filters; f++) {
                    conv.kernel[j][k][c][f] <== kernel[((j * columns + k) * channels + c) * filters + f];
                }
            }
        }
    }
    conv.bias <== bias;

    var highBits = FIXED_ACTIVATION_INTEGER_BITS() + FIXED_ACTIVATION_SCALE_BITS() + 1;
    var lowBits = BLOCK_PRE_ACTIVATION_SCALE_BITS(block) - FIXED_ACTIVATION_SCALE_BITS();
    component rectified[batch][units * relu];
    for (var s = 0; s < batch; s++) {
        var sum[finalHeight * finalWidth * filters];
        for (var a = 0; a < finalHeight * finalWidth * filters; a++) sum[a] = 0;
        for (var i = 0; i < outHeight; i++) {
            for (var o = 0; o < outWidth; o++) {
                for (var f = 0; f < filters; f++) {
                    var u = (i * outWidth + o) * filters + f;
                    var activation = conv.z[s][i][o][f];
                    if (relu == 1) {
                        rectified[s][u] = TruncReLU(highBits, lowBits);
                        rectified[s][u].in <== conv.z[s][i][o][f];
                        active[s][u] <== rectified[s][u].active;
                        activation = rectified[s][u].out;
                    } else {
                        active[s][u] <== 0;
                    }
                    // Rows and columns that fill no window are dropped.
                    if (i \ afterHeight < finalHeight && o \ afterWidth < finalWidth) {
                        sum[(i \ afterHeight * finalWidth + o \ afterWidth) * filters + f] += activation;
                    }
                }
            }
        }
        for (var a = 0; a < finalHeight * finalWidth * filters; a++) out[s][a] <== sum[a];
    }
}
