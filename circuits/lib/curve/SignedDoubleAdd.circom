pragma circom 2.2.0;

/* Montgomery form of BabyJubJub: v^2 = u^3 + A u^2 + u, birational to 168700 x^2 + y^2 = 1 + 168696 x^2 y^2 (EIP-2494). */
function MONTGOMERY_A() {
    return 168698;
}

/*
 * SignedDoubleAdd: one step of a scalar multiplication, 2 * acc + point or 2 * acc - point.
 *
 * Proves:      out = 2 * acc + (2 * bit - 1) * point on the Montgomery form, computed as (acc + Q) + acc with Q = +-point.
 * Parameters:  none.
 * Assumes:     bit boolean (its tag); acc and point on the curve in the prime-order subgroup; acc is none of O, point, -point, and 2 * acc
 *              + Q is not O. Then both slopes have non-zero denominators, so `<--` leaves them no freedom.
 * Guarantees:  out is that point, not O.
 * Constraints: 6 for SignedDoubleAdd().
 *
 * The intermediate sum's v is never needed: slope2 = 2 v_acc / (u_acc - u_mid) - slope1 (as in halo2's variable-base multiplication).
 * (circomlib's double, add and select are 9.)
 */
template SignedDoubleAdd() {
    signal input {binary} bit;
    signal input acc[2];
    signal input point[2];
    signal output out[2];

    signal v <== (2 * bit - 1) * point[1];

    signal slope1;
    // Constrained by the next line: acc != +-point, so the denominator is not 0.
    slope1 <-- (acc[1] - v) / (acc[0] - point[0]);
    slope1 * (acc[0] - point[0]) === acc[1] - v;
    signal mid <== slope1 * slope1 - MONTGOMERY_A() - acc[0] - point[0];

    signal slope2;
    // Constrained by the next line: acc + Q != +-acc, so the denominator is not 0.
    slope2 <-- 2 * acc[1] / (acc[0] - mid) - slope1;
    (slope1 + slope2) * (acc[0] - mid) === 2 * acc[1];
    out[0] <== slope2 * slope2 - MONTGOMERY_A() - acc[0] - mid;
    out[1] <== slope2 * (acc[0] - out[0]) - acc[1];
}
