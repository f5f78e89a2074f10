pragma circom 2.2.0;

/* Smallest n with 2^n >= value: log2 of a power of two. A constant; it makes no constraints. */
function bitLength(value) {
    var n = 0;
    while ((1 << n) < value) n++;
    return n;
}
