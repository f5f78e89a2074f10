pragma circom 2.2.0;

/*
 * DenseBackward: gradients of one dense unit summed over a batch, and the gradients of its inputs through a ReLU.
 *
 *     kernel[i] = sum_s in[s][i] * dout[s],   bias = 2^scaleBits * sum_s dout[s],   din[s][i] = active[s][i] * weight[i] * dout[s].
 *
 * Parameters: batch, count >= 1; scaleBits = the inputs' scale bits.
 * Assumes:    active boolean; the values so small that the sums are below r / 2.
 * Guarantees: the outputs are the integers of the formulas mod r.
 * Cost (O2):  3 * batch * count constraints.
 */
template DenseBackward(batch, count, scaleBits) {
    signal input in[batch][count];
    signal input active[batch][count];
    signal input weight[count];
    signal input dout[batch];
    signal output kernel[count];
    signal output bias;
    signal output din[batch][count];

    signal product[batch][count];
    signal open[batch][count];
    for (var i = 0; i < count; i++) {
        var sum = 0;
        for (var s = 0; s < batch; s++) {
            product[s][i] <== in[s][i] * dout[s];
            sum += product[s][i];
            open[s][i] <== active[s][i] * weight[i];
            din[s][i] <== open[s][i] * dout[s];
        }
        kernel[i] <== sum;
    }
    var total = 0;
    for (var s = 0; s < batch; s++) total += dout[s];
    bias <== total * (1 << scaleBits);
}
