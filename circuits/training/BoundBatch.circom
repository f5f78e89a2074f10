pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "../lib/fixed/OneHot.circom";
include "../lib/fixed/RangeCheck.circom";
include "../lib/hash/BatchLeaf.circom";
include "../lib/hash/MerkleInclusion.circom";

/*
 * BoundBatch: the batch is the registered data set's leaf at `index`, unless the step is inactive.
 *
 * Parameters: batchSize, inputCount, depth >= 1; classes: 0 for a binary label, else the number of classes, 2 to 10.
 * Assumes:    active boolean.
 * Guarantees: inputs in [0, 2^8), labels in [0, classes) (boolean when classes = 0), index in [0, 2^depth); if active = 1,
 *             leaf(batch, salt) is at `index` under root. targets are what the loss compares with: the label itself (classes = 0),
 *             else one-hot.
 *             An inactive step may bring any batch in range, so that its content stops no proof. An active one has to bring its own:
 *             a record that takes a value of the step out of its range leaves the hospital without a proof (docs/THREATS.md).
 * Cost (O2):  batchSize * (8 * inputCount + max(classes, 1)) + the leaf + 242 * depth + 1; 3,969 for WDBC's batches at depth 6.
 */
template BoundBatch(batchSize, inputCount, classes, depth) {
    var outputs = classes == 0 ? 1 : classes;

    signal input inputs[batchSize][inputCount];
    signal input labels[batchSize];
    signal input salt;
    signal input siblings[depth];
    signal input index;
    signal input active;
    signal input root;
    signal output targets[batchSize][outputs];

    component leaf = BatchLeaf(batchSize, inputCount);
    component oneHot[classes == 0 ? 0 : batchSize];
    for (var s = 0; s < batchSize; s++) {
        for (var i = 0; i < inputCount; i++) {
            RangeCheck(FIXED_INPUT_BITS())(inputs[s][i]);
            leaf.inputs[s][i] <== inputs[s][i];
        }
        leaf.labels[s] <== labels[s];
        if (classes == 0) {
            labels[s] * (labels[s] - 1) === 0;
            targets[s][0] <== labels[s];
        } else {
            oneHot[s] = OneHot(classes);
            oneHot[s].in <== labels[s];
            targets[s] <== oneHot[s].out;
        }
    }
    leaf.salt <== salt;

    signal found <== MerkleInclusion(depth)(leaf.leaf, index, siblings);
    active * (found - root) === 0;
}
