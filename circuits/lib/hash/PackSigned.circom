pragma circom 2.2.0;

/*
 * PackSigned: signed integers packed into field elements (docs/PROTOCOL.md section 1).
 *
 * packed[j] = sum_i (in[perElement j + i] + 2^(bits-1)) * 2^(bits i); absent values of the last element contribute 0.
 *
 * Parameters: count >= 1; bits >= 1, perElement >= 1 with bits * perElement <= 252.
 * Assumes:    every in[i] in [-2^(bits-1), 2^(bits-1)), constrained by the caller. Without that the packing is not injective.
 * Guarantees: packed[j] in [0, 2^(bits * perElement)), one preimage only.
 * Cost (O2):  none (linear).
 */
template PackSigned(count, bits, perElement) {
    assert(bits >= 1 && perElement >= 1 && bits * perElement <= 252);

    var elements = (count + perElement - 1) \ perElement;

    signal input in[count];
    signal output packed[elements];

    for (var j = 0; j < elements; j++) {
        var sum = 0;
        for (var i = 0; i < perElement && perElement * j + i < count; i++) {
            sum += (in[perElement * j + i] + (1 << (bits - 1))) * (1 << (bits * i));
        }
        packed[j] <== sum;
    }
}
