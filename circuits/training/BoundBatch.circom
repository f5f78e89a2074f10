pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/OneHot.circom";
include "circuits/lib/fixed/UnsignedBits.circom";
include "circuits/lib/hash/BatchLeaf.circom";
include "circuits/lib/hash/MerkleInclusion.circom";

/*
 * BoundBatch: the batch is the registered data set's leaf at `index`, unless the step is inactive.
 *
 * Proves:      if active = 1, leaf(batch, salt) is at `index` under root.
 * Parameters:  batchSize, inputCount, depth >= 1; classes: 0 for a binary label, else the number of classes, 2 to 10.
 * Assumes:     active boolean.
 * Guarantees:  inputs in [0, 2^8), labels in [0, classes) (boolean when classes = 0), index in [0, 2^depth). targets are what the loss
 *              compares with: the label itself (classes = 0), else one-hot.
 * Constraints: batchSize * (8 * inputCount + max(classes, 1)), BatchLeaf's, 242 * depth and 1; 3,969 for BoundBatch(8, 30, 0, 6).
 *
 * An inactive step may bring any batch in range, so that its content stops no proof. An active one has to bring its own:
 * a record that takes a value of the step out of its range leaves the hospital without a proof (docs/THREATS.md).
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
            leaf.inputs[s][i] <== UnsignedBits(FIXED_INPUT_BITS())(inputs[s][i]);
        }
        if (classes == 0) {
            leaf.labels[s] <== UnsignedBits(1)(labels[s]);
            targets[s][0] <== labels[s];
        } else {
            oneHot[s] = OneHot(classes);
            oneHot[s].in <== labels[s];
            leaf.labels[s] <== oneHot[s].checked;
            targets[s] <== oneHot[s].out;
        }
    }
    leaf.salt <== salt;

    signal found <== MerkleInclusion(depth)(leaf.leaf, index, siblings);
    active * (found - root) === 0;
}
