pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "circuits/generated/FixedPoint.circom";
include "circuits/lib/hash/PackSigned.circom";
include "circuits/lib/hash/Sponge.circom";

/*
 * CommitWeights: the commitment to a model (docs/PROTOCOL.md section 1).
 *
 * Proves:      commitment = S(weights, packed ++ [salt]).
 * Parameters:  nWeights >= 1.
 * Assumes:     every w[i] in [-2^19, 2^19), which the tag shows: circuits/lib/poly/SmallCoefficients.circom or the update's own truncation
 *              (QuantizeWeight) makes it. Without that one commitment has many openings. salt: any field element.
 * Guarantees:  commitment binds w and salt (collision resistance of the sponge); it hides w when salt is random.
 * Constraints: Sponge's for ceil(nWeights / 12) + 1 elements; 585 for CommitWeights(73).
 */
template CommitWeights(nWeights) {
    signal input {signedBits} w[nWeights];
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
