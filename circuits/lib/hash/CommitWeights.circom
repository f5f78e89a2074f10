pragma circom 2.2.0;

include "circuits/generated/Domains.circom";
include "./Sponge.circom";
include "./PackWeights.circom";

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

    var nElements = (nWeights + 11) \ 12;

    component pack = PackWeights(nWeights);
    component sponge = Sponge(DOMAIN_WEIGHTS(), nElements + 1, 1);
    for (var i = 0; i < nWeights; i++) pack.w[i] <== w[i];
    for (var j = 0; j < nElements; j++) sponge.in[j] <== pack.packed[j];
    sponge.in[nElements] <== salt;
    commitment <== sponge.out[0];
}
