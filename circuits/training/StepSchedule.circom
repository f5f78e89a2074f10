pragma circom 2.2.0;

include "circomlib/circuits/comparators.circom";
include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/RangeCheck.circom";

/*
 * StepSchedule: which batch each step k = firstStep + i of a segment trains on, and whether it is active.
 *
 * Proves:      index[i] = (beacon + firstStep + i) mod batchCount, active[i] = 1 if firstStep + i < totalSteps, else 0.
 * Parameters:  steps in [1, 2^16), depth in [1, 32].
 * Assumes:     nothing. No witness exists unless firstStep, beacon < 2^32, batchCount in [1, 2^depth] and 1 <= totalSteps - firstStep <=
 *              2^32 (a segment without an active step proves nothing).
 * Guarantees:  index[i] in [0, batchCount) and active[i] as above; active[0] = 1.
 * Constraints: 130 + 3 * depth + 6 * (steps - 1) = 166 for StepSchedule(4, 6).
 *
 * Only the first index is a division; each following one adds 1 and returns to 0 after batchCount - 1. Only the distance totalSteps -
 * firstStep is range-checked; the step that reaches it ends the active ones.
 */
template StepSchedule(steps, depth) {
    signal input batchCount;
    signal input beacon;
    signal input firstStep;
    signal input totalSteps;
    signal output index[steps];
    signal output active[steps];

    var counterBits = FIXED_STEP_COUNTER_BITS();
    assert(steps >= 1 && steps < (1 << 16) && depth >= 1 && depth <= 32);

    RangeCheck(counterBits)(firstStep);
    RangeCheck(counterBits)(beacon);
    RangeCheck(counterBits)(totalSteps - firstStep - 1);
    RangeCheck(depth)(batchCount - 1);

    // beacon + firstStep = quotient * batchCount + index[0] over the integers: the right side is below 2^66.
    var position = beacon + firstStep;
    signal quotient <-- position \ batchCount;
    RangeCheck(counterBits + 1)(quotient);
    signal multiple <== quotient * batchCount;
    index[0] <== position - multiple;
    RangeCheck(depth)(index[0]);
    RangeCheck(depth)(batchCount - 1 - index[0]);

    active[0] <== 1;
    component isLast[steps];
    component isEnd[steps];
    for (var i = 1; i < steps; i++) {
        isLast[i] = IsZero();
        isLast[i].in <== batchCount - 1 - index[i - 1];
        index[i] <== (index[i - 1] + 1) * (1 - isLast[i].out);

        isEnd[i] = IsZero();
        isEnd[i].in <== totalSteps - firstStep - i;
        active[i] <== active[i - 1] * (1 - isEnd[i].out);
    }
}
