pragma circom 2.2.0;

include "circomlib/circuits/montgomery.circom";
include "circuits/lib/curve/FixedBaseTable.circom";
include "circuits/lib/curve/SignedDoubleAdd.circom";

/*
 * WindowLookup: one of eight constant points, by three bits.
 *
 * Proves:      out = table[bit[0] + 2 bit[1] + 4 bit[2]].
 * Parameters:  table[8][2]: the points.
 * Assumes:     boolean bits (their tag).
 * Guarantees:  out is that point.
 * Constraints: 3 for WindowLookup([[1, 2], [3, 5], [7, 11], [13, 17], [19, 23], [29, 31], [37, 41], [43, 47]]).
 */
template WindowLookup(table) {
    signal input {binary} bit[3];
    signal output out[2];

    signal both <== bit[0] * bit[1];
    for (var c = 0; c < 2; c++) {
        // Interpolation over the low bits, once for each value of the high one.
        var low = table[0][c] + (table[1][c] - table[0][c]) * bit[0] + (table[2][c] - table[0][c]) * bit[1]
            + (table[3][c] - table[2][c] - table[1][c] + table[0][c]) * both;
        var high = table[4][c] + (table[5][c] - table[4][c]) * bit[0] + (table[6][c] - table[4][c]) * bit[1]
            + (table[7][c] - table[6][c] - table[5][c] + table[4][c]) * both;
        out[c] <== (high - low) * bit[2] + low;
    }
}

/*
 * FixedBase: kappa * B for the base point B of EIP-2494.
 *
 * Proves:      out = kappa * B, kappa = 2^(3 windows) + 1 + 2 rho, rho = sum_i bit[i] 2^i.
 * Parameters:  windows: windows of three bits, 2 to 83.
 * Assumes:     bits boolean (their tag).
 * Guarantees:  out in twisted Edwards coordinates; one witness only.
 * Constraints: 6 * windows - 1 = 497 for FixedBase(83).
 *
 * kappa = 2^(3 windows + 1) + sum_w 8^w (2 d_w - 7) with digits d_w of three bits. The window points are added from the lowest.
 * No exceptional case for any bits: before window w the sum is an odd multiple S of B with |S| < 8^w. Below the last window the addend D has
 * 8^w <= |D| <= 7 * 8^w, so |S| < |D| and |S| + |D| < 8^(w+1) < l: S is not +-D mod l. In the last one (83 windows)
 * 9 * 2^246 <= D <= 23 * 2^246 and |S| < 2^246, while l = 24.19 * 2^246: neither D - S nor D + S is a multiple of l.
 * (circomlib's EscalarMulFix needs 776 constraints for as many bits.)
 */
template FixedBase(windows) {
    assert(windows >= 2 && windows <= 83);
    signal input {binary} bit[3 * windows];
    signal output out[2];

    var table[83][8][2] = FIXED_BASE_TABLE(windows);
    component lookup[windows];
    signal sum[windows][2];
    signal slope[windows];
    for (var w = 0; w < windows; w++) {
        lookup[w] = WindowLookup(table[w]);
        for (var b = 0; b < 3; b++) {
            lookup[w].bit[b] <== bit[3 * w + b];
        }
        if (w == 0) {
            slope[w] <== 0;
            sum[w] <== lookup[w].out;
        } else {
            // Constrained by the next line: the two points differ in u, see above.
            slope[w] <-- (sum[w - 1][1] - lookup[w].out[1]) / (sum[w - 1][0] - lookup[w].out[0]);
            slope[w] * (sum[w - 1][0] - lookup[w].out[0]) === sum[w - 1][1] - lookup[w].out[1];
            sum[w][0] <== slope[w] * slope[w] - MONTGOMERY_A() - sum[w - 1][0] - lookup[w].out[0];
            sum[w][1] <== slope[w] * (sum[w - 1][0] - sum[w][0]) - sum[w - 1][1];
        }
    }
    out <== Montgomery2Edwards()(sum[windows - 1]);
}
