pragma circom 2.2.0;

include "circomlib/circuits/comparators.circom";
include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/QuantizeWeight.circom";
include "circuits/lib/fixed/RangeCheck.circom";
include "circuits/lib/hash/CommitVelocity.circom";
include "circuits/lib/hash/CommitWeights.circom";
include "circuits/lib/poly/SmallCoefficients.circom";
include "circuits/training/BoundBatch.circom";
include "circuits/training/StepSchedule.circom";
include "circuits/training/TrainStep.circom";
include "circuits/training/networkBlocks.circom";

/*
 * TrainSegment: `steps` consecutive SGD steps on the batches that the beacon fixes (docs/PROTOCOL.md sections 2 and 6).
 *
 * Proves:      the weights in commitmentIn lead to those in commitmentOut by the active steps, on the batches that the registered data set
 *              has at their places.
 * Parameters:  blocks, blockCount, classes, momentum, batchSize as TrainStep; steps >= 1; depth of the data set's tree.
 * Assumes:     nothing: learningRate in [1, 2^12), the ranges of StepSchedule, every input, label, weight and velocity are constrained
 *              here. The contract makes the segments a chain: first commitment, links, firstStep = 0, steps, 2 steps, ..., totalSteps.
 * Guarantees:  there are a batch with salt per active step at its place under datasetRoot, weights, salts and velocities that open
 *              commitmentIn and commitmentOut, and the second follow from the first by exactly the active steps. context takes part in a
 *              constraint, so a proof cannot be given another one.
 * Constraints: TrainStep's, BoundBatch's and 1 a step, StepSchedule's, the opened model's and both commitments';
 *              worker/core/estimate/trainingConstraints.ts computes it for any study. 63,846 for studies/wdbc.json.
 *
 * Public signals: all nine of context, datasetRoot, batchCount, beacon, firstStep, totalSteps, learningRate, commitmentIn, commitmentOut.
 *
 * With momentum, the salts of the weights' commitments carry the velocity from segment to segment: saltOut is always the commitment to
 * the velocity after the last step, saltIn that to the velocity before the first; a round's first segment (firstStep = 0) starts with
 * velocity 0, and its saltIn is free.
 */
template TrainSegment(blocks, blockCount, classes, momentum, batchSize, steps, depth) {
    var hasMomentum = momentum > 0 ? 1 : 0;
    var inputCount = blockInputCount(blocks[0]);
    var weightCount = networkWeightCount(blocks, blockCount);

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
    // Only with momentum: the velocity before the first step, and the blinds of its commitment and of the one after the last step.
    signal input velocity[weightCount * hasMomentum];
    signal input velocityBlinds[2 * hasMomentum];
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
        open.w[i] <== opened[i].weight;
    }
    open.salt <== saltIn;
    open.commitment === commitmentIn;

    component openVelocity[hasMomentum];
    component isStart[hasMomentum];
    if (hasMomentum == 1) {
        openVelocity[0] = CommitVelocity(weightCount);
        openVelocity[0].velocity <== SmallCoefficients(weightCount, FIXED_VELOCITY_BITS())(velocity);
        openVelocity[0].blind <== velocityBlinds[0];
        isStart[0] = IsZero();
        isStart[0].in <== firstStep;
        (1 - isStart[0].out) * (saltIn - openVelocity[0].commitment) === 0;
        // The packing is injective on the checked range, so velocities are 0 when their elements are that of zeros.
        var perElement = FIXED_VELOCITIES_PER_ELEMENT();
        for (var j = 0; j * perElement < weightCount; j++) {
            var zeros = 0;
            for (var i = 0; i < perElement && j * perElement + i < weightCount; i++) {
                zeros += 1 << (FIXED_VELOCITY_BITS() * (i + 1) - 1);
            }
            isStart[0].out * (openVelocity[0].packed[j] - zeros) === 0;
        }
    }

    component batch[steps];
    component step[steps];
    signal rate[steps];
    for (var k = 0; k < steps; k++) {
        batch[k] = BoundBatch(batchSize, inputCount, classes, depth);
        step[k] = TrainStep(blocks, blockCount, classes, momentum, batchSize);
        for (var s = 0; s < batchSize; s++) {
            for (var i = 0; i < inputCount; i++) {
                batch[k].inputs[s][i] <== inputs[k][s][i];
                step[k].inputs[s][i] <== inputs[k][s][i];
            }
            batch[k].labels[s] <== labels[k][s];
        }
        batch[k].salt <== batchSalts[k];
        for (var d = 0; d < depth; d++) batch[k].siblings[d] <== siblings[k][d];
        batch[k].index <== schedule.index[k];
        batch[k].active <== schedule.active[k];
        batch[k].root <== datasetRoot;
        for (var s = 0; s < batchSize; s++) step[k].targets[s] <== batch[k].targets[s];

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
        // With momentum it forgets the velocity, too: only a round's last steps are inactive.
        if (hasMomentum == 1) {
            step[k].active[0] <== schedule.active[k];
            for (var i = 0; i < weightCount; i++) {
                if (k == 0) step[k].velocity[i] <== velocity[i];
                else step[k].velocity[i] <== step[k - 1].newVelocity[i];
            }
        }
    }

    component close = CommitWeights(weightCount);
    for (var i = 0; i < weightCount; i++) close.w[i] <== step[steps - 1].newWeight[i];
    close.salt <== saltOut;
    close.commitment === commitmentOut;

    component closeVelocity[hasMomentum];
    if (hasMomentum == 1) {
        closeVelocity[0] = CommitVelocity(weightCount);
        for (var i = 0; i < weightCount; i++) closeVelocity[0].velocity[i] <== step[steps - 1].newVelocity[i];
        closeVelocity[0].blind <== velocityBlinds[1];
        closeVelocity[0].commitment === saltOut;
    }
}
