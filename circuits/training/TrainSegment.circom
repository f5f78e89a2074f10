pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "../lib/fixed/RangeCheck.circom";
include "../lib/fixed/QuantizeWeight.circom";
include "../lib/hash/CommitWeights.circom";
include "./BoundBatch.circom";
include "./StepSchedule.circom";
include "./TrainStep.circom";

/*
 * TrainSegment: `steps` consecutive SGD steps lead from the weights in commitmentIn to those in commitmentOut, on the batches
 * that the registered data set has at the places which the beacon fixes (docs/PROTOCOL.md sections 2 and 6).
 *
 * Parameters: the architecture ("valid" convolution), batchSize a power of two, steps >= 1, depth of the data set's tree.
 * Public:     all nine of context, datasetRoot, batchCount, beacon, firstStep, totalSteps, learningRate, commitmentIn, commitmentOut.
 * Assumes:    nothing: learningRate in [1, 2^12), the ranges of StepSchedule, every input, label and weight are constrained here.
 *             The contract makes the segments a chain: first commitment, links, firstStep = 0, steps, 2 steps, ..., totalSteps.
 * Guarantees: there are a batch with salt per active step at its place under datasetRoot, weights and salts that open
 *             commitmentIn and commitmentOut, and the second follow from the first by exactly the active steps.
 *             context takes part in a constraint, so a proof cannot be given another one.
 * Cost (O2):  WDBC, depth 6: 2,798 + 15,262 a step; 63,846 at 4 steps (a domain of 2^16), 124,898 at 8 (2^17). With everything
 *             included 1,995 a sample-step at 4 steps.
 */
template TrainSegment(inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batchSize, steps, depth) {
    var outHeight = (inHeight - kernelHeight) \ strideHeight + 1;
    var outWidth = (inWidth - kernelWidth) \ strideWidth + 1;
    var inputCount = inHeight * inWidth * channels;
    var weightCount = kernelHeight * kernelWidth * channels * filters + filters + outHeight * outWidth * filters + 1;

    signal input context;
    signal input datasetRoot;
    signal input batchCount;
    signal input beacon;
    signal input firstStep;
    signal input totalSteps;
    signal input learningRate;
    signal input commitmentIn;
    signal input commitmentOut;

    signal input weights[weightCount];
    signal input saltIn;
    signal input saltOut;
    // Per step: u8 inputs in order [height][width][channels], labels, the leaf's salt and its siblings upwards.
    signal input inputs[steps][batchSize][inputCount];
    signal input labels[steps][batchSize];
    signal input batchSalts[steps];
    signal input siblings[steps][depth];

    signal contextSquared <== context * context;

    // In [1, 2^12): learningRate - 1 and learningRate both have 12 bits.
    RangeCheck(FIXED_LEARNING_RATE_BITS())(learningRate);
    RangeCheck(FIXED_LEARNING_RATE_BITS())(learningRate - 1);

    component schedule = StepSchedule(steps, depth);
    schedule.batchCount <== batchCount;
    schedule.beacon <== beacon;
    schedule.firstStep <== firstStep;
    schedule.totalSteps <== totalSteps;

    // Range check of the opened weights, and their compute weights.
    component opened[weightCount];
    component open = CommitWeights(weightCount);
    for (var i = 0; i < weightCount; i++) {
        opened[i] = QuantizeWeight(0);
        opened[i].in <== weights[i];
        open.w[i] <== weights[i];
    }
    open.salt <== saltIn;
    open.commitment === commitmentIn;

    component batch[steps];
    component step[steps];
    signal rate[steps];
    for (var k = 0; k < steps; k++) {
        batch[k] = BoundBatch(batchSize, inputCount, depth);
        step[k] = TrainStep(inHeight, inWidth, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, batchSize);
        for (var s = 0; s < batchSize; s++) {
            for (var i = 0; i < inputCount; i++) {
                batch[k].inputs[s][i] <== inputs[k][s][i];
                step[k].inputs[s][i] <== inputs[k][s][i];
            }
            batch[k].labels[s] <== labels[k][s];
            step[k].labels[s] <== labels[k][s];
        }
        batch[k].salt <== batchSalts[k];
        for (var d = 0; d < depth; d++) batch[k].siblings[d] <== siblings[k][d];
        batch[k].index <== schedule.index[k];
        batch[k].active <== schedule.active[k];
        batch[k].root <== datasetRoot;

        // An inactive step learns with rate 0: every gradient is 0 and the weights pass through.
        rate[k] <== schedule.active[k] * learningRate;
        step[k].learningRate <== rate[k];
        for (var i = 0; i < weightCount; i++) {
            if (k == 0) {
                step[k].weight[i] <== weights[i];
                step[k].compute[i] <== opened[i].compute;
            } else {
                step[k].weight[i] <== step[k - 1].newWeight[i];
                step[k].compute[i] <== step[k - 1].newCompute[i];
            }
        }
    }

    component close = CommitWeights(weightCount);
    for (var i = 0; i < weightCount; i++) close.w[i] <== step[steps - 1].newWeight[i];
    close.salt <== saltOut;
    close.commitment === commitmentOut;
}
