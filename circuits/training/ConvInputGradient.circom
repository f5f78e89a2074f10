pragma circom 2.2.0;

include "circuits/training/lagrangePolynomial.circom";

/*
 * ConvInputGradient: gradients of a "valid" convolution's inputs, the transposed convolution.
 *
 * Proves:      dx[s][i*sh + j][o*sw + k][c] = sum_f kernel[j][k][c][f] * dz[s][i][o][f] over all i, o, j, k that give the same place; 0
 *              where no kernel reaches.
 * Parameters:  the convolution's shape; batch >= 1.
 * Assumes:     the values so small that the sums, of at most kernelHeight * kernelWidth * filters products, are below r / 2.
 * Guarantees:  dx is the integer of the formula mod r.
 * Constraints: per point R*K*ceil(F/2) + (R + K)*floor(F/2) products, where R = batch * outWidth, K = kernelWidth * channels, F = filters;
 *              points: kernelHeight + min(strideHeight, kernelHeight) * (outHeight - 1). R*K*F when F = 1, R = 1 or K = 1. 700 for
 *              ConvInputGradient(10, 1, 3, 3, 1, 1, 1, 4, 8).
 *
 * Along the height it is a product of two polynomials for each residue of the row modulo the stride, which Toom-Cook computes with n =
 * outHeight + taps - 1 products: values at the points 0..n-1, multiplied, interpolated. Over filters, Winograd's inner product shares
 * products of weights among samples and columns, and products of gradients among kernel columns and channels (as ConvForward).
 */
template ConvInputGradient(inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batch) {
    var outHeight = (inHeight - kernelHeight) \ strideHeight + 1;
    var outWidth = (inWidth - kernelWidth) \ strideWidth + 1;
    var R = batch * outWidth;
    var K = kernelWidth * channels;

    signal input kernel[kernelHeight][kernelWidth][channels][filters];
    signal input dz[batch][outHeight][outWidth][filters];
    signal output dx[batch][inHeight][inWidth][channels];

    var residues = strideHeight;
    if (strideHeight > kernelHeight) residues = kernelHeight;
    var points = residues * (outHeight - 1) + kernelHeight;

    var pairs = 0;
    if (R > 1 && K > 1) pairs = filters \ 2;
    var terms = filters - pairs;
    signal product[points][R][K][terms];
    signal ofWeights[points][K][pairs];
    signal ofGradients[points][R][pairs];

    var sum[batch][inHeight][inWidth][channels];
    for (var s = 0; s < batch; s++) {
        for (var h = 0; h < inHeight; h++) {
            for (var w = 0; w < inWidth; w++) {
                for (var c = 0; c < channels; c++) sum[s][h][w][c] = 0;
            }
        }
    }

    var base = 0;
    for (var residue = 0; residue < residues; residue++) {
        var taps = (kernelHeight - residue + strideHeight - 1) \ strideHeight;
        var n = outHeight + taps - 1;
        for (var l = 0; l < n; l++) {
            var p = base + l;
            var inverse[129];
            if (taps > 1) inverse = lagrangePolynomial(n, l);
            else {
                for (var d = 0; d < n; d++) inverse[d] = d == l ? 1 : 0;
            }
            // Both polynomials' values at the point l; one tap needs no transform.
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
            for (var k = 0; k < K; k++) {
                for (var q = 0; q < pairs; q++) ofWeights[p][k][q] <== W[k][2 * q] * W[k][2 * q + 1];
            }
            for (var s = 0; s < batch; s++) {
                for (var o = 0; o < outWidth; o++) {
                    var row = s * outWidth + o;
                    var D[filters];
                    for (var f = 0; f < filters; f++) {
                        var value = 0;
                        for (var i = 0; i < outHeight; i++) {
                            if (taps > 1) value += (l ** i) * dz[s][i][o][f];
                            else if (i == l) value += dz[s][i][o][f];
                        }
                        D[f] = value;
                    }
                    for (var q = 0; q < pairs; q++) ofGradients[p][row][q] <== D[2 * q] * D[2 * q + 1];
                    for (var k = 0; k < kernelWidth; k++) {
                        for (var c = 0; c < channels; c++) {
                            var at = k * channels + c;
                            var inner = 0;
                            for (var q = 0; q < pairs; q++) {
                                product[p][row][at][q] <== (W[at][2 * q] + D[2 * q + 1]) * (W[at][2 * q + 1] + D[2 * q]);
                                inner += product[p][row][at][q] - ofWeights[p][at][q] - ofGradients[p][row][q];
                            }
                            for (var q = 2 * pairs; q < filters; q++) {
                                product[p][row][at][q - pairs] <== W[at][q] * D[q];
                                inner += product[p][row][at][q - pairs];
                            }
                            for (var d = 0; d < n; d++) {
                                if (taps > 1 || d == l) {
                                    sum[s][residue + d * strideHeight][o * strideWidth + k][c] += inverse[d] * inner;
                                }
                            }
                        }
                    }
                }
            }
        }
        base += n;
    }

    for (var s = 0; s < batch; s++) {
        for (var h = 0; h < inHeight; h++) {
            for (var w = 0; w < inWidth; w++) {
                for (var c = 0; c < channels; c++) dx[s][h][w][c] <== sum[s][h][w][c];
            }
        }
    }
}
