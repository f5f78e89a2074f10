pragma circom 2.2.0;

/*
 * DenseForward: one dense unit, out = bias * 2^scaleBits + sum_i in[i] * kernel[i].
 *
 * Parameters: count >= 1; scaleBits = the inputs' scale bits.
 * Assumes:    |in[i]| and |kernel[i]| so small that the sum is below r / 2.
 * Guarantees: out is the integer of the formula mod r.
 * Cost (O2):  count constraints.
 */
template DenseForward(count, scaleBits) {
    signal input in[count];
    signal input kernel[count];
    signal input bias;
    signal output out;

    signal product[count];
    var sum = bias * (1 << scaleBits);
    for (var i = 0; i < count; i++) {
        product[i] <== in[i] * kernel[i];
        sum += product[i];
    }
    out <== sum;
}
