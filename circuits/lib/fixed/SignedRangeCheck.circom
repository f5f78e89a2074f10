pragma circom 2.1.6;

/*
 * SignedRangeCheck: in is a signed integer of `bits` bits, in [-2^(bits-1), 2^(bits-1)).
 *
 * Parameters: bits in [1, 252].
 * Assumes:    nothing; any field element.
 * Guarantees: in = v mod r for exactly one integer v in the range, since 2^bits < r: the low bits and the top bit are
 *             boolean, so in + 2^(bits-1) is an integer below 2^bits.
 * Cost:       bits constraints. The top bit is a linear expression, so the sum needs no constraint of its own.
 */
template SignedRangeCheck(bits) {
    signal input in;

    assert(bits >= 1 && bits <= 252);

    // Each low bit is constrained boolean just below; the top one by the last constraint.
    signal low[bits - 1];
    var rest = in + (1 << (bits - 1));
    for (var i = 0; i < bits - 1; i++) {
        low[i] <-- ((in + (1 << (bits - 1))) >> i) & 1;
        low[i] * (low[i] - 1) === 0;
        rest -= low[i] * (1 << i);
    }
    rest * (rest - (1 << (bits - 1))) === 0;
}
