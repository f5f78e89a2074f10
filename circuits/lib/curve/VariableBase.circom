pragma circom 2.2.0;

include "circomlib/circuits/montgomery.circom";
include "circuits/lib/curve/SignedDoubleAdd.circom";

/*
 * VariableBase: kappa * point.
 *
 * Proves:      out = kappa * point for kappa = 2^bits + 1 + 2 rho, rho = sum_i bit[i] 2^i.
 * Parameters:  bits: at most 249, see below.
 * Assumes:     point (twisted Edwards coordinates) is in the subgroup of prime order l and not O. Bits boolean (their tag).
 * Guarantees:  out in twisted Edwards coordinates; one witness only.
 * Constraints: 6 * bits + 8 = 1,502 for VariableBase(249).
 *
 * No exceptional case for any bits: with P of order l, step i (from the top, i = 0 .. bits-1) has acc = m P with
 * 2^i + 1 <= m <= 3 * 2^i - 1 (m = 2 at i = 0), so m is in [2, 3 * 2^248 - 1] and 2 m + 1 <= 3 * 2^249 - 1 < l. Hence m is none of 0, 1, -1 and
 * 2 m +- 1 is not 0, mod l: SignedDoubleAdd's conditions. Points of order l have x != 0, y != 1, v != 0 and u != -1, so the conversions and
 * the doubling divide by nothing that is 0 (the divisors vanish only at points of order 1, 2 or 4).
 */
template VariableBase(bits) {
    assert(bits >= 1 && bits <= 249);
    signal input {binary} bit[bits];
    signal input point[2];
    signal output out[2];

    signal base[2] <== Edwards2Montgomery()(point);
    signal double[2] <== MontgomeryDouble()(base);
    component step[bits];
    for (var i = 0; i < bits; i++) {
        step[i] = SignedDoubleAdd();
        step[i].bit <== bit[bits - 1 - i];
        step[i].point <== base;
        if (i == 0) {
            step[i].acc <== double;
        } else {
            step[i].acc <== step[i - 1].out;
        }
    }
    out <== Montgomery2Edwards()(step[bits - 1].out);
}
