pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/RangeCheck.circom";
include "circuits/lib/hash/CommitWeights.circom";
include "circuits/lib/poly/SmallCoefficients.circom";

/*
 * UpdateNorm: an update moves the global model by no more than the study allows.
 *
 * Proves:      sum_j (w_j - base_j)^2 <= bound over the integers, base being the weights of baseCommitment with salt 0.
 * Parameters:  weightCount: W in [1, 2^11]; bound: B in [1, 2^50], an integer of scale 2^32 (weights have scale 2^16).
 * Assumes:     w range-checked (its tag). baseCommitment is a commitment to the round's base model: the contract holds it.
 * Guarantees:  the inequality. base is the committed one (collision resistance: its ranges are checked here), every difference is below
 *              2^20 in magnitude and their squares' sum below 2^51, so B minus the sum lies in (-2^51, 2^50] and is in [0, 2^bits(B)) only
 *              when the inequality holds: nothing wraps around r.
 * Constraints: W squares, 20 W range checks, the commitment's, and one for each bit of B; 2,132 for UpdateNorm(73, 65536).
 */
template UpdateNorm(weightCount, bound) {
    assert(weightCount >= 1 && weightCount <= (1 << 11));
    assert(bound >= 1 && bound <= (1 << 50));
    signal input {signedBits} w[weightCount];
    signal input base[weightCount];
    signal input baseCommitment;
    assert(w.signedBits <= FIXED_WEIGHT_BITS());

    signal {signedBits} before[weightCount] <== SmallCoefficients(weightCount, FIXED_WEIGHT_BITS())(base);
    signal commitment <== CommitWeights(weightCount)(before, 0);
    commitment === baseCommitment;

    signal square[weightCount];
    var rest = bound;
    for (var j = 0; j < weightCount; j++) {
        square[j] <== (w[j] - before[j]) * (w[j] - before[j]);
        rest -= square[j];
    }
    var bits = 1;
    while ((1 << bits) <= bound) bits++;
    RangeCheck(bits)(rest);
}
