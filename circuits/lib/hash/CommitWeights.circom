pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "circuits/generated/FixedPoint.circom";
include "./Sponge.circom";
include "./PackSigned.circom";

/*
 * CommitWeights: the commitment S(weights, packed ++ [salt]) to a model (docs/PROTOCOL.md section 1).
 *
 * Parameters: nWeights >= 1.
 * Assumes:    every w[i] in [-2^19, 2^19), constrained by the caller (circuits/lib/fixed/SignedRangeCheck.circom with
 *             20 bits, or the update's own truncation). Without that one commitment has many openings.
 *             salt: any field element.
 * Guarantees: commitment binds w and salt (collision resistance of the sponge); it hides w when salt is random.
 * Cost (O2):  about 600 constraints for each started 16 of ceil(nWeights / 12) + 1 elements.
 */
template CommitWeights(nWeights) {
    signal input w[nWeights];
    signal input salt;
    signal output commitment;

    var perElement = FIXED_WEIGHTS_PER_ELEMENT();
    var nElements = (nWeights + perElement - 1) \ perElement;

    signal packed[nElements] <== PackSigned(nWeights, FIXED_WEIGHT_BITS(), perElement)(w);
    component sponge = Sponge(DOMAIN_WEIGHTS(), nElements + 1, 1);
    for (var j = 0; j < nElements; j++) sponge.in[j] <== packed[j];
    sponge.in[nElements] <== salt;
    commitment <== sponge.out[0];
}
