pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "circuits/generated/FixedPoint.circom";
include "circuits/lib/hash/Sponge.circom";

/*
 * BatchLeaf: the leaf of one batch (docs/PROTOCOL.md section 1).
 *
 * Proves:      leaf = S(batch, packed samples ++ [salt]).
 * Parameters:  batchSize >= 1, inputCount >= 1.
 * Assumes:     every input and label in [0, 2^8), which the tags show. Without that one leaf has many openings.
 * Guarantees:  leaf binds all inputs, labels and the salt (collision resistance of the sponge).
 * Constraints: Sponge's for batchSize * ceil((inputCount + 1) / 31) + 1 elements; 588 for BatchLeaf(8, 30).
 */
template BatchLeaf(batchSize, inputCount) {
    signal input {unsignedBits} inputs[batchSize][inputCount];
    signal input {unsignedBits} labels[batchSize];
    signal input salt;
    signal output leaf;

    assert(inputs.unsignedBits <= FIXED_INPUT_BITS() && labels.unsignedBits <= FIXED_INPUT_BITS());

    var perElement = FIXED_BYTES_PER_ELEMENT();
    var elements = (inputCount + perElement) \ perElement;

    component sponge = Sponge(DOMAIN_BATCH(), batchSize * elements + 1, 1);
    for (var s = 0; s < batchSize; s++) {
        for (var e = 0; e < elements; e++) {
            var sum = 0;
            for (var i = 0; i < perElement && perElement * e + i <= inputCount; i++) {
                if (perElement * e + i < inputCount) sum += inputs[s][perElement * e + i] * (1 << (FIXED_INPUT_BITS() * i));
                else sum += labels[s] * (1 << (FIXED_INPUT_BITS() * i));
            }
            sponge.in[elements * s + e] <== sum;
        }
    }
    sponge.in[batchSize * elements] <== salt;
    leaf <== sponge.out[0];
}
