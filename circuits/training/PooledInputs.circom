pragma circom 2.2.0;

/*
 * PooledInputs: a block's inputs summed as its pooling before the ReLU sums the convolution's outputs. With windows of ph x pw,
 *
 *     out[y][x][c] = sum_{a < ph, b < pw} in[y + a * strideHeight][x + b * strideWidth][c],
 *
 * and the convolution of out with stride (ph * strideHeight, pw * strideWidth) is the pooled convolution of in.
 *
 * Parameters: block, a row of worker/protocol/networkRows.ts; outHeight x outWidth of the sums wanted, those from the upper left; batch >= 1.
 * Assumes:    |x| * ph * pw < r / 2.
 * Guarantees: out is the formula's integer, in the order [outHeight][outWidth][channels].
 * Cost (O2):  none (linear).
 */
template PooledInputs(block, outHeight, outWidth, batch) {
    var channels = block[2];

    signal input x[batch][block[0] * block[1] * channels];
    signal output out[batch][outHeight * outWidth * channels];

    assert(outHeight <= block[0] - (block[8] - 1) * block[5] && outWidth <= block[1] - (block[9] - 1) * block[6]);

    for (var s = 0; s < batch; s++) {
        for (var h = 0; h < outHeight; h++) {
            for (var w = 0; w < outWidth; w++) {
                for (var c = 0; c < channels; c++) {
                    var sum = 0;
                    for (var a = 0; a < block[8]; a++) {
                        for (var b = 0; b < block[9]; b++) {
                            sum += x[s][((h + a * block[5]) * block[1] + w + b * block[6]) * channels + c];
                        }
                    }
                    out[s][(h * outWidth + w) * channels + c] <== sum;
                }
            }
        }
    }
}
