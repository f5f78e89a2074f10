pragma circom 2.2.0;

include "circuits/encryption/EncryptUpdateOver.circom";
include "circuits/generated/StandardProfile.circom";

/*
 * EncryptUpdate: a hospital's update bundle holds exactly its committed weights, encrypted under a fresh key that is dealt correctly to the committee.
 *
 * Proves:      together with: sha256(bundle) = bundleDigest (mod r), every c_j in the bundle < q, every share, commitment and coordinate < r,
 *              c(gamma) = y and Z(gamma) = y2 (anyone with the bundle checks these five): there are w, s, e with
 *                - weightsCommitment = commitWeights(w, salt), each w_j in [-2^19, 2^19);
 *                - c = the first W coefficients of -a s + e + 2^16 sampleCount w  mod (q, X^N + 1), all coefficients of s and e in [-64, 63];
 *                - the bundle's share z_(j,k) is f_k(j) + pad_(j,k), f_k of degree < t with f_k(0) = packed s, the pad being the one that
 *                  member j derives from its registered key and the bundle's R;
 *                - the bundle's m_j is the commitment to the shares f_k(j) and to the blind that member j derives with its pads;
 *                  shareDigest = S(share set, [context, m_1 .. m_n]);
 *                - with a bound: sum_j (w_j - base_j)^2 <= normBound for the weights base of baseCommitment with salt 0.
 *              The last one needs no bundle to be checked: whatever shareDigest says, it says about the shares of this s.
 * Parameters:  weightCount W, members n, threshold t, normBound (squared, scale 2^32; 0 for none). Ring, noise and packing: profile
 *              "standard" (circuits/profiles/standard.json).
 * Assumes:     context, sampleCount in [1, 2^15], weightsCommitment, committeeKeysDigest and baseCommitment come from the contract, which
 *              computed them or holds them. Every key under committeeKeysDigest is in BabyJubJub's subgroup of prime order and not its
 *              identity: the registry contract admits a key only with a curve point Q such that 8 Q = key. With a key of small order the
 *              pads would be guessable and lib/curve/VariableBase could meet an exceptional case.
 * Guarantees:  its own outputs; gamma is unpredictable before everything it depends on is fixed.
 * Constraints: range checks of w, s, e, r, CiphertextEvaluation's, the challenge's sponge, SharesEvaluation's, with a bound UpdateNorm's,
 *              and the commitments'; worker/core/estimate/otherConstraints.ts computes it for any study. 59,756 for EncryptUpdate(73, 3, 2,
 *              0); 84,224 for EncryptUpdate(73, 5, 3, 0); 109,304 for EncryptUpdate(73, 7, 4, 0).
 *
 * Public signals: gamma, y, y2, shareDigest (outputs), context, bundleDigest, sampleCount, weightsCommitment, committeeKeysDigest, baseCommitment;
 * docs/PROTOCOL.md section 3.
 *
 * Why it is sound: what a dishonest prover chooses, and what holds it.
 *   w, salt            bound by weightsCommitment; ranges: without them 20-bit packing has many openings.
 *   s, e, r            range-checked, then in the challenge by injective packing. r's range is what makes "mod q" a statement about integers:
 *                      an unbounded r could turn any c into any other, since q is invertible mod the field's order.
 *   c from W on        not published and not in the proof: those coefficients carry no weight, and e, r exist for the published ones only.
 *   bundle (c, z, R, m) its digest is in the challenge, so all of it is fixed before gamma; then c(gamma) = y can hold for another c with
 *                      probability < W / r, and Z(gamma) = y2 for another Z with < (n (K + 1) + 2) / r (Schwartz and Zippel): below 2^-240.
 *   equality mod r     becomes equality of integers because every c_j of the proof is below 2^71 in magnitude and every one of the bundle below q.
 *   A (shares)         in the challenge; the same A serves every member, so all shares lie on one polynomial of degree < t per element.
 *   rho                in the challenge; in [0, 2^249) with one decomposition; no value reaches an exceptional case of the curve formulas, so R,
 *                      the pads and the blinds are functions of rho. An exceptional case would leave a slope free AFTER gamma, and with it those.
 *   m, shareDigest     functions of shares, blinds and context, hence of what is in the challenge. That the bundle's m are these is part of y2:
 *                      so the member finds the opening that KeySum asks it for, and cannot be kept from proving its key sum.
 *   base               bound by baseCommitment, which the contract takes from the round, and range-checked. Without a bound baseCommitment is
 *                      in one constraint, so that no finished proof passes with another.
 *   member keys        bound by committeeKeysDigest (collision resistance of Poseidon).
 *   hints (`<--`)      only range checks' bits and curve slopes; each has exactly one value that the next constraint accepts.
 *   replay             context and bundleDigest are public inputs and in the challenge; context is in the pads and in shareDigest, too.
 * All challenge inputs are either public, range-checked digits, or free field elements; nothing that y, y2 or shareDigest depends on is left out.
 */
template EncryptUpdate(weightCount, members, threshold, normBound) {
    var degree = STANDARD_RING_DEGREE();
    var perElement = STANDARD_SHARE_PACK_COUNT();
    var count = KEY_ELEMENTS(degree, perElement);

    // Public, in this order.
    signal input context;
    signal input bundleDigest;
    signal input sampleCount;
    signal input weightsCommitment;
    signal input committeeKeysDigest;
    signal input baseCommitment;
    // Private: the weights and their salt, key, error, quotients by q, sharing polynomials, ephemeral secret, the members' share keys.
    signal input w[weightCount];
    signal input salt;
    signal input s[degree];
    signal input e[weightCount];
    signal input r[weightCount];
    signal input shareCoefficients[count][threshold - 1];
    signal input rho;
    signal input memberKeys[members][2];
    // With a bound: the round's base model.
    var baseCount = normBound == 0 ? 0 : weightCount;
    signal input baseWeights[baseCount];
    // Public.
    signal output gamma;
    signal output y;
    signal output y2;
    signal output shareDigest;

    component update = EncryptUpdateOver(
        degree, STANDARD_PUBLIC_POLYNOMIAL(), weightCount, members, threshold, perElement, normBound
    );
    update.context <== context;
    update.bundleDigest <== bundleDigest;
    update.sampleCount <== sampleCount;
    update.weightsCommitment <== weightsCommitment;
    update.committeeKeysDigest <== committeeKeysDigest;
    update.baseCommitment <== baseCommitment;
    update.w <== w;
    update.salt <== salt;
    update.s <== s;
    update.e <== e;
    update.r <== r;
    update.shareCoefficients <== shareCoefficients;
    update.rho <== rho;
    update.memberKeys <== memberKeys;
    if (normBound != 0) {
        update.baseWeights <== baseWeights;
    }
    gamma <== update.gamma;
    y <== update.y;
    y2 <== update.y2;
    shareDigest <== update.shareDigest;
}
