pragma circom 2.2.0;

include "circuits/training/lagrangePolynomial.circom";

/*
 * ConvForward: the pre-activations of a "valid" convolution for a whole batch.
 *
 * Proves:      z[s][i][o][f] = bias[f] * 2^scaleBits + sum_{j,k,c} x[s][i*sh + j][o*sw + k][c] * kernel[j][k][c][f].
 * Parameters:  the convolution's shape; batch >= 1; scaleBits = the inputs' scale bits.
 * Assumes:     x, kernel and bias, of any sign, so small that z is below r / 2 in magnitude (TrainStep says how small they are).
 * Guarantees:  z is the integer of the formula mod r.
 * Constraints: per column-and-kernel point of n: R*F*ceil(K/2) + (R + F)*floor(K/2) products, where R = batch * outWidth, K = kernelWidth *
 *              channels, F = filters; R*F*K when R = 1 or F = 1. Points: kernelHeight + min(strideHeight, kernelHeight) * (outHeight - 1).
 *              760 for ConvForward(10, 1, 3, 3, 1, 1, 1, 4, 8, 7), 95 a sample where the sum has 288 products.
 *
 * Fewer products than the sum has, by two exact identities; linear steps are free in a rank-1 system:
 * - Along the height, Toom-Cook in its transposed form (Winograd 1980, "minimal filtering"): m outputs of a filter with t taps need
 *   n = m + t - 1 products. With V the Vandermonde matrix of the points 0..n-1: out_i = sum_l l^i * (V^-T x)_l * (V w)_l.
 *   A stride splits the taps by residue; each residue is a filter of its own on every sh-th row.
 * - Over kernel columns and channels, Winograd's inner product (1968): ab + cd = (a + d)(b + c) - ac - bd shares the
 *   products ac (of inputs) among filters and bd (of weights) among samples.
 */
template ConvForward(inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batch, scaleBits) {
    var outHeight = (inHeight - kernelHeight) \ strideHeight + 1;
    var outWidth = (inWidth - kernelWidth) \ strideWidth + 1;
    var R = batch * outWidth;
    var K = kernelWidth * channels;

    signal input x[batch][inHeight][inWidth][channels];
    signal input kernel[kernelHeight][kernelWidth][channels][filters];
    signal input bias[filters];
    signal output z[batch][outHeight][outWidth][filters];

    var residues = strideHeight;
    if (strideHeight > kernelHeight) residues = kernelHeight;
    // All points of all residues: sum over residues of (outHeight + taps - 1).
    var points = residues * (outHeight - 1) + kernelHeight;

    var pairs = 0;
    if (R > 1 && filters > 1) pairs = K \ 2;
    var terms = K - pairs;
    signal product[points][R][filters][terms];
    signal ofInputs[points][R][pairs];
    signal ofWeights[points][filters][pairs];

    var sum[batch][outHeight][outWidth][filters];
    for (var s = 0; s < batch; s++) {
        for (var i = 0; i < outHeight; i++) {
            for (var o = 0; o < outWidth; o++) {
                for (var f = 0; f < filters; f++) sum[s][i][o][f] = bias[f] * (1 << scaleBits);
            }
        }
    }

    var base = 0;
    for (var residue = 0; residue < residues; residue++) {
        var taps = (kernelHeight - residue + strideHeight - 1) \ strideHeight;
        var n = outHeight + taps - 1;
        for (var l = 0; l < n; l++) {
            var p = base + l;
            // (V w)_l for each kernel column, channel and filter. One tap needs no transform: the point is the row.
            var W[K][filters];
            for (var k = 0; k < kernelWidth; k++) {
                for (var c = 0; c < channels; c++) {
                    for (var f = 0; f < filters; f++) {
                        var weight = 0;
                        for (var t = 0; t < taps; t++) weight += kernel[residue + t * strideHeight][k][c][f] * (l ** t);
                        if (taps == 1) weight = kernel[residue][k][c][f];
                        W[k * channels + c][f] = weight;
                    }
                }
            }
            // Row of V^-T; one tap needs no transform.
            var inverse[129];
            if (taps > 1) inverse = lagrangePolynomial(n, l);
            else {
                for (var d = 0; d < n; d++) inverse[d] = d == l ? 1 : 0;
            }
            for (var f = 0; f < filters; f++) {
                for (var q = 0; q < pairs; q++) ofWeights[p][f][q] <== W[2 * q][f] * W[2 * q + 1][f];
            }
            for (var s = 0; s < batch; s++) {
                for (var o = 0; o < outWidth; o++) {
                    var row = s * outWidth + o;
                    // (V^-T x)_l for each kernel column and channel.
                    var X[K];
                    for (var k = 0; k < kernelWidth; k++) {
                        for (var c = 0; c < channels; c++) {
                            var value = 0;
                            for (var d = 0; d < n; d++) {
                                value += inverse[d] * x[s][residue + d * strideHeight][o * strideWidth + k][c];
                            }
                            X[k * channels + c] = value;
                        }
                    }
                    for (var q = 0; q < pairs; q++) ofInputs[p][row][q] <== X[2 * q] * X[2 * q + 1];
                    for (var f = 0; f < filters; f++) {
                        var inner = 0;
                        for (var q = 0; q < pairs; q++) {
                            product[p][row][f][q] <== (X[2 * q] + W[2 * q + 1][f]) * (X[2 * q + 1] + W[2 * q][f]);
                            inner += product[p][row][f][q] - ofInputs[p][row][q] - ofWeights[p][f][q];
                        }
                        for (var q = 2 * pairs; q < K; q++) {
                            product[p][row][f][q - pairs] <== X[q] * W[q][f];
                            inner += product[p][row][f][q - pairs];
                        }
                        for (var i = 0; i < outHeight; i++) {
                            if (taps > 1) sum[s][i][o][f] += (l ** i) * inner;
                            else if (i == l) sum[s][i][o][f] += inner;
                        }
                    }
                }
            }
        }
        base += n;
    }

    for (var s = 0; s < batch; s++) {
        for (var i = 0; i < outHeight; i++) {
            for (var o = 0; o < outWidth; o++) {
                for (var f = 0; f < filters; f++) z[s][i][o][f] <== sum[s][i][o][f];
            }
        }
    }
}
