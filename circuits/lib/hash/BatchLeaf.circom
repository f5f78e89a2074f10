pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "circuits/generated/FixedPoint.circom";
include "./Sponge.circom";

/*
 * BatchLeaf: the leaf S(batch, packed samples ++ [salt]) of one batch (docs/PROTOCOL.md section 1).
 *
 * Parameters: batchSize >= 1, inputCount >= 1.
 * Assumes:    every input and label in [0, 2^8), constrained by the caller. Without that one leaf has many openings.
 * Guarantees: leaf binds all inputs, labels and the salt (collision resistance of the sponge).
 * Cost (O2):  about 600 constraints for each started 16 of batchSize * ceil((inputCount + 1) / 31) + 1 elements.
 */
template BatchLeaf(batchSize, inputCount) {
    signal input inputs[batchSize][inputCount];
    signal input labels[batchSize];
    signal input salt;
    signal output leaf;

    var perElement = FIXED_BYTES_PER_ELEMENT();
    var elements = (inputCount + perElement) \ perElement;

    component sponge = Sponge(DOMAIN_BATCH(), batchSize * elements + 1, 1);
    for (var s = 0; s < batchSize; s++) {
        for (var e = 0; e < elements; e++) {
            var sum = 0;
            for (var i = 0; i < perElement && perElement * e + i <= inputCount; i++) {
                if (perElement * e + i < inputCount) sum += inputs[s][perElement * e + i] * (1 << (8 * i));
                else sum += labels[s] * (1 << (8 * i));
            }
            sponge.in[elements * s + e] <== sum;
        }
    }
    sponge.in[batchSize * elements] <== salt;
    leaf <== sponge.out[0];
}
