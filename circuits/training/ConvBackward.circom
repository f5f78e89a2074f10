pragma circom 2.2.0;

include "circuits/training/lagrangePolynomial.circom";

/*
 * ConvBackward: gradients of a "valid" convolution's kernel and bias, summed over a batch.
 *
 * Proves:      kernel[j][k][c][f] = sum_{s,i,o} x[s][i*sh + j][o*sw + k][c] * dz[s][i][o][f], bias[f] = 2^scaleBits * sum_{s,i,o}
 *              dz[s][i][o][f].
 * Parameters:  as ConvForward.
 * Assumes:     x and dz, of any sign, so small that the sums over a batch are below r / 2 in magnitude (TrainStep: by how much).
 * Guarantees:  kernel and bias are the integers of the formulas mod r.
 * Constraints: per point K*F*ceil(R/2) + (K + F)*floor(R/2) products; K*F*R when K = 1 or F = 1. 760 for ConvBackward(10, 1, 3, 3, 1, 1, 1,
 *              4, 8, 7).
 *
 * The same two identities as ConvForward: transposed Toom-Cook along the height (grad_t = sum_l l^t * (V^-T x)_l * (V dz)_l, where V now
 * has outHeight columns), and Winograd's inner product over samples and output columns.
 */
template ConvBackward(inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batch, scaleBits) {
    var outHeight = (inHeight - kernelHeight) \ strideHeight + 1;
    var outWidth = (inWidth - kernelWidth) \ strideWidth + 1;
    var R = batch * outWidth;
    var K = kernelWidth * channels;

    signal input x[batch][inHeight][inWidth][channels];
    signal input dz[batch][outHeight][outWidth][filters];
    signal output kernel[kernelHeight][kernelWidth][channels][filters];
    signal output bias[filters];

    var residues = strideHeight;
    if (strideHeight > kernelHeight) residues = kernelHeight;
    var points = residues * (outHeight - 1) + kernelHeight;

    var pairs = 0;
    if (K > 1 && filters > 1) pairs = R \ 2;
    var terms = R - pairs;
    signal product[points][K][filters][terms];
    signal ofInputs[points][K][pairs];
    signal ofGradients[points][filters][pairs];

    var base = 0;
    for (var residue = 0; residue < residues; residue++) {
        var taps = (kernelHeight - residue + strideHeight - 1) \ strideHeight;
        var n = outHeight + taps - 1;
        var sum[kernelHeight][K][filters];
        for (var t = 0; t < taps; t++) {
            for (var k = 0; k < K; k++) {
                for (var f = 0; f < filters; f++) sum[t][k][f] = 0;
            }
        }
        for (var l = 0; l < n; l++) {
            var p = base + l;
            // Row of V^-T; one tap needs no transform.
            var inverse[129];
            if (taps > 1) inverse = lagrangePolynomial(n, l);
            else {
                for (var d = 0; d < n; d++) inverse[d] = d == l ? 1 : 0;
            }
            // Rows of the inner product: one per sample and output column.
            var X[K][R];
            var D[filters][R];
            for (var s = 0; s < batch; s++) {
                for (var o = 0; o < outWidth; o++) {
                    var row = s * outWidth + o;
                    for (var k = 0; k < kernelWidth; k++) {
                        for (var c = 0; c < channels; c++) {
                            var value = 0;
                            for (var d = 0; d < n; d++) {
                                value += inverse[d] * x[s][residue + d * strideHeight][o * strideWidth + k][c];
                            }
                            X[k * channels + c][row] = value;
                        }
                    }
                    for (var f = 0; f < filters; f++) {
                        var value = 0;
                        for (var i = 0; i < outHeight; i++) {
                            if (taps > 1) value += (l ** i) * dz[s][i][o][f];
                            else if (i == l) value += dz[s][i][o][f];
                        }
                        D[f][row] = value;
                    }
                }
            }
            for (var k = 0; k < K; k++) {
                for (var q = 0; q < pairs; q++) ofInputs[p][k][q] <== X[k][2 * q] * X[k][2 * q + 1];
            }
            for (var f = 0; f < filters; f++) {
                for (var q = 0; q < pairs; q++) ofGradients[p][f][q] <== D[f][2 * q] * D[f][2 * q + 1];
            }
            for (var k = 0; k < K; k++) {
                for (var f = 0; f < filters; f++) {
                    var inner = 0;
                    for (var q = 0; q < pairs; q++) {
                        product[p][k][f][q] <== (X[k][2 * q] + D[f][2 * q + 1]) * (X[k][2 * q + 1] + D[f][2 * q]);
                        inner += product[p][k][f][q] - ofInputs[p][k][q] - ofGradients[p][f][q];
                    }
                    for (var q = 2 * pairs; q < R; q++) {
                        product[p][k][f][q - pairs] <== X[k][q] * D[f][q];
                        inner += product[p][k][f][q - pairs];
                    }
                    for (var t = 0; t < taps; t++) {
                        if (taps > 1) sum[t][k][f] += (l ** t) * inner;
                        else sum[t][k][f] += inner;
                    }
                }
            }
        }
        for (var t = 0; t < taps; t++) {
            for (var k = 0; k < kernelWidth; k++) {
                for (var c = 0; c < channels; c++) {
                    for (var f = 0; f < filters; f++) {
                        kernel[residue + t * strideHeight][k][c][f] <== sum[t][k * channels + c][f];
                    }
                }
            }
        }
        base += n;
    }

    for (var f = 0; f < filters; f++) {
        var sum = 0;
        for (var s = 0; s < batch; s++) {
            for (var i = 0; i < outHeight; i++) {
                for (var o = 0; o < outWidth; o++) sum += dz[s][i][o][f];
            }
        }
        bias[f] <== sum * (1 << scaleBits);
    }
}
