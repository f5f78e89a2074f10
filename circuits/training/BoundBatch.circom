pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "../lib/fixed/RangeCheck.circom";
include "../lib/hash/BatchLeaf.circom";
include "../lib/hash/MerkleInclusion.circom";

/*
 * BoundBatch: the batch is the registered data set's leaf at `index`, unless the step is inactive.
 *
 * Parameters: batchSize, inputCount, depth >= 1.
 * Assumes:    active boolean.
 * Guarantees: inputs in [0, 2^8), labels boolean, index in [0, 2^depth); if active = 1, leaf(batch, salt) is at `index` under root.
 *             An inactive step may bring any batch in range, so a data set's content can never stop a proof.
 * Cost (O2):  batchSize * (8 * inputCount + 1) + the leaf + 242 * depth + 1; 3,969 for WDBC's batches at depth 6.
 */
template BoundBatch(batchSize, inputCount, depth) {
    signal input inputs[batchSize][inputCount];
    signal input labels[batchSize];
    signal input salt;
    signal input siblings[depth];
    signal input index;
    signal input active;
    signal input root;

    component leaf = BatchLeaf(batchSize, inputCount);
    for (var s = 0; s < batchSize; s++) {
        for (var i = 0; i < inputCount; i++) {
            RangeCheck(FIXED_INPUT_BITS())(inputs[s][i]);
            leaf.inputs[s][i] <== inputs[s][i];
        }
        labels[s] * (labels[s] - 1) === 0;
        leaf.labels[s] <== labels[s];
    }
    leaf.salt <== salt;

    signal found <== MerkleInclusion(depth)(leaf.leaf, index, siblings);
    active * (found - root) === 0;
}
