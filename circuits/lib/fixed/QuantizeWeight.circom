pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/RangeCheck.circom";
include "circuits/lib/fixed/SignedRangeCheck.circom";

/*
 * QuantizeWeight: the stored and the compute weight of a weight with lowBits more fractional bits.
 *
 * Proves:      weight = floor((in + 2^(lowBits-1)) / 2^lowBits), scale 2^16 (in itself when lowBits = 0); compute = floor((weight + 2^7) /
 *              2^8), scale 2^8: what forward and backward pass multiply with.
 * Parameters:  lowBits in [0, 200].
 * Assumes:     in = v mod r for an integer |v| < r / 2.
 * Guarantees:  weight in [-2^19, 2^19), which its tag signedBits shows, compute in [-2^11, 2^11], both unique; no witness exists for a
 *              weight out of range.
 * Constraints: lowBits + 20 = 31 for QuantizeWeight(11).
 *
 * The update's truncation, the range check that weight commitments need and the rounding to the compute weight share one decomposition.
 */
template QuantizeWeight(lowBits) {
    signal input in;
    signal output {signedBits} weight;
    signal output compute;

    assert(lowBits >= 0 && lowBits <= 200);

    var fineBits = FIXED_WEIGHT_SCALE_BITS() - FIXED_COMPUTE_SCALE_BITS();
    var coarseBits = FIXED_WEIGHT_BITS() - fineBits;

    // weight = coarse * 2^fineBits + fine, by the three range checks below.
    var half = 0;
    if (lowBits > 0) half = 1 << (lowBits - 1);
    var offset = 1 << (FIXED_WEIGHT_BITS() - 1 + lowBits);
    signal coarse <-- ((in + half + offset) >> (lowBits + fineBits)) - (1 << (coarseBits - 1));
    SignedRangeCheck(coarseBits)(coarse);

    signal fine[fineBits];
    var sum = coarse * (1 << fineBits);
    for (var i = fineBits - 1; i >= 0; i--) {
        if (lowBits == 0 && i == 0) {
            fine[i] <== in - sum;
        } else {
            fine[i] <-- ((in + half + offset) >> (lowBits + i)) & 1;
        }
        fine[i] * (fine[i] - 1) === 0;
        sum += fine[i] * (1 << i);
    }
    weight.signedBits = FIXED_WEIGHT_BITS();
    weight <== sum;
    if (lowBits > 0) RangeCheck(lowBits)(in + half - sum * (1 << lowBits));

    // floor((weight + half a unit) / unit) = coarse + the first dropped bit.
    compute <== coarse + fine[fineBits - 1];
}
