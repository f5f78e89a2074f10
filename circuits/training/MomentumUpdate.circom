pragma circom 2.2.0;

include "circuits/generated/FixedPoint.circom";
include "circuits/lib/fixed/QuantizeWeight.circom";
include "circuits/lib/fixed/Rescale.circom";

/*
 * MomentumUpdate: one weight's step of SGD with momentum (docs/PROTOCOL.md section 6).
 *
 * Proves:      newVelocity = round(carried + gradient) at scale 2^20, newWeight = round(weight - newVelocity) at scale 2^16.
 * Parameters:  gradientBits: the scale bits of gradient, those of the batch mean included.
 * Assumes:     weight in [-2^19, 2^19); carried, momentum times the last velocity, at scale 2^28 and gradient so small that their sum, at
 *              the finer of both scales, is below r / 2.
 * Guarantees:  newVelocity in [-2^23, 2^23), newWeight in [-2^19, 2^19), as their tags show, newCompute its compute weight, all unique;
 *              otherwise no witness exists.
 * Constraints: max(gradientBits, 28) + 28 = 58 for MomentumUpdate(30).
 */
template MomentumUpdate(gradientBits) {
    signal input weight;
    signal input carried;
    signal input gradient;
    signal output {signedBits} newVelocity;
    signal output {signedBits} newWeight;
    signal output newCompute;

    var velocityScale = FIXED_VELOCITY_SCALE_BITS();
    var carriedBits = velocityScale + FIXED_MOMENTUM_SCALE_BITS();
    var bits = gradientBits > carriedBits ? gradientBits : carriedBits;
    var weightShift = velocityScale - FIXED_WEIGHT_SCALE_BITS();

    var exact = carried * (1 << (bits - carriedBits)) + gradient * (1 << (bits - gradientBits));
    newVelocity <== Rescale(bits - velocityScale, FIXED_VELOCITY_BITS())(exact);
    component update = QuantizeWeight(weightShift);
    update.in <== weight * (1 << weightShift) - newVelocity;
    newWeight <== update.weight;
    newCompute <== update.compute;
}
