pragma circom 2.2.0;

include "circuits/lib/curve/SignedDoubleAdd.circom";

/* Compile-time arithmetic on the Montgomery form; points are [u, v]. Operands are distinct and not O. */
function MONTGOMERY_SUM(p, q) {
    var slope = (q[1] - p[1]) / (q[0] - p[0]);
    var u = slope * slope - MONTGOMERY_A() - p[0] - q[0];
    return [u, slope * (p[0] - u) - p[1]];
}

function MONTGOMERY_TWICE(p) {
    var slope = (3 * p[0] * p[0] + 2 * MONTGOMERY_A() * p[0] + 1) / (2 * p[1]);
    var u = slope * slope - MONTGOMERY_A() - 2 * p[0];
    return [u, slope * (p[0] - u) - p[1]];
}

/*
 * Window table of FixedBase: table[w][d] = 8^w (2 d - 7) B, and the last window also has 2^(3 windows + 1) B added.
 * B is EIP-2494's Base8, given in twisted Edwards coordinates.
 */
function FIXED_BASE_TABLE(windows) {
    var x = 5299619240641551281634865583518297030282874472190772894086521144482721001553;
    var y = 16950150798460657717958625567821834550301663161624707787222815936182638968203;
    var base[2] = [(1 + y) / (1 - y), (1 + y) / ((1 - y) * x)];
    var table[83][8][2];
    for (var w = 0; w < windows; w++) {
        // odd = 1, 3, 5, 7 times 8^w B
        var twice[2] = MONTGOMERY_TWICE(base);
        var odd[2] = base;
        for (var k = 0; k < 4; k++) {
            table[w][4 + k] = odd;
            table[w][3 - k] = [odd[0], -odd[1]];
            odd = MONTGOMERY_SUM(odd, twice);
        }
        base = MONTGOMERY_TWICE(MONTGOMERY_TWICE(twice));
    }
    // base is 8^windows B now.
    var top[2] = MONTGOMERY_TWICE(base);
    for (var d = 0; d < 8; d++) {
        table[windows - 1][d] = MONTGOMERY_SUM(top, table[windows - 1][d]);
    }
    return table;
}
