pragma circom 2.2.0;

/*
 * PackWeights: signed 20-bit weights packed 12 to a field element (docs/PROTOCOL.md section 1).
 *
 * packed[j] = sum_i (w[12 j + i] + 2^19) * 2^(20 i); absent weights of the last element contribute 0.
 *
 * Parameters: nWeights >= 1.
 * Assumes:    every w[i] in [-2^19, 2^19), constrained by the caller. Without that the packing is not injective.
 * Guarantees: packed[j] in [0, 2^240), one preimage w only.
 * Cost (O2):  none (linear).
 */
template PackWeights(nWeights) {
    var bits = 20;
    var perElement = 12;
    var nElements = (nWeights + perElement - 1) \ perElement;

    signal input w[nWeights];
    signal output packed[nElements];

    for (var j = 0; j < nElements; j++) {
        var sum = 0;
        for (var i = 0; i < perElement && perElement * j + i < nWeights; i++) {
            sum += (w[perElement * j + i] + (1 << (bits - 1))) * (1 << (bits * i));
        }
        packed[j] <== sum;
    }
}
